"""Who counted comes along with a count that is taken over from the list: the second counter is somebody else."""

from __future__ import annotations

from typing import Any

from scanner_app.handing import others
from scanner_app.inputs import Command, SignIn
from tests.sync.fleet import Dock, Fleet, until
from tests.sync.test_counts import ALL, WORKED, codes, office, warehouse
from tests.sync.test_hand_over import hand_over

SHEET = "CS-1"


def counters(dock: Dock, recount: int = 0) -> set[str]:
    """Who counted in a round, as far as this handheld knows."""
    return set(dock.ask(lambda session: session.knows.counted(SHEET, recount).people))


def taken_from_list(dock: Dock, *people: str) -> str | None:
    """The one task on the list, as soon as the list tells who counted; the answer's code."""

    def told(session: Any) -> bool:
        return [row.people for row in others.at_work(session)] == [people]

    until(lambda: bool(dock.ask(told)), f"the list does not tell {people}")
    dock.give(Command(name="tasks"))
    (line,) = [line for line in dock.view().menu if SHEET in line.label]
    name, _, argument = line.command.partition(" ")
    dock.give(Command(name=name, argument=argument))
    (taken,) = dock.give(Command(name="confirm"))
    return taken.verdict.code


def test_who_counted_on_the_other_handheld_is_no_second_counter_on_this_one(fleet: Fleet) -> None:
    first, second = warehouse(fleet)
    first.begin(SHEET, "OP-7")
    assert codes(first, ALL[0], ALL[1]) == ["counted", "counted"]
    second.give("OP-8")
    assert taken_from_list(second, "OP-7") == "taken_over"
    assert counters(second) == {"OP-7"}
    second.restart()
    assert codes(second, ALL[2], *WORKED) == ["counted", "confirm_required", "completed"]
    assert counters(second) == {"OP-7", "OP-8"}
    for badge in ("OP-7", "OP-8"):
        second.give(SignIn(badge=badge))
        assert codes(second, SHEET, Command(name="confirm"), Command(name="ack")) == [
            "document_closed", "role_required", "command",
        ], badge  # fmt: skip


def test_a_rejected_count_is_taken_over_in_its_new_round_and_goes_on_from_there(fleet: Fleet) -> None:
    first, second = warehouse(fleet)
    first.begin(SHEET, "OP-7")
    assert codes(first, ALL[0], *WORKED) == ["counted", "confirm_required", "completed"]
    first.give(SignIn(badge="OP-8"))
    until(lambda: office(fleet, f"/v1/counts/{SHEET}").get("state") == "counted", "the office never saw it")
    seen = office(fleet, f"/v1/counts/{SHEET}")["seen"]
    office(fleet, f"/v1/counts/{SHEET}/decision", approve=False, reason="four are missing", seen=seen)
    until(lambda: not first.tally(SHEET).closed, "the handheld never heard")
    until(lambda: not second.tally(SHEET).closed, "nor the other one")
    assert codes(first, SHEET, ALL[0]) == ["document_opened", "counted"]
    second.give("OP-7")
    assert taken_from_list(second, "OP-8") == "taken_over"
    assert counters(second, 1) == {"OP-8"}
    assert counters(second) == set(), "of the round before, which counts no more, nobody asks"

    # From there it goes on by a symbol, to a handheld that never saw the list.
    third = fleet.dock()
    until(lambda: third.ask(lambda session: session.knows.document(SHEET)) is not None, "the sheet")
    third.give("OP-7")
    hand_over(second, third)
    assert counters(third, 1) == {"OP-8"}
