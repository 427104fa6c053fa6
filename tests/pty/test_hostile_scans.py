"""Hostile codes neither stop the screens nor reach the terminal raw, and their bytes are in the journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner_app.stamp import RAW_BYTES_MAX
from tests.pty.floor import Floor, serials
from tracking.events import Event

HOSTILE = {
    "clears the screen": b"\x1b[2JSN-1",
    "sets the title": b"AB\x1b]0;PWNED\x07CD",
    "C1 control": b"AB\xc2\x9b31mCD",
    "closing markup": b"[/]",
    "an action in markup": b"[@click=app.quit]x[/]",
    "Latin-1": b"K\xe9ramik-1",
    "0x10": b"AB\x10CD",
    "0x11": b"AB\x11CD",
    "ten thousand characters": b"X" * 10_000,
}


def _bytes(event: Event) -> bytes:
    return bytes.fromhex(event.raw_hex) if event.raw_hex else event.raw.encode()


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_code_is_judged_kept_and_survived(tmp_path: Path, raw: bytes) -> None:
    floor = Floor(tmp_path)
    floor.open_order()
    since = len(floor.terminal.output)
    floor.terminal.send(raw + b"\r")
    floor.terminal.wait(lambda: len(floor.journal()) == 1, "the sighting")
    shown = bytes(floor.terminal.output[since:])
    for attack in (b"\x1b[2JSN", b"\x1b]0;PWNED", b"\xc2\x9b31m"):
        assert attack not in shown
    assert _bytes(floor.journal()[0]) == raw[:RAW_BYTES_MAX]
    floor.scan("%CMD:ACK")
    floor.scan(serials(1, 1)[0])
    floor.wait_received(1)
    floor.terminal.process.kill()


def test_a_paste_that_never_ends_does_not_freeze_the_keys(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    floor.open_order()
    floor.terminal.send(b"\x1b[200~SN-00")
    floor.terminal.send(b"0001\r")
    floor.terminal.wait_output("UNREADABLE")
    floor.scan("%CMD:ACK")
    floor.scan(serials(2, 1)[0])
    floor.wait_received(1)
    assert floor.received() == serials(2, 1)
    floor.terminal.process.kill()
