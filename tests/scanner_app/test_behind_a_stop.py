"""Every command against a waiting stop: nothing is done before somebody has read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from scanner_app import stops
from scanner_app.session_state import SessionState
from tests.scanner_app.floor import Floor, site_named
from tracking.identifiers.commands import COMMANDS


class Scene(NamedTuple):
    """A moment at which a command acts."""

    site: str
    workflow: str
    steps: tuple[str, ...]
    """What is scanned before; what begins with a colon is a command."""
    command: str


def _scene(site: str, workflow: str, *steps: str) -> Scene:
    return Scene(site, workflow, steps[:-1], steps[-1])


ACTING = {
    "hold": _scene("depot", "receiving", "PO-1", "SN-200001", "hold"),
    "hold of a lot": _scene("depot", "quality", "SN-000001", "hold"),
    "release": _scene("depot", "quality", "SN-000001", ":hold", "release"),
    "quantity": _scene("lots", "receiving", "PO-1", "SEAL-KIT", "26-7", "quantity 2"),
    "location": _scene("warehouse", "receiving", "PO-1", "location HAM-A-01-2"),
    "remove": _scene("warehouse", "receiving", "PO-1", "SN-200001", "remove"),
    "remove of a part": _scene("assembly", "production", "WO-1", "G-0001", "M7-00001", "remove"),
    "range": _scene("depot", "receiving", "PO-1", "PUMP-100", "range"),
    "range of new numbers": _scene("depot", "assign", "PUMP-100", "range"),
    "number": _scene("numbered", "assign", "GEAR-500", "number"),
    "replace": _scene("depot", "returns", "RMA-1", "SN-000014", "replace"),
    "pass": _scene("depot", "quality", "SN-000002", "pass"),
    "fail": _scene("depot", "quality", "M7-00001", "fail"),
    "stock": _scene("depot", "returns", "SN-000013", "stock"),
    "repair": _scene("depot", "returns", "SN-000013", "repair"),
    "scrap": _scene("depot", "returns", "SN-000013", "scrap"),
    "destroy": _scene("depot", "write_off", "destroy"),
    "hand_over": _scene("warehouse", "receiving", "PO-1", "SN-200001", "hand_over"),
    "take_back": _scene("warehouse", "receiving", "PO-1", "SN-200001", ":hand_over", "take_back"),
    "tasks": _scene("warehouse", "receiving", "PO-1", "tasks"),
    "more": _scene("warehouse", "home", "more"),
    "inside": _scene("warehouse", "look_up", "SN-000001", "inside"),
    "history": _scene("warehouse", "look_up", "SN-000001", "history"),
}
"""Commands that must wait, each where it does something."""

ANSWERING = frozenset({"ack", "confirm", "back", "undo", "done"})
"""Commands that acknowledge a stop, and act only then."""


def _at(folder: Path, scene: Scene) -> Floor:
    floor = Floor(folder, site_named(scene.site))
    if scene.workflow != "home":
        floor.command("workflow", scene.workflow)
    for step in scene.steps:
        answer = floor.command(*step[1:].split()) if step.startswith(":") else floor.scan(step)
        assert not answer.verdict.stops, (step, answer.message)
        floor.wait()
    return floor


def _stop(floor: Floor) -> None:
    """A code that is damaged by its scanner's host: a stop at every prompt."""
    answer = floor.scan("\x1d\x1d(((")
    assert answer.verdict.stops, answer.message
    assert floor.session.state.stopped is not None


def _did(floor: Floor, before: SessionState, events: int) -> bool:
    now = msgspec.structs.replace(floor.session.state, stopped=before.stopped)
    return len(floor.events()) > events or now != before


def _give(floor: Floor, command: str) -> Any:
    name, _, argument = command.partition(" ")
    return floor.command(name, argument)


@pytest.mark.parametrize("name", ACTING)
def test_a_command_does_nothing_behind_a_stop(name: str, tmp_path: Path) -> None:
    scene = ACTING[name]
    floor = _at(tmp_path, scene)
    _stop(floor)
    before, events, banner = floor.session.state, len(floor.events()), floor.presenter.view().banner
    answer = _give(floor, scene.command)
    assert not _did(floor, before, events), answer.message
    assert floor.session.state.stopped == before.stopped, "the stop waits as before"
    assert (answer.message, answer.tone) == ("acknowledge the stop first", "held")
    assert floor.presenter.view().banner == banner, "and is still what the screen shows"


@pytest.mark.parametrize("name", ACTING)
def test_the_same_command_acts_where_nothing_waits(name: str, tmp_path: Path) -> None:
    scene = ACTING[name]
    floor = _at(tmp_path, scene)
    before, events = floor.session.state, len(floor.events())
    answer = _give(floor, scene.command)
    assert _did(floor, before, events), answer.message


@pytest.mark.parametrize("name", sorted(stops.HARMLESS))
def test_what_leaves_the_stop_records_nothing(name: str, tmp_path: Path) -> None:
    floor = _at(tmp_path, ACTING["hold"])
    _stop(floor)
    before, events = floor.session.state.stopped, len(floor.events())
    _give(floor, "workflow shipping" if name == "workflow" else name)
    assert len(floor.events()) == events
    assert floor.session.state.stopped == before


@pytest.mark.parametrize("name", sorted(ANSWERING))
def test_what_answers_a_stop_ends_it_before_it_acts(name: str, tmp_path: Path) -> None:
    floor = _at(tmp_path, ACTING["hold"])
    _stop(floor)
    floor.scan("SN-200002")
    floor.command(name)
    done = [event.serial for event in floor.events() if event.step == "receiving" and not event.cancels]
    assert "SN-200002" in done, "what was scanned before it counts before it"
    assert (
        floor.session.state.stopped is None or floor.session.state.stopped.verdict.code == "confirm_required"
    )


def test_every_command_is_told_where_it_stands() -> None:
    """A new command waits behind a stop until somebody says otherwise; here it is asked for its scene."""
    waiting = {scene.command.split()[0] for scene in ACTING.values()}
    untold = set(COMMANDS) - waiting - stops.HARMLESS - ANSWERING
    assert untold == {"task"}, "a task's code is scanned, see the next test"
    assert not waiting & (stops.HARMLESS | ANSWERING)


def test_a_task_of_another_handheld_waits_too(tmp_path: Path) -> None:
    giver = Floor(tmp_path / "giver", site_named("warehouse"))
    giver.command("workflow", "receiving")
    giver.scan("PO-1")
    giver.command("hand_over")
    symbol = giver.presenter.view().symbol
    taker = Floor(tmp_path / "taker", site_named("warehouse"))
    taker.command("workflow", "receiving")
    taker.scan("PO-1")
    _stop(taker)
    before, events = taker.session.state, len(taker.events())
    taker.scan(symbol)
    assert not _did(taker, before, events)
    taker.command("ack")
    taker.scan(symbol)
    assert _did(taker, before, events)


def test_the_release_of_what_is_on_hold_answers_that_stop_and_no_other(tmp_path: Path) -> None:
    floor = Floor(tmp_path, site_named("warehouse"))
    floor.command("workflow", "shipping")
    floor.scan("SO-1")
    assert floor.scan("SN-000010").verdict.code == "held"
    floor.scan("SN-000001")
    assert floor.command("release").tone == "held", "another one waits: which of them is meant?"
    floor.command("ack")
    floor.wait()
    assert floor.scan("SN-000010").verdict.code == "held"
    assert floor.command("release", "checked").verdict.code == "released"
    assert floor.session.state.stopped is None
    assert floor.session.knows.unit("PUMP-100", "SN-000010").flags == ()
