"""Numbers at the bench: lent ahead while there is a network, given without one, and never the same on two handhelds."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from scanner_app.inputs import Command
from sync.lending import REFUSED_S, Borrower
from sync.line import Unreachable
from sync.work_wire import Block, WantedBlock
from tests.sync.fleet import Dock, Fleet, site_file, until

WANTED = WantedBlock(item="PUMP", pattern="SN-{seq:6}", size=1000)


class Bench:
    """A handheld that wants numbers, and the line to a server that answers as it is told."""

    def __init__(self) -> None:
        self.wants: tuple[WantedBlock, ...] = (WANTED,)
        self.kept: list[Block] = []
        self.asked: list[str] = []
        self.status = 200
        self.block = Block(item="PUMP", pattern="SN-{seq:6}", first=0, last=999)

    def device(self) -> str:
        return "D-1"

    def wanted_blocks(self) -> tuple[WantedBlock, ...]:
        return self.wants

    def lent(self, block: Block) -> None:
        self.kept.append(block)

    def ask(self, method: str, path: str, *, body: bytes = b"", **_: Any) -> tuple[int, bytes]:
        self.asked.append(f"{method} {path} {msgspec.json.decode(body, type=WantedBlock).item}")
        return self.status, msgspec.json.encode(self.block) if self.status == 200 else b"{}"

    def close(self) -> None:
        pass


def test_what_runs_low_is_asked_for_and_kept() -> None:
    bench = Bench()
    Borrower(bench, bench).borrow(0.0)
    assert bench.asked == ["POST /v1/devices/D-1/blocks PUMP"]
    assert bench.kept == [bench.block]
    bench.wants = ()
    Borrower(bench, bench).borrow(0.0)
    assert len(bench.asked) == 1


def test_a_refusal_is_not_asked_again_at_once_and_does_not_keep_others_waiting() -> None:
    bench = Bench()
    borrower = Borrower(bench, bench)
    bench.status = 409
    borrower.borrow(0.0)
    bench.status = 200
    bench.wants = (WANTED, msgspec.structs.replace(WANTED, item="GEAR"))
    bench.block = msgspec.structs.replace(bench.block, item="GEAR")
    borrower.borrow(1.0)
    assert [block.item for block in bench.kept] == ["GEAR"]
    bench.wants, bench.block = (WANTED,), msgspec.structs.replace(bench.block, item="PUMP")
    borrower.borrow(REFUSED_S)
    assert [block.item for block in bench.kept] == ["GEAR", "PUMP"]


@pytest.mark.parametrize("status", [404, 405])
def test_a_server_that_lends_nothing_yet_is_no_trouble(status: int) -> None:
    bench = Bench()
    bench.status = status
    Borrower(bench, bench).borrow(0.0)
    assert bench.kept == []


def test_a_server_in_trouble_is_tried_again_and_nonsense_is_not_kept() -> None:
    bench = Bench()
    bench.status = 503
    with pytest.raises(Unreachable):
        Borrower(bench, bench).borrow(0.0)
    for nonsense in ({"item": "OTHER"}, {"pattern": "X{seq:6}"}, {"first": 9, "last": 8}):
        bench.status = 200
        bench.block = msgspec.structs.replace(
            Block(item="PUMP", pattern="SN-{seq:6}", first=0, last=9), **nonsense
        )
        Borrower(bench, bench).borrow(0.0)
    assert bench.kept == []


def _numbered() -> dict[str, Any]:
    file = site_file()
    file["items"][0]["numbering"] = "SN-{seq:6}"
    file["documents"].append(
        {
            "type": "work_order",
            "number": "WO-1",
            "product": "PUMP",
            "lines": [{"item": "PUMP", "quantity": 50}],
        }
    )
    return file


def _held(dock: Dock) -> bool:
    def look(session: Any) -> bool:
        return bool(session.knows.next_serials(session.knows.item("PUMP"), 1).serials)

    return bool(dock.ask(lambda s: s.knows.item("PUMP") is not None and look(s)))


def _template(dock: Dock) -> str:
    return str(dock.ask(lambda s: s.knows.item("PUMP").numbering))  # type: ignore[union-attr]


def _take(dock: Dock, count: int) -> list[str]:
    """So many numbers, each verified by the scan of its label."""
    given: list[str] = []
    for _ in range(count):
        (answer,) = dock.give(Command(name="number"))
        assert answer.verdict.code == "assigned", answer.message
        given.append(answer.verdict.serial)
        dock.give(answer.verdict.serial)
    return given


def test_two_benches_without_a_network_give_numbers_that_never_meet(fleet: Fleet) -> None:
    fleet.load(_numbered())
    one, other = fleet.dock(), fleet.dock()
    for dock in (one, other):
        until(lambda dock=dock: _held(dock), "no numbers were lent")  # type: ignore[misc]
        dock.begin("WO-1")
    fleet.stop_server()
    ours, theirs = _take(one, 3), _take(other, 3)
    assert not set(ours) & set(theirs)
    one.restart()
    more = _take(one, 1)
    assert not set(more) & {*ours, *theirs}, "a battery that was pulled gives none again"
    fleet.start_server()
    until(lambda: one.settled() and other.settled(), "the events did not arrive")
    assert {fleet.state(serial)["status"] for serial in (*ours, *theirs, *more)} == {"produced"}
    assert fleet.exceptions() == []


def test_who_stands_there_without_a_number_gets_one_as_soon_as_the_server_is_asked(fleet: Fleet) -> None:
    file = _numbered()
    fleet.load(file)
    dock = fleet.dock(poll_s=600)
    dock.begin("WO-1")
    until(lambda: _held(dock), "no numbers were lent")
    # The office changes the template of the item while its order is open.
    file["items"][0]["numbering"] = "SN-9{seq:5}"
    fleet.load(file)
    until(lambda: _template(dock) == "SN-9{seq:5}", "the item never came")
    (answer,) = dock.give(Command(name="number"))
    if answer.verdict.code == "no_numbers":
        until(lambda: _held(dock), "nobody asked the server")
        dock.give(Command(name="ack"))
    else:
        dock.undo()
    assert _take(dock, 1)[0].startswith("SN-9")
