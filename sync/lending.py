"""Numbers lent by the server, asked for while there is a network so that they are there when there is none."""

from __future__ import annotations

from typing import Protocol

import msgspec

from sync.ground import Asking
from sync.line import Unreachable, understood
from sync.work_wire import Block, WantedBlock
from tracking.phrases import phrase

REFUSED_S = 600.0
"""A pattern that the server refused, being used up or none to it, is asked for again after so long."""
BLOCKS_A_ROUND_MAX = 50
_UNKNOWN = frozenset({404, 405})
"""Answers of a server that lends nothing yet."""


class Wanting(Protocol):
    """What it needs of the handheld."""

    def device(self) -> str:
        """The identity that the server knows this handheld by."""
        ...

    def wanted_blocks(self) -> tuple[WantedBlock, ...]:
        """What runs low here."""
        ...

    def lent(self, block: Block) -> None:
        """The server lent it to this handheld alone. Kept, durably, when this returns."""
        ...


class Borrower:
    """One block after the other, until enough is held of everything."""

    def __init__(self, port: Wanting, line: Asking) -> None:
        self._port, self._line = port, line
        self._refused_until_s: dict[tuple[str, str], float] = {}

    def borrow(self, now_s: float) -> None:
        """Asks for what runs low. Raises :class:`Unreachable`; what was lent until then is kept."""
        for wanted in self._port.wanted_blocks()[:BLOCKS_A_ROUND_MAX]:
            name = (wanted.item, wanted.pattern)
            if self._refused_until_s.get(name, now_s) > now_s:
                continue
            path = f"/v1/devices/{self._port.device()}/blocks"
            status, data = self._line.ask("POST", path, body=msgspec.json.encode(wanted))
            if status in _UNKNOWN:
                return
            if status >= 500:
                raise Unreachable(phrase("link_busy", status=str(status)), status=status)
            block = understood(data, Block) if status == 200 else None
            if block is None or (block.item, block.pattern) != name or not block.first <= block.last:
                self._refused_until_s[name] = now_s + REFUSED_S
                continue
            self._port.lent(block)
