"""What belongs together: units of a lot, at a place, of a party; own events too, and honest where it is not all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner_app import together
from scanner_app.cache import Cache
from scanner_app.workflows.gathered import Together
from tests.scanner_app.floor import Floor, site_named
from tracking.units import UnitState


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    return Floor(tmp_path, site_named("lots"))


def serials(floor: Floor, field: str, value: str) -> list[str]:
    return [unit.serial for unit in floor.session.knows.together.units(field, value).units]


def listed(floor: Floor) -> list[str]:
    return [line.text for line in floor.presenter.view().listing]


def test_units_by_each_field_with_a_story_of_their_own_or_not(floor: Floor) -> None:
    assert serials(floor, "lot", "26-114") == ["SN-000001", "SN-000002", "SN-000003"]
    assert serials(floor, "lot", "26-11") == []
    assert serials(floor, "customer", "NORTH") == ["SN-000003"]
    assert serials(floor, "supplier", "ACME") == ["SN-000001", "SN-000002"]
    assert serials(floor, "location", "HAM-A-01") == ["SN-000001", "SN-000004"]


def test_own_events_count_at_once_and_undone_they_do_not(floor: Floor) -> None:
    assert serials(floor, "location", "HAM-A-02") == ["SN-000002"]
    floor.command("workflow", "move")
    floor.scan("HAM-A-02")
    assert floor.scan("SN-000001").verdict.code == "moved"
    assert serials(floor, "location", "HAM-A-02") == ["SN-000001", "SN-000002"]
    assert serials(floor, "location", "HAM-A-01") == ["SN-000004"]
    floor.command("undo")
    assert serials(floor, "location", "HAM-A-02") == ["SN-000002"]


def test_a_value_that_stands_in_another_field_is_not_meant(tmp_path: Path) -> None:
    units: list[dict[str, Any]] = [
        {"item": "PUMP-100", "serial": "SN-000001", "lot": "HAM-A-01", "location": "HAM-A-02"},
        {"item": "PUMP-100", "serial": "SN-000002", "lot": "L" * 40, "location": "HAM-A-01"},
        {"item": "PUMP-100", "serial": "SN-000003", "lot": "L" * 41, "status": "shipped"},
    ]
    floor = Floor(tmp_path, site_named("lots", units=units))
    assert serials(floor, "lot", "HAM-A-01") == ["SN-000001"]
    assert serials(floor, "location", "HAM-A-01") == ["SN-000002"]
    assert [serials(floor, "lot", "L" * length) for length in (39, 40, 41)] == [
        [],
        ["SN-000002"],
        ["SN-000003"],
    ]


def test_a_walk_that_was_cut_short_says_so(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "UNITS_MAX", 2)
    found = floor.session.knows.together.units("lot", "26-114")
    assert (len(found.units), found.whole) == (2, False)
    floor.command("workflow", "look_up")
    assert "there may be more" in floor.scan("26-114").message
    floor.session.knows.together.forget()
    monkeypatch.setattr(together, "UNITS_MAX", 3)
    assert floor.session.knows.together.units("lot", "26-114").whole
    floor.session.knows.together.forget()
    monkeypatch.setattr(together, "STEPS_MAX", 1)
    monkeypatch.setattr(together, "STEPS_A_CALL", 1)
    assert not floor.session.knows.together.units("lot", "26-114").whole
    assert floor.session.knows.unit("PUMP-100", "SN-000001").status == "received", (
        "the cache answers as before"
    )
    floor.wait()
    assert "among those looked through" in floor.scan("26-114").message


def test_a_code_that_is_no_lot_is_not_looked_for_among_the_units(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are: the walk would be cut at once here."""
    monkeypatch.setattr(together, "STEPS_MAX", 1)
    monkeypatch.setattr(together, "STEPS_A_CALL", 1)
    asked: list[str] = []
    floor.session.cache.connection.set_trace_callback(asked.append)
    assert floor.session.knows.together.units("lot", "26-115") == Together((), whole=True)
    floor.command("workflow", "look_up")
    said = floor.scan("26-115")
    assert (said.verdict.code, "looked through" in said.message) == ("unknown_code", False)
    floor.session.cache.connection.set_trace_callback(None)
    assert len(asked) > 3
    assert [sql for sql in asked if "instr(more" in sql] == []


def _fail_half_way(cache: Cache) -> None:
    with cache.transaction():
        cache.put_units([UnitState(item="PUMP-100", serial="SN-8", status="shipped", lot="NEW-2")])
        raise ZeroDivisionError


def test_a_lot_is_known_from_the_moment_a_unit_of_it_is(floor: Floor) -> None:
    cache = floor.session.cache
    for lot in ("NEW-1", "26-114"):
        with cache.transaction():
            cache.put_units([UnitState(item="PUMP-100", serial="SN-9", status="shipped", lot=lot)])
    with pytest.raises(ZeroDivisionError):
        _fail_half_way(cache)
    with cache.transaction():
        cache.put_units([UnitState(item="PUMP-100", serial="SN-8", status="shipped", lot="NEW-2")])
    assert serials(floor, "lot", "NEW-2") == ["SN-8"], (
        "taken back with its transaction, told again with the next"
    )
    assert serials(floor, "lot", "NEW-1") == [], "no unit is of it any more"
    assert "SN-9" in serials(floor, "lot", "26-114")
    with cache.transaction():
        cache.empty()
        cache.put_units([UnitState(item="PUMP-100", serial="SN-8", status="shipped", lot="NEW-2")])
    floor.session.knows.refresh()
    assert serials(floor, "lot", "NEW-2") == ["SN-8"]


def test_pages_list_what_is_there(floor: Floor) -> None:
    floor.command("workflow", "look_up")
    for code, lines in (
        ("26-114", ["received PUMP-100 SN-000001", "held PUMP-100 SN-000002", "shipped PUMP-100 SN-000003"]),
        ("HAM-A-01", ["received PUMP-100 SN-000001", "received PUMP-100 SN-000004"]),
        ("NORTH", ["sales order SO-1", "shipped PUMP-100 SN-000003"]),
        ("PO-1", ["PUMP-100 0/3", "SEAL-KIT 0/50"]),
        ("PO-BLIND", ["nothing is in it, as far as is known here"]),
        ("CS-1", ["nothing is in it, as far as is known here"]),
    ):
        floor.scan(code)
        assert [key.command for key in floor.presenter.view().soft_keys][-1] == "inside"
        floor.command("inside")
        assert listed(floor) == lines
        floor.command("history")
        assert listed(floor) == lines, "a page that it does not have"


def test_a_carton_that_was_moved_stands_at_its_place(floor: Floor) -> None:
    floor.command("workflow", "move")
    floor.scan("HAM-A-02")
    floor.scan("395212345432106679")
    floor.command("workflow", "look_up")
    said = floor.scan("HAM-A-02")
    assert "2 x PUMP-100, cartons: 1 inside" in said.message
    floor.command("inside")
    assert listed(floor)[0] == "395212345432106679"
