"""Ranges keep the grade of their evidence: what was scanned is scanned, what stood between is ranged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scanner_app.floor import Floor, site_named


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path / "data", site_named("depot"))
    yield floor
    floor.close()


def test_a_received_range_says_which_units_were_seen(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.scan("PUMP-100")
    floor.command("range")
    for serial in ("SN-700001", "SN-700020", "SN-700007", "SN-700013"):
        floor.scan(serial)
    grades = {event.serial: event.evidence for event in floor.events() if event.step == "receiving"}
    assert len(grades) == 20
    seen = {serial for serial, grade in grades.items() if grade == "scanned"}
    assert seen == {"SN-700001", "SN-700007", "SN-700013", "SN-700020"}
    assert set(grades.values()) == {"scanned", "ranged"}
    # The grade stays with the unit, whatever it is asked later.
    assert floor.session.knows.unit("PUMP-100", "SN-700002").evidence == "ranged"


def test_assigned_ranges_are_ranged(floor: Floor) -> None:
    floor.command("workflow", "assign")
    floor.scan("PUMP-100")
    floor.command("range")
    floor.scan("SN-800001")
    floor.scan("SN-800003")
    assert [event.evidence for event in floor.events()] == ["ranged"] * 3
