"""The way up against a server that answers by a script: how much is sent, when it ends, and when it is tried again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import msgspec
import pytest

from sync.line import Unreachable
from sync.outbox import Held
from sync.port import Port
from sync.rescue import rescue
from sync.uploader import ANSWERS_WASTED_MAX, FAILURES_MAX, Uploader
from sync.wire import Batch, HighWater, Refused, Stored, batch_of

CHAIN = "00" * 32
GREETING = HighWater(generation="g", epoch=1, hwm=0, chain=CHAIN, server_ms=1)
ASKED_MAX = 100
Told = object
"""What is answered: a message, an error to raise, a bare status, or what makes one of these of the batch."""


class Server:
    """Answers by a script, and by its last word from then on."""

    def __init__(self, *answers: Told) -> None:
        self.token = ""
        self.answers = list(answers)
        self.sizes: list[int] = []
        """Events of each batch that came."""
        self.asked: list[str] = []
        self.signatures: list[str] = []

    def ask(self, method: str, path: str, *, body: bytes = b"", **_: Any) -> tuple[int, bytes]:
        self.asked.append(f"{method} {path.rsplit('/', 1)[1]}")
        assert len(self.asked) < ASKED_MAX, "it asks without end"
        if method == "GET":
            return 200, msgspec.json.encode(GREETING)
        batch = msgspec.json.decode(body, type=Batch)
        self.signatures.append(batch.signature)
        self.sizes.append(len(batch.events))
        told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(told):
            told = told(batch)
        if isinstance(told, Exception):
            raise told
        if isinstance(told, int):
            return told, b"{}"
        return 409 if isinstance(told, Refused) else 200, msgspec.json.encode(told)

    def close(self) -> None:
        """Nothing to close."""


class Journal:
    """A port with so many events to send."""

    def __init__(self, count: int) -> None:
        self.count, self.sent, self.aside = count, 0, 0
        self.says = ""
        self.told_revoked = 0

    def revoked(self) -> None:
        self.told_revoked += 1

    def device(self) -> str:
        return "D-1"

    def _batch(self, after: int, events_max: int) -> Batch | None:
        size = min(events_max, self.count - after)
        bodies = [b"{}"] * size
        return batch_of(epoch=1, first=after + 1, prev_chain=bytes(32), bodies=bodies) if size > 0 else None

    def next_batch(self, events_max: int) -> Batch | None:
        return self._batch(self.sent, events_max)

    def next_rescue(self, events_max: int) -> Batch | None:
        return self._batch(self.aside, events_max)

    def rescued(self, held: Held) -> None:
        self.aside = held.through

    def greeted(self, high: HighWater) -> str:
        return self.says

    def refused(self, reply: Refused) -> str:
        return self.says

    def is_forked(self) -> bool:
        return False

    def disputed(self) -> None:
        return None

    def stored(self, reply: Stored, through: int) -> str:
        self.sent = reply.hwm
        return ""


def stored(batch: Batch) -> Stored:
    return Stored(status="stored", generation="g", epoch=1, hwm=batch.last, chain=CHAIN, server_ms=1)


def uploader(
    journal: Journal, server: Server, most: int = 100, now_s: Callable[[], float] = lambda: 0.0
) -> Uploader:
    return Uploader(cast(Port, journal), server, most, 300.0, now_s)


@pytest.mark.parametrize("status", [400, 408, 413])
def test_what_is_too_much_is_halved_and_grows_again_when_it_passes(status: int) -> None:
    journal, server = Journal(300), Server(status, status, stored)
    assert uploader(journal, server).drain()
    assert server.sizes == [100, 50, 25, 50, 100, 100, 25]
    assert journal.sent == 300


def test_one_event_that_is_too_much_is_not_halved_any_more_and_is_no_success() -> None:
    server = Server(413)
    with pytest.raises(Unreachable):
        uploader(Journal(8), server).drain()
    assert server.sizes == [8, 4, 2, 1]


@pytest.mark.parametrize("status", [402, 404, 415, 418, 422])
def test_another_refusal_is_no_reason_to_send_less(status: int) -> None:
    server = Server(status)
    one = uploader(Journal(8), server)
    for _ in range(2):
        with pytest.raises(Unreachable) as said:
            one.drain()
        assert said.value.status == status
    assert server.sizes == [8, 8]


@pytest.mark.parametrize("error", [Unreachable("gone"), Unreachable("fault", status=500)])
def test_a_batch_that_never_gets_through_is_halved_after_some_tries(error: Unreachable) -> None:
    server = Server(error)
    one = uploader(Journal(64), server)
    for _ in range(FAILURES_MAX + 2):
        with pytest.raises(Unreachable):
            one.drain()
    assert server.sizes == [64] * FAILURES_MAX + [32, 16]


def test_a_busy_server_is_no_reason_to_send_less() -> None:
    server = Server(Unreachable("busy", status=429))
    one = uploader(Journal(64), server)
    for _ in range(FAILURES_MAX + 2):
        with pytest.raises(Unreachable):
            one.drain()
    assert server.sizes == [64] * (FAILURES_MAX + 2)


def test_failures_are_counted_in_a_row_only() -> None:
    gone = Unreachable("gone")
    journal, server = Journal(500), Server(gone, gone, stored, gone, gone, stored)
    one = uploader(journal, server)
    for _ in range(4):
        with pytest.raises(Unreachable):
            one.drain()
    assert one.drain()
    assert set(server.sizes) == {100}


def test_a_server_that_answers_and_takes_nothing_is_given_up() -> None:
    server = Server(Refused(error="gap", generation="g", epoch=1, hwm=0, chain=CHAIN, server_ms=1))
    with pytest.raises(Unreachable):
        uploader(Journal(5), server).drain()
    assert len(server.sizes) == ANSWERS_WASTED_MAX + 1


def test_an_answer_that_moves_nothing_is_wasted_too() -> None:
    still = Stored(status="stored", generation="g", epoch=1, hwm=0, chain=CHAIN, server_ms=1)
    server = Server(still)
    with pytest.raises(Unreachable):
        uploader(Journal(5), server).drain()
    assert len(server.sizes) == ANSWERS_WASTED_MAX + 1


def test_a_fork_stops_it_and_where_the_server_stands_is_asked_again_later() -> None:
    now = [0.0]
    journal = Journal(5)
    server = Server(Refused(error="fork", generation="g", epoch=1, hwm=0, chain=CHAIN, server_ms=1), stored)
    one = uploader(journal, server, now_s=lambda: now[0])
    journal.says = "tell the office"
    assert one.drain()
    assert one.halted == "tell the office"
    asked = len(server.asked)
    now[0] = 299.0
    assert not one.drain()
    assert len(server.asked) == asked, "nothing is sent meanwhile"
    now[0], journal.says = 300.0, ""
    assert one.drain()
    assert (one.halted, journal.sent) == ("", 5)


def test_a_greeting_that_failed_is_made_again() -> None:
    server = Server(stored)
    journal = Journal(1)
    one = uploader(journal, server)
    real, server.ask = server.ask, cast(Any, lambda *_, **__: (_ for _ in ()).throw(Unreachable("gone")))  # type: ignore[method-assign]
    with pytest.raises(Unreachable):
        one.drain()
    server.ask = real  # type: ignore[method-assign]
    assert one.drain()
    assert server.asked == ["GET hwm", "POST events"]


def test_a_revoked_handheld_asks_again_and_hands_in_the_rest_another_way() -> None:
    server = Server(Unreachable("revoked", status=403, word="revoked"))
    one = uploader(Journal(5), server)
    with pytest.raises(Unreachable):
        one.drain()
    assert one.generation == ""
    with pytest.raises(Unreachable):
        one.drain()
    assert server.asked.count("GET hwm") == 2


# -- what a revoked one hands in ----


def held(batch: Batch) -> Held:
    return Held(epoch=batch.epoch, through=batch.last)


def test_everything_is_handed_in_batch_by_batch() -> None:
    journal, server = Journal(250), Server(held)
    rescue(journal, server, 100)
    assert (server.sizes, journal.aside, journal.sent) == ([100, 100, 50], 250, 0)


def test_what_is_too_large_is_halved_down_to_one() -> None:
    journal, server = Journal(5), Server(413, 413, held)
    rescue(journal, server, 100)
    assert server.sizes[:3] == [5, 2, 1]
    assert journal.aside == 5
    journal, server = Journal(1), Server(413)
    rescue(journal, server, 1)
    assert server.sizes == [1]
    journal, server = Journal(1), Server(413)
    rescue(journal, server, 100)
    assert server.sizes == [1, 1]


def test_what_is_handed_in_is_signed() -> None:
    journal, server = Journal(5), Server(held)
    rescue(journal, server, 2, lambda batch: msgspec.structs.replace(batch, signature=f"of {batch.last}"))
    assert server.signatures == ["of 2", "of 4", "of 5"]


@pytest.mark.parametrize(
    "told",
    [
        Held(epoch=2, through=5),
        Held(epoch=1, through=4),
        Held(epoch=1, through=6),
        409,
        503,
        Unreachable("gone"),
    ],
)
def test_another_answer_counts_as_nothing_kept(told: Told) -> None:
    journal, server = Journal(5), Server(told)
    rescue(journal, server, 100)
    assert (journal.aside, len(server.sizes)) == (0, 1)
