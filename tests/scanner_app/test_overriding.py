"""A supervisor takes a stop upon himself: what is written, what is shown, and what survives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner_app.answer import Answer
from scanner_app.inputs import SignIn
from scanner_app.trace import trace
from tests.scanner_app.floor import Floor, site_named
from tracking.events import Event


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


# -- a thing that takes more than one scan ----------------------------------------------------------------------------


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path / "parts", site_named("waiving"))
    floor.give(SignIn(badge="OP-7"))
    yield floor
    floor.close()


def standing(floor: Floor) -> list[Event]:
    return [event for event in floor.events() if event.step != "sighting"]


def test_a_lot_nobody_ordered_is_taken_over_until_its_quantity_is_given(parts: Floor) -> None:
    parts.scan("PO-1")
    assert parts.scan("SEAL-KIT").verdict.code == "not_on_document"
    taken_over(parts)
    assert parts.presenter.view().prompt == "Scan the LOT"
    parts.scan("26-1")
    parts.crash()
    answer = parts.type("4")
    assert (answer.verdict.code, answer.progress) == ("quantity_recorded", (0, 2))
    [event] = standing(parts)
    assert (event.lot, event.quantity, event.document, event.line) == ("26-1", 4, "PO-1", 0)
    assert (event.waived, event.supervisor) == ("not_on_document", "SV-2")
    assert parts.scan("SEAL-KIT").verdict.code == "not_on_document", "it was for that one lot"


@pytest.mark.parametrize("by_card", [False, True])
def test_too_many_of_a_lot_are_taken_with_what_was_scanned_before(parts: Floor, by_card: bool) -> None:
    for code in ("PO-PARTS", "SEAL-KIT", "26-1"):
        parts.scan(code)
    answer = parts.command("quantity", "12") if by_card else parts.type("12")
    assert answer.verdict.code == "over_quantity"
    assert parts.presenter.view().soft_keys[-1].command == "override"
    answer = taken_over(parts)
    assert answer.progress == (12, 11)
    [event] = standing(parts)
    assert (event.item, event.lot, event.quantity, event.waived) == ("SEAL-KIT", "26-1", 12, "over_quantity")
    parts.command("undo")
    assert parts.session.progress() == (0, 11)


def test_another_thing_does_not_slip_through(parts: Floor) -> None:
    parts.scan("PO-1")
    parts.scan("SEAL-KIT")
    taken_over(parts)
    parts.scan("MOTOR-7", "M7-00009")
    stopped = parts.session.state.stopped
    assert stopped is not None
    assert (stopped.verdict.code, stopped.verdict.item) == ("not_on_document", "MOTOR-7")
    assert standing(parts) == []


@pytest.mark.parametrize("command", ["back", "lock", "workflow shipping", "look_up"])
def test_whoever_turns_to_something_else_has_given_it_up(parts: Floor, command: str) -> None:
    parts.scan("PO-1")
    parts.scan("SEAL-KIT")
    taken_over(parts)
    name, _, argument = command.partition(" ")
    parts.command(name, argument)
    assert parts.session.state.taken_over is None


def test_what_was_taken_over_stops_again_by_another_objection(parts: Floor) -> None:
    """Waiving one stop waives no other: the pump is not on the paper, and it is booked."""
    parts.scan("SO-NAMED")
    assert parts.scan("SN-000005").verdict.code == "booked_elsewhere"
    assert taken_over(parts).verdict.code == "not_on_document"
    assert taken_over(parts).verdict.code == "booked_elsewhere", "each is taken over alone"
    assert standing(parts) == []


def test_a_move_asks_nobody(parts: Floor) -> None:
    """Nothing that stops a move may be waived: a recalled unit least of all."""
    parts.command("workflow", "move")
    assert parts.scan("SN-000011").verdict.code == "recalled"
    assert parts.command("override").text == "no supervisor may change this stop"


def test_trace_and_export_tell_of_it(parts: Floor) -> None:
    parts.scan("SO-1")
    parts.scan("F3-0001")
    taken_over(parts)
    [unit] = trace(parts.handheld, "F3-0001")["units"]
    entry = unit["history"][-1]
    assert (entry["waived"], entry["supervisor"], entry["reason"]) == ("expired", "SV-2", "office")
    row = next(row for row in parts.rows() if row["step"] == "picking")
    assert (row["waived"], row["supervisor"], row["reason"]) == ("expired", "SV-2", "office")
