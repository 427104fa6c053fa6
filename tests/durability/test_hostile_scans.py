"""Whatever comes out of a scanner: its bytes are in the journal as they came, and the next scan is judged."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from drivers.scan import SCAN_BYTES_MAX, Burst
from scanner_app.clockwork import ReplayClock
from scanner_app.export import events
from scanner_app.handheld import Handheld
from scanner_app.inputs import Command
from scanner_app.journal_reader import JournalReader
from scanner_app.session import SessionSettings
from scanner_app.stamp import RAW_BYTES_MAX
from server import ledger
from tests.durability.goods import SETTLED_MS, fill, scan, serial, site_file
from tests.tui.hostile import HOSTILE_BYTES
from tracking.events import EVENT_BYTES_MAX, Event

WORST = (
    b"\x1b" * RAW_BYTES_MAX,
    b"\x00" * (RAW_BYTES_MAX - 1) + b"\xff",
    b"\xff" * RAW_BYTES_MAX,
    b'"' * RAW_BYTES_MAX,
    "\u20ac".encode() * 10_000,
    b"\x1b[200~ and no end",
    b"x" * SCAN_BYTES_MAX,
)
EVERY = (*HOSTILE_BYTES, *WORST)
TASKS: dict[str, tuple[str, ...]] = {
    "nobody signed in": (),
    "start": ("OP-7",),
    "receiving": ("OP-7", "PO-HAM"),
    "shipping": ("OP-7", "SO-HAM"),
}


def begun(folder: Path) -> Handheld:
    """A handheld with nobody signed in."""
    handheld = Handheld(folder, ReplayClock(SETTLED_MS), SessionSettings(app="test"))
    fill(handheld.cache, site_file())
    handheld.renew_session()
    return handheld


@pytest.fixture
def at_work(quick: Path) -> Iterator[Handheld]:
    """The same, closed at the end."""
    handheld = begun(quick / "data")
    yield handheld
    handheld.close()


def exported(handheld: Handheld) -> list[dict[str, Any]]:
    """The events as others get them."""
    reader = JournalReader(handheld.journal.path)
    rows = msgspec.json.decode(msgspec.json.encode(list(events(reader))))
    reader.close()
    return list(rows)


def raw_of(row: dict[str, Any]) -> bytes:
    """The bytes that were scanned."""
    return bytes.fromhex(row["raw_hex"]) if row.get("raw_hex") else str(row["raw"]).encode()


def understood(handheld: Handheld) -> bool:
    """A server takes every event in, and none of them into its quarantine."""
    return all(
        len(body) <= EVENT_BYTES_MAX and isinstance(ledger.understand(body, "D", epoch, seq), Event)
        for epoch, seq, body, _ in handheld.journal.rows()
    )


@pytest.mark.parametrize("task", TASKS)
def test_the_bytes_are_kept_as_they_came_and_the_work_goes_on(at_work: Handheld, task: str) -> None:
    session = at_work.session
    for text in TASKS[task]:
        session.handle(scan(text))
    for raw in EVERY:
        at_work.clock.advance(5000)  # type: ignore[attr-defined]
        before = at_work.journal.seq
        answer = session.handle(scan(raw))
        assert answer.verdict.stops, (raw[:40], answer)
        assert answer.verdict.code not in {"journal_fault", "disk_full"}, (raw[:40], answer.message)
        assert at_work.journal.seq == before + 1, raw[:40]
        assert raw_of(exported(at_work)[-1]) == raw[:RAW_BYTES_MAX]
        assert session.handle(Command(name="ack")).verdict.code == "command"
    assert understood(at_work)
    if task == "receiving":
        assert session.handle(scan(serial(1))).verdict.code == "received"


def test_a_hostile_scan_held_behind_a_stop_is_kept_through_a_restart(quick: Path) -> None:
    handheld = begun(quick)
    session = handheld.session
    for text in ("OP-7", "PO-HAM", "not ours"):
        session.handle(scan(text))
    for raw in EVERY:
        assert session.handle(scan(raw)).tone == "held"
    handheld.close()
    again = Handheld(quick, ReplayClock(SETTLED_MS + 10_000_000), SessionSettings(app="test"))
    while again.session.state.stopped is not None:
        again.session.handle(Command(name="ack"))
    kept = [raw_of(row) for row in exported(again)]
    assert kept[1:] == [raw[:RAW_BYTES_MAX] for raw in EVERY]
    again.close()


def test_a_label_of_hostile_codes_keeps_the_bytes_of_all_of_them(at_work: Handheld) -> None:
    session = at_work.session
    session.handle(scan("OP-7"))
    session.handle(scan("PO-HAM"))
    codes = (b"\x1b[2J", b"K\xe9ramik", b"[/]", b"\x10\x11")
    session.handle(Burst(scans=tuple(scan(code) for code in codes)))
    assert raw_of(exported(at_work)[-1]) == b" | ".join(codes)


def test_random_bytes_never_bring_the_session_down(at_work: Handheld) -> None:
    chance = random.Random(17)
    session = at_work.session
    session.handle(scan("OP-7"))
    session.handle(scan("PO-HAM"))
    shapes = (
        b"%CMD:",
        b"]C1",
        b"]d2",
        b"(01)",
        b"01095212345432132",
        b"+A99",
        b"[)>\x1e06\x1d",
        b"https://",
        b"",
    )
    for _ in range(600):
        at_work.clock.advance(2000)  # type: ignore[attr-defined]
        raw = chance.choice(shapes) + chance.randbytes(chance.randint(0, 60))
        answer = session.handle(scan(raw))
        assert answer.verdict.code not in {"journal_fault", "disk_full"}, (raw, answer.message)
        if session.state.stopped is not None:
            session.handle(Command(name="ack"))
        if session.state.workflow != "receiving":
            session.handle(Command(name="workflow", argument="receiving"))
    assert understood(at_work)
