"""Taking back what was only seen: its own trace goes, and nothing that happened since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from scanner_app.on_top import with_own
from scanner_app.overlay import OverlayRow
from tests.scanner_app.floor import Floor, site_named
from tracking.events import Event
from tracking.units import UnitState, evolve, seen_fields

BEFORE = UnitState(item="PUMP-100", serial="SN-1", status="received", location="A", ref="d/1/1")
COUNT = Event(step="stock_taking", item="PUMP-100", serial="SN-1", document="CS-1", location="B")
BACK = msgspec.structs.replace(COUNT, cancels="d/1/2", device="d", epoch=1, seq=9)


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path / "data", site_named("depot"))
    yield floor
    floor.close()


def test_a_count_that_the_cache_shows_is_taken_back_alone() -> None:
    """It was counted, the server knows, it was shipped, and only then the count was an error."""
    shown = msgspec.structs.replace(BEFORE, status="shipped", customer="NORTH", seen_on="CS-1", ref="d/1/3")
    found = with_own(shown, [OverlayRow(BACK, msgspec.msgpack.encode(BEFORE))])
    assert found == msgspec.structs.replace(shown, seen_on="")


def test_a_move_that_the_cache_shows_is_taken_back_whole() -> None:
    """A step that moves the unit still puts it back where it was."""
    shown = msgspec.structs.replace(BEFORE, location="B", step="storing", ref="d/1/2")
    back = msgspec.structs.replace(BACK, step="storing")
    found = with_own(shown, [OverlayRow(back, msgspec.msgpack.encode(BEFORE))])
    assert found == BEFORE


def test_a_count_under_a_later_step_can_be_taken_back(floor: Floor) -> None:
    floor.command("workflow", "stocktake")
    floor.scan("CS-1")
    floor.scan("SN-000001")
    floor.command("workflow", "write_off")
    floor.wait()
    floor.scan("SN-000001")
    floor.type("crushed")
    assert floor.status("PUMP-100", "SN-000001") == "written_off"
    assert floor.command("undo", "1").verdict.code == "undone"
    assert floor.status("PUMP-100", "SN-000001") == "written_off"
    assert floor.session.knows.unit("PUMP-100", "SN-000001").seen_on == ""
    assert floor.session.knows.counted("CS-1", 0).total == 0


def test_a_step_that_moved_the_unit_still_holds_what_is_below_it(floor: Floor) -> None:
    floor.command("workflow", "returns")
    floor.scan("SN-000014")
    floor.command("stock")
    assert floor.command("undo", "1").verdict.code is None
    assert floor.status("PUMP-100", "SN-000014") == "received"


def test_a_lot_on_hold_here_is_on_hold_at_once_and_after_a_crash(floor: Floor) -> None:
    knows = floor.session.knows
    floor.command("workflow", "quality")
    for code in ("SEAL-KIT", "L-9"):
        floor.scan(code)
    floor.command("hold", "brittle")
    assert knows.lot_flags("SEAL-KIT", "L-9") == ("held",)
    assert knows.lot_flags("SEAL-KIT", "L-8") == ()
    floor.crash()
    assert floor.session.knows.lot_flags("SEAL-KIT", "L-9") == ("held",)
    floor.command("undo")
    assert floor.session.knows.lot_flags("SEAL-KIT", "L-9") == ()


def test_two_sheets_by_turns_count_a_unit_once_each(floor: Floor) -> None:
    floor.command("workflow", "stocktake")
    codes = []
    for sheet in ("CS-1", "CS-OPEN", "CS-1", "CS-OPEN"):
        floor.scan(sheet)
        floor.wait()
        codes.append(floor.scan("SN-000001").verdict.code)
        floor.command("back")
    assert codes == ["counted", "counted", "already_counted", "already_counted"]
    assert floor.session.knows.unit("PUMP-100", "SN-000001").seen == (("CS-OPEN", 0), ("CS-1", 0))


def test_of_two_sheets_the_one_that_is_taken_back_is_forgotten(floor: Floor) -> None:
    shown = msgspec.structs.replace(BEFORE, **seen_fields([("CS-2", 0), ("CS-1", 0), ("CS-0", 1)]))
    kept = msgspec.structs.replace(BEFORE, **seen_fields([("CS-0", 1)]))
    found = with_own(shown, [OverlayRow(BACK, msgspec.msgpack.encode(kept))])
    assert found.seen == (("CS-2", 0), ("CS-0", 1))
    again = with_own(shown, [OverlayRow(BACK, msgspec.msgpack.encode(found))])
    assert again.seen == (("CS-2", 0), ("CS-0", 1))


def test_so_many_sheets_are_remembered_and_no_more() -> None:
    unit = BEFORE
    for number in range(20):
        unit, _ = evolve(unit, msgspec.structs.replace(COUNT, document=f"CS-{number}"))
    assert [sheet for sheet, _ in unit.seen] == [f"CS-{number}" for number in range(19, 10, -1)]
    assert not unit.seen_by("CS-10")
