"""An imager that types all codes of a label at once into a real terminal: one gesture, and keys stay in their place."""

from __future__ import annotations

from tests.tui.conftest import Start

CODES = (b"]C10109521234543213", b"]C121SN-000007", b"]C110LOT7")
GAP = ("--burst-gap-ms", "120")


def hexed(*codes: bytes) -> list[str]:
    return [code.hex() for code in codes]


def test_codes_that_come_at_once_are_one_burst(echo_screens: Start) -> None:
    screens = echo_screens(*GAP)
    screens.send(b"".join(code + b"\r\n" for code in CODES))
    screens.wait_records(1)
    screens.send(b"SN-000008\r")
    records = screens.wait_records(2)
    assert records[0] == {"kind": "burst", "raws": hexed(*CODES)}
    assert screens.scans() == [b"SN-000008"]
    assert screens.leave() == 0


def test_what_is_typed_behind_a_burst_comes_behind_it(echo_screens: Start) -> None:
    screens = echo_screens(*GAP)
    screens.send(b"".join(code + b"\r" for code in CODES[:2]) + b"\x1b[B" + CODES[2] + b"\r\x1bOQ")
    records = screens.wait_records(4)
    assert records[0] == {"kind": "burst", "raws": hexed(*CODES[:2])}
    assert (records[1]["kind"], records[1]["name"]) == ("command", "list")
    assert records[2] == {"kind": "scan", "raw": CODES[2].hex(), "source": "wedge"}
    assert records[3]["kind"] == "command"
    assert screens.leave() == 0


def test_without_the_setting_each_code_is_a_scan(echo_screens: Start) -> None:
    screens = echo_screens()
    screens.send(b"".join(code + b"\r" for code in CODES))
    screens.wait_records(3)
    assert screens.scans() == list(CODES)
    assert screens.leave() == 0
