"""What a revoked handheld still does: hand in its events, to be held until the office says whether they count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from sync.ground import Asking
from sync.line import Unreachable, understood
from sync.outbox import Held
from sync.wire import Batch


class Rescuing(Protocol):
    """What of the handheld is needed for that."""

    def device(self) -> str:
        """The identity that the server knows this handheld by."""
        ...

    def next_rescue(self, events_max: int) -> Batch | None:
        """The oldest events that the server neither confirmed nor took aside, or None."""
        ...

    def rescued(self, held: Held) -> None:
        """The server keeps them aside."""
        ...


def rescue(
    port: Rescuing, line: Asking, events_max: int, signed: Callable[[Batch], Batch] = lambda batch: batch
) -> None:
    """Hands in what is left, signed. What does not get through is tried again later; nothing counts as confirmed."""
    path = f"/v1/devices/{port.device()}/rescue"
    try:
        while (batch := port.next_rescue(events_max)) is not None:
            status, data = line.ask("POST", path, body=msgspec.json.encode(signed(batch)))
            if status == 413 and events_max > 1:
                events_max = max(1, min(events_max, len(batch.events)) // 2)
                continue
            if status != 200:
                return
            held = understood(data, Held)
            if (held.epoch, held.through) != (batch.epoch, batch.last):
                return
            port.rescued(held)
    except Unreachable:
        return
