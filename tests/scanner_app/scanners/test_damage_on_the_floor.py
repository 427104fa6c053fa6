"""Damaged scans in the session: taken where what is known here proves what the label says, otherwise asked about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.keyboard_text import Retyping, typed
from drivers.scan import Scan
from scanner_app.scanners.profile import Profile
from tests.scanner_app.floor import Floor, site_named

GTIN, FILTER = "]C10109521234543213", "]C10109521234543237"
FRENCH, GERMAN = Retyping("us", "fr"), Retyping("us", "de")


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path / "data", site_named("warehouse", operators=[]))
    made.command("workflow", "receiving")
    yield made
    made.close()


def test_a_lost_separator_is_put_back_where_one_way_fits_the_item(floor: Floor) -> None:
    floor.scan("PO-FILTER")
    floor.session.scanners.keep("replay", Profile(gs_lost=True, aim=True))
    label = f"{FILTER}17281031" + "10LOT7" + "21F3-0901"
    answer = floor.scan(label)
    assert (answer.verdict.code, answer.verdict.serial) == ("received", "F3-0901")
    (event,) = [event for event in answer.events if event.step == "receiving"]
    assert (event.lot, event.serial, event.repaired, event.raw) == ("LOT7", "F3-0901", True, label)


def test_a_lost_separator_is_asked_about_where_two_ways_fit(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.session.scanners.keep("replay", Profile(gs_lost=True, aim=True))
    answer = floor.scan(f"{GTIN}10LOT1727113021SN-004718")
    assert answer.verdict.code == "unreadable"
    assert "separator" in answer.message
    assert not [event for event in answer.events if event.step != "sighting"]


def test_a_serial_that_may_have_swallowed_a_date_is_settled_by_the_items_pattern(floor: Floor) -> None:
    floor.scan("PO-1")
    answer = floor.scan(f"{GTIN}21SN-00471217271130")
    assert (answer.verdict.code, answer.verdict.serial) == ("received", "SN-004712")
    assert answer.events[0].repaired
    assert answer.events[0].expiry == "2027-11-30"


def test_a_serial_that_may_have_swallowed_a_date_is_asked_about_without_a_pattern(floor: Floor) -> None:
    floor.scan("PO-FILTER")
    assert floor.scan(f"{FILTER}21SN-00471217271130").verdict.code == "unreadable"


def test_a_calibrated_scanner_that_sends_separators_is_not_doubted(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.session.scanners.keep("replay", Profile(aim=True))
    assert floor.scan(f"{GTIN}21SN-00471217271130").verdict.code == "serial_pattern"


@pytest.mark.parametrize("way", [GERMAN, FRENCH, Retyping("us", "ch"), Retyping("us", "it", caps=True)])
def test_a_bare_serial_through_a_foreign_layout_is_taken_where_one_known_shape_fits(
    floor: Floor, way: Retyping
) -> None:
    floor.scan("PO-1")
    shown = typed("SN-004713", way)
    answer = floor.scan(shown)
    if shown.isascii():
        # Nothing shows the damage of this one, but its shape is no serial number's of ours either.
        assert answer.verdict.stops
        return
    assert (answer.verdict.code, answer.verdict.serial) == ("received", "SN-004713")
    assert (answer.events[0].repaired, answer.events[0].raw) == (True, shown)


def test_a_foreign_text_that_nothing_here_explains_is_not_taken(floor: Floor) -> None:
    floor.scan("PO-ANY")
    answer = floor.scan(typed("QX-77120", GERMAN))
    assert answer.verdict.code == "unreadable"
    assert "calibration card" in answer.message
    floor.command("ack")
    assert floor.scan("QX-77120").verdict.code == "received"


def test_half_a_label_that_was_repaired_marks_the_event_of_the_whole(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.scan(typed(GTIN, FRENCH))
    answer = floor.scan("]C121SN-004714")
    assert answer.verdict.code == "received"
    assert answer.events[0].repaired


def test_an_undamaged_scan_is_no_repair(floor: Floor) -> None:
    floor.scan("PO-1")
    assert not floor.scan(f"{GTIN}21SN-004715").events[0].repaired


def test_what_a_person_types_is_taken_as_typed(floor: Floor) -> None:
    floor.session.scanners.keep("typed", Profile(host="de"))
    floor.scan("PO-1")
    floor.type("SN-004716")
    scan = Scan(raw=b"SN-004717", source="typed", typed=True)
    answer = floor.give(scan)
    assert (answer.verdict.code, answer.verdict.serial) == ("received", "SN-004717")


def test_a_damaged_code_in_a_burst_is_no_lot(floor: Floor) -> None:
    floor.scan("PO-FILTER")
    answer = floor.scan(FILTER, "]C121F3-0903", "]C117281031", typed("LOT/7", GERMAN) + "ß")
    assert (answer.verdict.level, answer.events) == ("none", ())
    whole = floor.scan("]C110LOT7")
    assert (whole.verdict.code, whole.events[0].lot) == ("received", "LOT7")
