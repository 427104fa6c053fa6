"""A supervisor takes a stop upon himself: what is written, what is shown, and what survives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner_app.answer import Answer
from scanner_app.inputs import SignIn
from tests.scanner_app.floor import Floor, site_named


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path / "data", site_named("overridden"))
    floor.give(SignIn(badge="OP-7"))
    yield floor
    floor.close()


def stopped_by_its_date(floor: Floor) -> None:
    floor.scan("SO-1")
    assert floor.scan("SN-000001").verdict.code == "expired"


def taken_over(floor: Floor, reason: str = "2") -> Answer:
    floor.command("override")
    floor.scan("SV-2")
    floor.type("4711")
    return floor.type(reason)


def test_the_event_names_the_operator_the_supervisor_and_the_reason(floor: Floor) -> None:
    stopped_by_its_date(floor)
    assert taken_over(floor).verdict.code == "shipped"
    [shipped] = [event for event in floor.events() if event.step == "shipping"]
    assert (shipped.operator, shipped.supervisor, shipped.reason) == ("OP-7", "SV-2", "office")
    assert shipped.raw == "SN-000001"
    assert floor.session.state.operator == "OP-7"


def test_it_holds_for_one_scan_only(floor: Floor) -> None:
    stopped_by_its_date(floor)
    taken_over(floor, "the customer knows")
    assert floor.events()[-1].reason == "the customer knows"
    floor.command("undo")
    assert floor.scan("SN-000001").verdict.code == "expired"


def test_a_crash_in_between_goes_on_asking(floor: Floor) -> None:
    stopped_by_its_date(floor)
    floor.command("override")
    floor.scan("SV-2")
    floor.crash()
    assert floor.presenter.view().secret
    floor.type("4711")
    assert floor.type("1").verdict.code == "shipped"


def test_the_screen_offers_it_only_where_the_site_allows_it(floor: Floor) -> None:
    stopped_by_its_date(floor)
    assert [key.command for key in floor.presenter.view().soft_keys] == ["ack", "override"]
    floor.command("override")
    view = floor.presenter.view()
    assert (view.stopped, view.prompt) == (False, "Supervisor: scan your BADGE")
    floor.command("back")
    assert floor.presenter.view().stopped
    floor.command("ack")
    assert floor.scan("SN-000002").verdict.code == "stolen"
    assert [key.command for key in floor.presenter.view().soft_keys] == ["ack"]


def test_what_is_scanned_behind_the_stop_counts_after_it(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.scan("SN-300001")
    assert floor.scan("SN-300002").verdict.code == "over_quantity"
    floor.scan("M7-00001")
    answer = taken_over(floor)
    assert [event.serial for event in answer.events if event.step == "receiving"] == ["SN-300002", "M7-00001"]
    assert [event.supervisor for event in answer.events if event.step == "receiving"] == ["SV-2", ""]
