"""A server that was put back twice between two looks at its feed: every answer's generation counts, not only a page's.

Found by the simulation: the refusal of one epoch's batch rewound that epoch, and what the copy lacked of an earlier
epoch was never sent again.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

from sync.port import Port
from sync.uploader import Uploader
from sync.wire import Batch, HighWater, Refused, Stored, batch_of

CHAIN = "00" * 32


class Line:
    """Answers by a script, and keeps what was asked."""

    def __init__(self, *answers: HighWater | Refused | Stored) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)

    def ask(self, method: str, path: str, **_: Any) -> tuple[int, bytes]:
        self.asked.append(method)
        answer = self._answers.pop(0)
        return 409 if isinstance(answer, Refused) else 200, msgspec.json.encode(answer)

    def close(self) -> None:
        pass


class Journal:
    """A port with one batch to send, until it is stored."""

    def __init__(self) -> None:
        self.batch: Batch | None = batch_of(epoch=2, first=1, prev_chain=bytes(32), bodies=[b"{}"])

    def device(self) -> str:
        return "D-1"

    def next_batch(self, events_max: int) -> Batch | None:
        return self.batch

    def greeted(self, high: HighWater) -> str:
        return ""

    def refused(self, reply: Refused) -> str:
        return ""

    def is_forked(self) -> bool:
        return False

    def disputed(self) -> None:
        return None

    def stored(self, reply: Stored, through: int) -> str:
        self.batch = None
        return ""


def where(generation: str) -> HighWater:
    return HighWater(generation=generation, epoch=2, hwm=0, chain=CHAIN, server_ms=1)


def stored(generation: str) -> Stored:
    return Stored(status="stored", generation=generation, epoch=2, hwm=1, chain=CHAIN, server_ms=1)


def gap(generation: str) -> Refused:
    return Refused(error="gap", generation=generation, epoch=2, hwm=0, chain=CHAIN, server_ms=1)


def drained(*answers: HighWater | Refused | Stored) -> list[str]:
    line = Line(*answers)
    assert Uploader(cast(Port, Journal()), line, 100).drain()
    return line.asked


def test_an_answer_of_another_life_of_the_server_makes_the_handheld_ask_where_it_stands() -> None:
    assert drained(where("a"), stored("a")) == ["GET", "POST"]
    assert drained(where("a"), gap("a"), stored("a")) == ["GET", "POST", "POST"]
    assert drained(where("a"), gap("b"), where("b"), stored("b")) == ["GET", "POST", "GET", "POST"]
    assert drained(where("a"), stored("b"), where("b")) == ["GET", "POST", "GET"]
