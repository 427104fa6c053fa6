"""Who is at work on what, told to the site through the server; and a task taken over from that list."""

from __future__ import annotations

import httpx

from scanner_app.handing import others
from scanner_app.inputs import Command
from scanner_app.view import MenuLine
from tests.sync.fleet import Dock, Fleet, until

ORDER = "PO-HAM"


def both(fleet: Fleet) -> tuple[Dock, Dock]:
    """Two handhelds that know the order; Ida has it open on the first."""
    first, second = fleet.dock(), fleet.dock()
    first.begin(ORDER)
    until(lambda: second.ask(lambda s: s.knows.document(ORDER)) is not None, "the order never came")
    second.give("OP-8")
    until(lambda: elsewhere(second) == [ORDER], "the claim")
    return first, second


def elsewhere(dock: Dock) -> list[str]:
    """What others are at work on, as far as it knows."""
    found: list[str] = dock.ask(lambda s: [row.subject for row in s.knows.tasks_elsewhere()])
    return found


def menu(dock: Dock) -> tuple[MenuLine, ...]:
    dock.give(Command(name="tasks"))
    return dock.view().menu


def receive(dock: Dock, *numbers: int) -> None:
    for number in numbers:
        (answer,) = dock.give(f"SN-{number:06d}")
        assert answer.verdict.code == "received", (number, answer.message)


def test_whoever_opens_the_same_order_is_told_and_may_go_on(fleet: Fleet) -> None:
    first, second = both(fleet)
    receive(first, 1, 2)
    until(lambda: second.tally(ORDER).total == 2, "the count")
    (answer,) = second.give(ORDER)
    assert answer.verdict.code == "being_done"
    said = answer.message
    assert said.startswith(f"BEING DONE: {ORDER} · by Ida · on dock · since today ")
    assert said.endswith("2 of 40 · you may go on")
    receive(second, 3)
    # And the first, when it comes back to the order, hears of the second.
    first.give(Command(name="back"))
    until(lambda: elsewhere(second) == [], "the release")
    until(lambda: elsewhere(first) == [ORDER], "the second's claim")
    (answer,) = first.give(ORDER)
    assert (answer.verdict.code, "by Bo" in answer.message) == ("being_done", True)


def test_closing_the_order_ends_the_claim(fleet: Fleet) -> None:
    first, second = both(fleet)
    receive(first, 1)
    first.give(Command(name="done"), Command(name="confirm"))
    until(lambda: elsewhere(second) == [], "the end")


def test_a_claim_lapses_when_nothing_is_heard_of_it(fleet: Fleet) -> None:
    _, second = both(fleet)
    second.offline()  # a page of the feed would bring the server's time along
    minutes = second.ask(lambda session: session.knows.policy.claim_minutes)
    second.clock.skip((minutes - 5) * 60_000)
    assert second.ask(lambda session: len(others.at_work(session))) == 1
    second.clock.skip(10 * 60_000)
    assert second.ask(others.at_work) == []


def test_a_task_is_taken_over_from_the_list_and_its_giver_is_asked(fleet: Fleet) -> None:
    first, second = both(fleet)
    receive(first, 1, 2)
    until(first.settled, "the first's events")
    until(lambda: second.tally(ORDER).total == 2, "the count")
    (line,) = menu(second)
    assert line.label == f"{ORDER} receiving, Ida, dock"
    name, _, argument = line.command.partition(" ")
    (asked,) = second.give(Command(name=name, argument=argument))
    assert asked.verdict.code == "confirm_required"
    assert "Ida" in asked.message
    (taken,) = second.give(Command(name="confirm"))
    assert (taken.verdict.code, taken.progress, taken.prompt) == ("taken_over", (2, 40), "Scan the SERIAL")
    receive(second, 3)
    until(lambda: first.ask(lambda s: s.knows.hand_over(argument).to) == second.device, "who has it")
    # The next scan at the first does nothing before a person has decided.
    (stopped,) = first.give("SN-000004")
    assert stopped.verdict.code == "confirm_required"
    assert second.device in stopped.message
    assert first.unit("SN-000004").status == "unknown"
    (back,) = first.give(Command(name="confirm"))
    assert (back.verdict.code, back.prompt) == ("taken_over", "Scan the SERIAL")
    receive(first, 4)
    until(lambda: second.ask(lambda s: s.knows.hand_over(argument).to) == first.device, "that it is back")
    (stopped,) = second.give("SN-000005")
    assert stopped.verdict.code == "confirm_required"
    until(lambda: fleet.tally(ORDER) == {1: 4}, "the server's count")
    assert fleet.exceptions() == []


def test_taken_over_without_a_network_it_is_sorted_out_later(fleet: Fleet) -> None:
    first, second = both(fleet)
    receive(first, 1)
    until(lambda: second.tally(ORDER).total == 1, "the count")
    first.offline()
    second.offline()
    receive(first, 2)
    (line,) = menu(second)
    name, _, argument = line.command.partition(" ")
    second.give(Command(name=name, argument=argument), Command(name="confirm"))
    receive(second, 3)
    first.offline(False)
    second.offline(False)
    until(lambda: fleet.tally(ORDER) == {1: 3}, "all of it")
    until(lambda: first.tally(ORDER).total == 3 and second.tally(ORDER).total == 3, "both counts")
    until(lambda: first.ask(lambda s: s.knows.hand_over(argument).to) == second.device, "who has it")
    (stopped,) = first.give("SN-000004")
    assert stopped.verdict.code == "confirm_required"


def test_a_handheld_that_comes_back_to_life_tells_its_tasks_again(fleet: Fleet) -> None:
    first, second = both(fleet)
    first.give(Command(name="back"))
    until(lambda: elsewhere(second) == [], "the release")
    first.offline()
    first.give(ORDER)
    first.restart()
    until(lambda: elsewhere(second) == [ORDER], "the claim after the restart")


def test_the_office_sees_who_is_at_work(fleet: Fleet) -> None:
    first, _ = both(fleet)
    with httpx.Client(base_url=fleet.server.url, trust_env=False) as http:
        http.post("/sign-in", data={"token": fleet.server.office_token})
        for page in ("/devices", f"/documents/{ORDER}"):
            text = http.get(page).text
            assert "Ida" in text, page
            assert first.device in text
            assert ORDER in text
