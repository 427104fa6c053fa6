"""A carton's six codes on a real terminal: in any order one receipt, and a label that says everything asks nothing."""

from __future__ import annotations

from pathlib import Path

from tests.pty.floor import Floor

ORDERS = ((0, 1, 2, 3, 4, 5), (4, 3, 2, 1, 0, 5), (5, 2, 0, 4, 1, 3), (3, 5, 4, 0, 2, 1))


def _codes(number: int) -> tuple[str, ...]:
    return (
        "]E09521234543213",
        "PUMP-100",
        f"]C121SN-{number:06}",
        f"]C110LOT{number}",
        "]C117271130",
        "]C100395212345432106662",
    )


def _received(floor: Floor) -> list[tuple[str, str, str, str]]:
    events = (event for event in floor.journal() if event.step == "receiving")
    return [(event.item, event.serial, event.lot, event.expiry) for event in events]


def test_six_codes_in_any_order_are_one_receipt(tmp_path: Path) -> None:
    floor = Floor(tmp_path, requires=("lot", "expiry"))
    floor.open_order()
    for number, order in enumerate(ORDERS):
        for place in order:
            seen = len(floor.terminal.output)
            floor.scan(_codes(number)[place])
            if place == 5:  # the carton's own number is the one that has to be acknowledged
                floor.terminal.wait_output("CARTON OR PALLET", seen)
                floor.scan("%CMD:ACK")
    floor.wait_received(len(ORDERS))
    assert _received(floor) == [
        ("PUMP-100", f"SN-{number:06}", f"LOT{number}", "2027-11-30") for number in range(len(ORDERS))
    ]
    floor.terminal.process.kill()


def test_a_udi_label_fills_everything_and_asks_nothing(tmp_path: Path) -> None:
    floor = Floor(tmp_path, requires=("lot", "expiry"))
    floor.open_order()
    seen = len(floor.terminal.output)
    floor.scan("]d2010952123454321317271130" + "10LOT7\x1d21SN-000007")
    floor.wait_received(1)
    floor.terminal.wait_output("RECEIVED", seen)
    floor.terminal.wait_output("LOT7", seen)
    assert _received(floor) == [("PUMP-100", "SN-000007", "LOT7", "2027-11-30")]
    after = bytes(floor.terminal.output[seen:])
    assert b"Scan the LOT" not in after
    assert b"Scan the EXPIRY" not in after
    floor.terminal.process.kill()
