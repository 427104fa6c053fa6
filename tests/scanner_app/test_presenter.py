"""The picture of the session: what the operator sees at every moment, and nothing that may not be seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from scanner_app.inputs import LinkChanged
from scanner_app.workflows.registry import WORKFLOWS
from tests.scanner_app.floor import Floor, site_named

BEN = {"badge": "OP-8", "name": "Ben", "pin": "right-pin"}


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path / "data", site_named())
    yield floor
    floor.close()


def _keys(floor: Floor) -> list[str]:
    return [key.label for key in floor.presenter.view().soft_keys]


def test_the_start_screen_offers_the_tasks(floor: Floor) -> None:
    view = floor.presenter.view()
    assert (view.workflow, view.prompt) == ("home", "Scan anything")
    assert [(line.key, line.label) for line in view.menu] == [
        ("1", "Receive"),
        ("2", "Ship"),
        ("3", "Build"),
        ("4", "Count"),
        ("5", "Move"),
        ("6", "Pack"),
        ("7", "Return"),
        ("8", "Quality"),
        ("9", "More"),
    ]
    assert (view.site, view.link, view.unsynced, view.cache_age_s) == ("HAM", "none", 0, None)


def test_task_prompt_count_and_line_are_always_said(floor: Floor) -> None:
    floor.scan("PO-2")
    view = floor.presenter.view()
    assert (view.task, view.document, view.progress) == ("RECEIVING", "PO-2", (0, 3))
    assert view.line_text == "line 1 of 2"
    assert "MOTOR-7" in view.next_text
    assert view.prompt_more.startswith("PUMP-100  Dosing pump, rev C")
    floor.scan("SN-200001")
    view = floor.presenter.view()
    assert (view.progress, view.line_text, view.unsynced) == ((1, 3), "line 2 of 2", 1)
    assert view.banner is not None
    assert (view.banner.level, view.banner.word) == ("ok", "RECEIVED")
    assert "judged here, no server yet" in view.banner.lines
    assert [(line.level, line.text, line.gesture) for line in view.history] == [
        ("ok", "SN-200001", 1),
        ("ok", "PO-2", 0),
    ]


def test_the_last_scan_of_a_job_sounds_complete(floor: Floor) -> None:
    floor.scan("PO-1")
    for serial in ("SN-200001", "SN-200002", "SN-200003"):
        floor.scan(serial)
    view = floor.presenter.view()
    assert view.tone == "complete"
    assert view.banner is not None
    assert view.banner.level == "complete"
    assert "order complete: 3 of 3" in view.banner.lines


def test_a_stop_fills_the_screen_until_it_is_acknowledged(floor: Floor) -> None:
    floor.scan("SO-1")
    floor.scan("SN-000013")
    view = floor.presenter.view()
    assert view.stopped
    assert view.banner is not None
    assert (view.banner.word, view.banner.do) == ("ALREADY SHIPPED", "Not this one: put it aside")
    assert "for North Ltd" in view.banner.lines
    assert _keys(floor) == ["I HAVE IT"]
    floor.scan("SN-000001")
    held = floor.presenter.view()
    assert (held.waiting, held.tone, held.banner) == (1, "held", view.banner)
    floor.command("ack")
    assert not floor.presenter.view().stopped


def test_the_stop_is_on_the_screen_after_a_pulled_battery(floor: Floor) -> None:
    floor.scan("SO-1")
    floor.scan("SN-000013")
    floor.scan("SN-000001")
    floor.crash()
    view = floor.presenter.view()
    assert (view.stopped, view.waiting) == (True, 1)
    assert view.banner is not None
    assert view.banner.word == "ALREADY SHIPPED"


def test_the_session_list_is_there_after_a_pulled_battery(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.scan("SN-200001")
    floor.scan("SN-200002")
    floor.command("undo")
    floor.crash()
    assert [(line.text, line.gesture) for line in floor.presenter.view().history] == [("SN-200001", 1)]


def test_a_blind_count_shows_what_was_counted_and_no_more(floor: Floor) -> None:
    floor.scan("PO-BLIND")
    floor.scan("SN-200001")
    view = floor.presenter.view()
    assert view.progress == (1, 0)
    assert (view.line_text, view.next_text) == ("", "")
    floor.command("workflow", "home")
    shown = msgspec.to_builtins(floor.presenter.view())
    del shown["device"]  # drawn by chance, so any figure may be in it
    assert "17" not in str(shown), shown
    assert [line.label for line in floor.presenter.view().tasks] == ["PO-BLIND receiving"]


def test_keys_fit_the_moment(floor: Floor) -> None:
    floor.command("workflow", "receiving")
    assert _keys(floor)[:3] == ["UNDO", "LOOK UP", "NO ORDER"]
    floor.scan("PO-1")
    assert _keys(floor) == ["UNDO", "LOOK UP", "DONE", "HOLD"]
    floor.command("done")
    assert _keys(floor) == ["I HAVE IT", "CONFIRM"]
    floor.command("ack")
    assert "CONFIRM" in _keys(floor)
    floor.command("look_up")
    view = floor.presenter.view()
    assert view.detour == "back: receiving (F3)"
    assert "BACK" in _keys(floor)
    assert len(view.soft_keys) <= 4


def test_a_task_that_waits_is_offered_on_the_start_screen(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.scan("SN-200001")
    floor.command("workflow", "home")
    [task] = floor.presenter.view().tasks
    assert (task.key, task.label, task.command) == ("f4", "PO-1 receiving, 1 of 3", "workflow receiving")


def test_the_task_that_was_used_last_is_first(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.scan("SN-200001")
    floor.command("workflow", "home")
    floor.scan("SO-1")
    floor.command("workflow", "home")
    tasks = floor.presenter.view().tasks
    assert [(task.key, task.command) for task in tasks] == [
        ("f4", "workflow shipping"),
        ("f6", "workflow receiving"),
    ]
    floor.command("workflow", "receiving")
    floor.scan("SN-200002")
    floor.command("workflow", "home")
    floor.crash()
    assert floor.presenter.view().tasks[0].label == "PO-1 receiving, 2 of 3"


def test_nine_turns_to_the_tasks_of_the_second_page_and_back(floor: Floor) -> None:
    floor.command("more")
    view = floor.presenter.view()
    assert [(line.key, line.command) for line in view.menu] == [
        ("1", "workflow recall"),
        ("2", "workflow assign"),
        ("3", "workflow service"),
        ("4", "workflow write_off"),
        ("5", "look_up"),
        ("6", "tasks"),
    ]
    assert _keys(floor) == ["UNDO", "LOOK UP", "BACK"]
    floor.command("back")
    assert floor.presenter.view().menu[0].label == "Receive"
    floor.command("more")
    floor.command("workflow", "recall")
    floor.command("back")
    assert floor.presenter.view().menu[0].label == "Receive"


def test_every_task_is_on_the_menu(floor: Floor) -> None:
    offered = {line.command.split()[-1] for line in floor.presenter.view().menu}
    floor.command("more")
    offered |= {line.command.split()[-1] for line in floor.presenter.view().menu}
    assert offered - {"more", "tasks"} == set(WORKFLOWS) - {"home"}


def test_link_and_unsynced_count(floor: Floor) -> None:
    floor.give(LinkChanged(online=False))
    assert floor.presenter.view().link == "offline"
    floor.give(LinkChanged(online=True))
    floor.scan("SN-000012")
    view = floor.presenter.view()
    assert (view.link, view.unsynced) == ("online", 1)


def test_a_pin_is_typed_unseen(tmp_path: Path) -> None:
    floor = Floor(tmp_path / "staffed", site_named("staffed", operators=[BEN]))
    view = floor.presenter.view()
    assert (view.prompt, view.menu) == ("Scan your BADGE", ())
    floor.scan("OP-8")
    view = floor.presenter.view()
    assert (view.prompt, view.wants_text, view.secret) == ("Type your PIN", True, True)
    floor.type("wrong-pin")
    floor.type("right-pin")
    view = floor.presenter.view()
    assert (view.operator, view.secret) == ("Ben", False)
    shown = str(msgspec.to_builtins(view))
    assert "wrong-pin" not in shown
    assert "right-pin" not in shown
    floor.close()


def test_pins_are_in_no_event_and_in_no_answer(tmp_path: Path) -> None:
    floor = Floor(tmp_path / "staffed", site_named("staffed", operators=[BEN]))
    steps = (
        (floor.scan, "OP-8"),
        (floor.type, "wrong-pin"),
        (floor.command, "ack"),
        (floor.type, "right-pin"),
    )
    told = ""
    for give, text in steps:
        answer = give(text)
        told += f"{answer!r} {answer.message} {answer.prompt}"
    told += str(floor.rows())
    assert "wrong-pin" not in told
    assert "right-pin" not in told
    data = b"".join(path.read_bytes() for path in (tmp_path / "staffed").glob("*.db*"))
    assert b"wrong-pin" not in data
    floor.close()
