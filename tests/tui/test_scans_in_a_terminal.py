"""Scans typed into a real terminal: none lost, merged, doubled or obeyed, and their bytes as they came."""

from __future__ import annotations

import random
import re
import time
from pathlib import Path

import pytest

from tests.tui.conftest import Start
from tests.tui.hostile import HOSTILE_BYTES
from tests.tui.pseudo_terminal import EchoScreens

OUR_SEQUENCES = re.compile(r"\x1b\[(?:[\d;]*[mH]|\?2026[hl])")
"""What the screens send between two scans: colours, positions, begin and end of a frame."""


def serials(first: int, count: int) -> list[bytes]:
    return [b"SN-%06d" % number for number in range(first, first + count)]


def test_scans_at_speed_and_one_burst_arrive_once_and_in_order(echo_screens: Start) -> None:
    screens = echo_screens()
    steady, burst = serials(1, 300), serials(1001, 500)
    for serial in steady:
        for character in serial + b"\r":
            screens.send(bytes([character]))
        time.sleep(0.002)
    screens.send(b"".join(serial + b"\r" for serial in burst))
    screens.wait_records(800)
    assert screens.scans() == steady + burst
    assert screens.leave() == 0
    assert screens.scans() == steady + burst


def test_hostile_scans_keep_their_bytes_and_do_not_reach_the_terminal(echo_screens: Start) -> None:
    screens = echo_screens()
    mark = len(screens.output)
    for at, raw in enumerate(HOSTILE_BYTES, 1):
        screens.send(raw + b"\r")
        screens.wait_records(2 * at - 1)
        screens.send(b"SN-PLAIN-%d\r" % at)
        screens.wait_output(f"SN-PLAIN-{at} ", mark)
    assert screens.scans() == [
        scan for at, raw in enumerate(HOSTILE_BYTES, 1) for scan in (raw, b"SN-PLAIN-%d" % at)
    ]
    shown = OUR_SEQUENCES.sub("", bytes(screens.output[mark:]).decode("utf-8"))
    assert not re.findall(r"[\x00-\x06\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e\u200b\ufeff]", shown)
    assert "PWNED" in shown
    assert screens.leave() == 0


@pytest.mark.parametrize("seed", range(2))
def test_hostile_bytes_as_a_scanner_types_them(echo_screens: Start, seed: int) -> None:
    chosen = random.Random(seed).sample([raw for raw in HOSTILE_BYTES if len(raw) < 100], 10)
    screens = echo_screens()
    for raw in chosen:
        for byte in raw + b"\r":
            screens.send(bytes([byte]))
            time.sleep(0.002)
        time.sleep(0.02)
    screens.wait_records(len(chosen))
    assert screens.scans() == chosen


def test_an_unterminated_paste_freezes_nothing(echo_screens: Start) -> None:
    screens = echo_screens()
    screens.send(b"\x1b[200~SN-1\rSN-2\r")
    screens.wait_records(2)
    assert screens.scans() == [b"\x1b[200~SN-1", b"SN-2"]
    screens.send(b"SN-3\r")
    screens.wait_records(3)
    screens.send(b"\x1b[200~")
    screens.wait_records(4)
    assert screens.scans()[2:] == [b"SN-3", b"\x1b[200~"]
    assert screens.leave() == 0


def test_a_paste_is_scans_of_its_own_source(echo_screens: Start) -> None:
    screens = echo_screens()
    screens.send(b"\x1b[200~SN-1\r\nSN\x1d-2\x1b[31m\ncaf\xe9\x1b[201~")
    records = screens.wait_records(3)
    assert screens.scans() == [b"SN-1", b"SN\x1d-2\x1b[31m", b"caf\xe9"]
    assert {record["source"] for record in records} == {"paste"}


def test_type_ahead_of_scans_and_keys_keeps_its_order(echo_screens: Start) -> None:
    screens = echo_screens()
    screens.send(b"SN-0001\r\x1bOQSN-0002\r\x1b[15~SN-0003\r")
    records = screens.wait_records(5)
    assert [record.get("name") or bytes.fromhex(record["raw"]) for record in records] == [
        b"SN-0001",
        "undo",
        b"SN-0002",
        "more",
        b"SN-0003",
    ]


def test_scans_before_the_first_picture_are_not_lost(tmp_path: Path) -> None:
    screens = EchoScreens(tmp_path / "early.jsonl")
    try:
        screens.send(b"SN-EARLY-1\nSN-EARLY-2\n")
        screens.started()
        screens.wait_records(2)
        assert screens.scans() == [b"SN-EARLY-1", b"SN-EARLY-2"]
    finally:
        screens.close()
