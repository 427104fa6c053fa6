"""The uploader's part in a handheld's token: renewed when it is old, and when the server does not know it any more."""

from __future__ import annotations

from typing import Any, cast

import pytest

from sync import credentials, wire
from sync.credentials import TOKEN_MS, Credentials, Proof
from sync.line import Line, Unreachable
from sync.port import Port
from sync.uploader import Uploader
from tests.server.fleet import Handheld, Office, receiving
from tests.server.test_identity import with_key

NOW_MS = 10 * TOKEN_MS


class Journal:
    """A handheld's journal as the uploader sees it."""

    def __init__(self, handheld: Handheld) -> None:
        self.handheld, self.sent = handheld, 0

    def device(self) -> str:
        return self.handheld.device

    def greeted(self, high: wire.HighWater) -> str:
        self.sent = high.hwm
        return ""

    def next_batch(self, events_max: int) -> wire.Batch | None:
        left = self.sent < len(self.handheld.bodies)
        return self.handheld.batch(self.sent + 1) if left else None

    def disputed(self) -> None:
        """The server has what it is said to have."""

    def stored(self, reply: wire.Stored, through: int) -> str:
        self.sent = reply.hwm
        return ""


class Counted(Line):
    """The real line, with a list of what was asked over it; some of it finds no network."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token, 20.0)
        self.asked: list[str] = []
        self.cut = ""

    def ask(self, method: str, path: str, **more: Any) -> tuple[int, bytes]:
        what = path.rsplit("/", 1)[1]
        self.asked.append(what)
        if what == self.cut:
            raise Unreachable("no network")
        return super().ask(method, path, **more)


class Terminal:
    """An enrolled handheld with one event to send, whose token is so old."""

    def __init__(self, office: Office, age_ms: int) -> None:
        self.handheld, self.key = with_key(office)
        self.handheld.write(receiving("A"))
        self.journal = Journal(self.handheld)
        self.line = Counted(office.running.url, self.handheld.token)
        self.kept: list[Proof] = []
        proof = Proof(token=self.handheld.token, key=self.key, token_ms=NOW_MS - age_ms)
        mine = Credentials(proof, self.kept.append, lambda: NOW_MS)
        mine.told = lambda token: setattr(self.line, "token", token)
        port = cast(Port, self.journal)
        self.uploader = Uploader(port, self.line, 100, credentials=mine)


def forget_token(office: Office, device: str) -> None:
    """As after a restore from a backup that is older than the token."""
    with office.running.central.storage.write() as tx:
        tx.run("UPDATE device SET token_hash = ? WHERE id = ?", "0" * 64, device)


def test_a_young_token_is_left_alone(office: Office) -> None:
    terminal = Terminal(office, TOKEN_MS - 1)
    assert terminal.uploader.drain()
    assert terminal.line.asked == ["hwm", "events"]
    assert (terminal.kept, len(office.ledger())) == ([], 1)


def test_an_old_one_is_renewed_before_anything_is_sent(office: Office) -> None:
    terminal = Terminal(office, TOKEN_MS)
    assert terminal.uploader.drain()
    assert terminal.line.asked == ["token", "hwm", "events"]
    assert terminal.line.token == terminal.kept[-1].token != terminal.handheld.token
    assert (terminal.kept[-1].next_token, terminal.kept[-1].token_ms) == ("", NOW_MS)
    old = terminal.handheld.http.get(
        f"/v1/devices/{terminal.handheld.device}/hwm", headers=terminal.handheld.auth
    )
    assert (old.status_code, len(office.ledger())) == (401, 1)


def test_where_the_server_gives_no_other_the_old_one_does(office: Office) -> None:
    terminal = Terminal(office, TOKEN_MS)
    with office.running.central.storage.write() as tx:  # it has heard of a later renewal
        tx.run("UPDATE device SET renewal = 7 WHERE id = ?", terminal.handheld.device)
    assert terminal.uploader.drain()
    assert terminal.line.asked == ["token", "hwm", "events"]
    assert (terminal.line.token, len(office.ledger())) == (terminal.handheld.token, 1)


def test_without_a_network_nothing_else_is_tried(office: Office) -> None:
    terminal = Terminal(office, TOKEN_MS)
    terminal.line.cut = "token"
    with pytest.raises(Unreachable):
        terminal.uploader.drain()
    assert terminal.line.asked == ["token"]


def test_a_line_that_breaks_is_no_reason_for_another_token(office: Office) -> None:
    terminal = Terminal(office, 0)
    terminal.line.cut = "events"
    with pytest.raises(Unreachable):
        terminal.uploader.drain()
    assert terminal.line.asked == ["hwm", "events"]


def test_a_handheld_without_a_key_can_only_say_that_it_is_not_known(
    office: Office, handheld: Handheld
) -> None:
    forget_token(office, handheld.device)
    line = Counted(office.running.url, handheld.token)
    with pytest.raises(Unreachable) as said:
        Uploader(cast(Port, Journal(handheld)), line, 100).drain()
    assert (said.value.status, line.asked) == (401, ["hwm"])


def test_a_token_that_the_server_forgot_is_renewed_with_the_key_and_sending_goes_on(office: Office) -> None:
    terminal = Terminal(office, 0)
    forget_token(office, terminal.handheld.device)
    assert terminal.uploader.drain()
    assert terminal.line.asked == ["hwm", "token", "hwm", "events"]
    assert (terminal.line.token, len(office.ledger())) == (terminal.kept[-1].token, 1)


def test_a_handheld_that_the_server_never_knew_asks_once_and_says_so(office: Office) -> None:
    terminal = Terminal(office, 0)
    forget_token(office, terminal.handheld.device)
    with office.running.central.storage.write() as tx:
        tx.run("UPDATE device SET public_key = ? WHERE id = ?", credentials.public_key(credentials.new_key()),
               terminal.handheld.device)  # fmt: skip
    with pytest.raises(Unreachable) as said:
        terminal.uploader.drain()
    assert said.value.status == 403
    assert terminal.line.asked == ["hwm", "token"]
    assert (terminal.line.token, office.ledger()) == (terminal.handheld.token, [])
