"""What is in what: by the cache, by own events that it does not show yet, and by quantities that it never keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner_app.cache import holder_key
from scanner_app.feeding import match_overlay, reread
from tests.scanner_app.floor import Floor, site_named


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path / "data", site_named("assembly"))
    yield floor
    floor.close()


def _inside(floor: Floor, item: str, serial: str) -> list[str]:
    return sorted(unit.serial for unit in floor.session.knows.inside(item, serial))


def _covered(floor: Floor) -> None:
    """The cache has the states of the units now, and the overlay is set aside, as after a page of the feed."""
    session = floor.session
    named = [(unit.item, unit.serial) for unit in floor.site.units]
    states = [session.knows.unit(*name) for name in named]
    with session.cache.transaction():
        session.cache.put_units(states)
        session.cache.put_meta("applied", f'{{"{session.journal.epoch}": {session.journal.seq}}}')
    match_overlay(session.journal, session.cache)
    reread(session)


def test_the_cache_tells_what_was_in_a_product_and_a_carton_before(floor: Floor) -> None:
    assert _inside(floor, "GEAR-500", "G-0900") == ["M7-00007"]
    assert _inside(floor, "", "CARTON-7") == ["SN-000005", "SN-000006"]
    assert [unit.serial for unit in floor.session.cache.units_in(holder_key("", "CARTON-8"))] == [
        "SN-000007",
        "SN-000008",
    ]
    assert _inside(floor, "", "") == []


def test_what_went_in_here_is_inside_before_and_after_the_server_shows_it(floor: Floor) -> None:
    floor.command("workflow", "production")
    for code in ("WO-1", "G-0001", "M7-00001", "SEAL-KIT", "26-1"):
        floor.scan(code)
    for _ in range(2):
        assert _inside(floor, "GEAR-500", "G-0001") == ["M7-00001"]
        assert [
            (one.lot, one.quantity) for one in floor.session.knows.quantities_in("GEAR-500", "G-0001")
        ] == [("26-1", 1)]
        floor.crash()
        assert _inside(floor, "GEAR-500", "G-0001") == ["M7-00001"]
        _covered(floor)
    floor.command("undo")
    assert floor.session.knows.quantities_in("GEAR-500", "G-0001") == ()
    floor.command("undo")
    assert _inside(floor, "GEAR-500", "G-0001") == []
    floor.crash()
    assert _inside(floor, "GEAR-500", "G-0001") == []


def test_a_part_taken_out_and_put_back_by_undo_is_inside_again_whatever_the_cache_shows(floor: Floor) -> None:
    floor.command("workflow", "pack")
    floor.command("remove")
    floor.scan("SN-000005")
    assert _inside(floor, "", "CARTON-7") == ["SN-000006"]
    _covered(floor)
    assert _inside(floor, "", "CARTON-7") == ["SN-000006"]
    floor.crash()
    floor.command("undo")
    assert _inside(floor, "", "CARTON-7") == ["SN-000005", "SN-000006"]
    floor.crash()
    assert _inside(floor, "", "CARTON-7") == ["SN-000005", "SN-000006"]


def test_a_plate_that_is_used_again_begins_empty(floor: Floor) -> None:
    floor.command("workflow", "pack")
    for code in ("BOX-0001", "SEAL-KIT", "26-1", "%CMD:QUANTITY=5", "SN-000001"):
        floor.scan(code)
    floor.command("workflow", "shipping")
    floor.scan("SO-3")
    assert floor.scan("BOX-0001").verdict.code == "shipped"
    assert floor.session.knows.quantities_in("", "BOX-0001") == ()
    _covered(floor)
    assert floor.session.knows.quantities_in("", "BOX-0001") == ()
    floor.command("undo")
    assert [one.quantity for one in floor.session.knows.quantities_in("", "BOX-0001")] == [5]
