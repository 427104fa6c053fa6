"""When a handheld asks for another token, and which answers give it one: by its own clock, and whatever that does."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sync import credentials
from sync.credentials import AGAIN_MS, TOKEN_MS, Credentials, Proof
from sync.wire import Renewed, RenewToken, batch_of, batch_text

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


def test_how_long_a_token_lasts_and_how_soon_it_is_asked_for_again() -> None:
    assert (TOKEN_MS, AGAIN_MS) == (30 * 24 * 3600 * 1000, 3600 * 1000)


def test_tokens_that_the_office_gives_are_not_renewed() -> None:
    handheld, server = Handheld(START_MS - 2 * TOKEN_MS), Server()
    named = Credentials(Proof(token="named", key=KEY), handheld.kept.append, lambda: START_MS, renews=False)
    assert not named.due
    assert not named.renew(server, "D-1")
    assert (server.asked, handheld.kept) == ([], [])


def test_a_batch_is_signed_at_its_head_for_this_device_alone() -> None:
    batch = batch_of(epoch=3, first=5, prev_chain=bytes(32), bodies=[b"{}", b"{}"])
    signed = Handheld().mine.signed("D-1", batch)
    assert msgspec.structs.replace(signed, signature="") == batch
    public = credentials.public_key(KEY)
    assert credentials.holds(public, signed.signature, batch_text("D-1", 3, 6, batch.last_chain))
    for other in (("D-2", 3, 6), ("D-1", 2, 6), ("D-1", 3, 5)):
        assert not credentials.holds(public, signed.signature, batch_text(*other, batch.last_chain))
    assert Handheld(key="").mine.signed("D-1", batch) == batch


@pytest.mark.parametrize("nonsense", ["", "zz", "00", "00" * 32])
def test_nonsense_holds_nothing(nonsense: str) -> None:
    text = b"text"
    signature = credentials.sign(KEY, text)
    assert credentials.holds(credentials.public_key(KEY), signature, text)
    assert not credentials.holds(nonsense, signature, text)
    assert not credentials.holds(credentials.public_key(KEY), nonsense, text)


def test_a_token_that_could_not_be_written_down_is_neither_sent_nor_used() -> None:
    def full(_proof: Proof) -> None:
        raise OSError("no room")

    server = Server()
    mine = Credentials(Proof(token="first", key=KEY), full, lambda: START_MS)
    for _ in range(2):
        with pytest.raises(OSError, match="no room"):
            mine.renew(server, "D-1")
    assert server.asked == []
    kept: list[Proof] = []
    mine._keep = kept.append
    assert mine.renew(server, "D-1")
    assert [one.renewal for one in kept] == [1, 1], "what was not written down does not count"
