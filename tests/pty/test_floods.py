"""Nothing that a scanner typed is lost, merged or doubled on its way into the journal."""

from __future__ import annotations

import time
from pathlib import Path

from tests.pty.floor import LONG, Floor, serials

STEADY = 2000 if LONG else 200
"""Scans at 20 a second; the suite plays a short stretch at five times the speed."""
GAP_S = 0.05 if LONG else 0.01
BURST = 500


def test_a_steady_stream_and_a_burst_without_a_pause(tmp_path: Path) -> None:
    floor = Floor(tmp_path, columns=80, rows=24)
    floor.open_order()
    steady, burst = serials(1, STEADY), serials(STEADY + 1, BURST)
    for serial in steady:
        floor.scan(serial)
        time.sleep(GAP_S)
    floor.terminal.send("".join(serial + "\r" for serial in burst).encode())
    floor.wait_received(STEADY + BURST)
    assert floor.received() == steady + burst
    floor.terminal.process.kill()


def test_a_paste_of_several_codes_is_several_scans(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    floor.open_order()
    pasted = serials(1, 20)
    floor.terminal.send(b"\x1b[200~" + "\r\n".join(pasted).encode() + b"\x1b[201~\r")
    floor.wait_received(20)
    assert floor.received() == pasted
    floor.terminal.process.kill()


def test_a_label_with_separators_typed_by_a_wedge(tmp_path: Path) -> None:
    floor = Floor(tmp_path)
    floor.open_order()
    floor.scan("]C10109521234543213" + "21SN-000001\x1d10LOT-7\x1d17281031")
    floor.wait_received(1)
    (event,) = (event for event in floor.journal() if event.step == "receiving")
    assert (event.item, event.serial, event.lot, event.expiry) == (
        "PUMP-100",
        "SN-000001",
        "LOT-7",
        "2028-10-31",
    )
    floor.terminal.process.kill()
