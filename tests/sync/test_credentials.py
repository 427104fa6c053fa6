"""When a handheld asks for another token, and which answers give it one: by its own clock, and whatever that does."""

from __future__ import annotations

from typing import Any

import msgspec

from sync import credentials
from sync.credentials import AGAIN_MS, TOKEN_MS, Credentials, Proof
from sync.wire import Renewed, RenewToken

START_MS = 1_795_000_000_000
KEY = credentials.new_key()


class Server:
    """Answers a renewal with a status and the number that was asked for, or another."""

    def __init__(self, status: int = 200, off_by: int = 0) -> None:
        self.status, self.off_by = status, off_by
        self.asked: list[RenewToken] = []

    def ask(self, method: str, path: str, *, body: bytes = b"", **_: Any) -> tuple[int, bytes]:
        asked = msgspec.json.decode(body, type=RenewToken)
        self.asked.append(asked)
        return self.status, msgspec.json.encode(Renewed(device="D-1", number=asked.number + self.off_by))

    def close(self) -> None:
        """Nothing to close."""


class Handheld:
    """Its proof, what it wrote down of it, and a clock that can be set."""

    def __init__(self, token_ms: int = START_MS, key: str = KEY) -> None:
        self.now_ms = START_MS
        self.kept: list[Proof] = []
        self.told: list[str] = []
        proof = Proof(token="first", key=key, token_ms=token_ms)
        self.mine = Credentials(proof, self.kept.append, lambda: self.now_ms)
        self.mine.told = self.told.append

    def due_at(self, now_ms: int) -> bool:
        self.now_ms = now_ms
        return self.mine.due


def test_a_token_is_old_after_its_time_and_where_the_clock_stands_before_it() -> None:
    handheld = Handheld()
    assert not handheld.due_at(START_MS)
    assert not handheld.due_at(START_MS + TOKEN_MS - 1)
    assert handheld.due_at(START_MS + TOKEN_MS)
    assert handheld.due_at(START_MS - 1), "a clock that stood wrong once"


def test_a_new_token_is_used_from_then_on_and_the_next_renewal_is_another() -> None:
    handheld, server = Handheld(START_MS - TOKEN_MS), Server()
    assert handheld.mine.renew(server, "D-1")
    assert not handheld.due_at(START_MS + AGAIN_MS)
    assert not handheld.due_at(START_MS + TOKEN_MS - 1)
    assert handheld.due_at(START_MS + TOKEN_MS)
    assert handheld.mine.renew(server, "D-1")
    assert [one.number for one in server.asked] == [1, 2]
    assert len({one.token_hash for one in server.asked}) == 2
    assert handheld.told == [handheld.kept[1].token, handheld.kept[3].token]
    assert handheld.kept[3] == Proof(token=handheld.told[1], key=KEY, renewal=2, token_ms=START_MS + TOKEN_MS)


def test_an_answer_that_is_not_to_the_question_gives_no_token_and_is_asked_again_later() -> None:
    for server in (Server(404), Server(off_by=1), Server(off_by=-1)):
        handheld = Handheld(START_MS - 2 * TOKEN_MS)
        assert not handheld.mine.renew(server, "D-1")
        assert handheld.told == []
        assert (handheld.kept[-1].token, handheld.kept[-1].next_token != "") == ("first", True)
        assert not handheld.due_at(START_MS + AGAIN_MS - 1)
        assert handheld.due_at(START_MS + AGAIN_MS)
        assert handheld.due_at(START_MS - 1), "nor does a clock that is set back put it off"
        assert not handheld.mine.renew(server, "D-1")
        assert [one.number for one in server.asked] == [1, 2]
        assert len({one.token_hash for one in server.asked}) == 1, (
            "the same token until it is known to be taken"
        )


def test_without_a_key_nothing_is_asked() -> None:
    handheld, server = Handheld(START_MS - TOKEN_MS, key=""), Server()
    assert not handheld.mine.due
    assert not handheld.mine.renew(server, "D-1")
    assert (server.asked, handheld.kept, handheld.mine.signs) == ([], [], False)
