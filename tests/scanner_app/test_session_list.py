"""The session list: this task's lines, and why one of them may not go yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner_app import session_list
from tests.scanner_app.floor import Floor, site_named


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path / "data", site_named())
    yield floor
    floor.close()


def listed(floor: Floor) -> list[tuple[int, str, str, bool]]:
    answer = floor.command("list")
    assert answer.page == "list"
    return [(line.number, line.text, line.what, line.sent) for line in answer.taken]


def test_the_newest_line_comes_first_and_what_is_sent_says_so(floor: Floor) -> None:
    floor.scan("PO-1")
    for number in (1, 2):
        floor.scan(f"SN-20000{number}")
    floor.handheld.journal.acknowledge(1, 1)
    assert listed(floor) == [(2, "SN-200002", "RECEIVED", False), (1, "SN-200001", "RECEIVED", True)]


def test_it_lists_this_task_and_no_other(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.scan("SN-200001")
    floor.command("workflow", "shipping")
    assert listed(floor) == []
    floor.scan("SO-1")
    floor.scan("SN-000001")
    assert [line[1] for line in listed(floor)] == ["SN-000001"]
    floor.command("look_up")
    assert [line[1] for line in listed(floor)] == ["SN-000001"], "a detour belongs to the task"
    floor.command("workflow", "home")
    assert [line[1] for line in listed(floor)] == ["SN-000001", "SN-200001"]


def test_another_order_of_the_task_is_another_list(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.scan("SN-200001")
    floor.command("back")
    floor.scan("PO-2")
    assert listed(floor) == []


def test_a_line_that_is_taken_back_leaves_the_list_and_the_numbers_stay(floor: Floor) -> None:
    floor.scan("PO-1")
    for number in (1, 2):
        floor.scan(f"SN-20000{number}")
    answer = floor.command("undo", "1")
    assert (answer.verdict.code, answer.progress) == ("undone", (1, 3))
    assert listed(floor) == [(2, "SN-200002", "RECEIVED", False)]
    floor.scan("SN-200001")
    assert [line[0] for line in listed(floor)] == [3, 2]
    floor.crash()
    assert [line[0] for line in listed(floor)] == [3, 2]


def test_the_list_is_bounded(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_list, "LINES_MAX", 2)
    floor.scan("PO-1")
    for number in (1, 2, 3):
        floor.scan(f"SN-20000{number}")
    assert [line[0] for line in listed(floor)] == [3, 2]


def test_looking_at_it_makes_no_sound_and_leaves_the_banner(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.scan("SN-200001")
    floor.scan("NONSENSE")
    before = floor.presenter.view()
    assert floor.command("list").tone == ""
    after = floor.presenter.view()
    assert (after.banner, after.stopped, after.history) == (before.banner, True, before.history)
    assert after.page == "list"
    floor.command("ack")
    assert floor.presenter.view().page == ""
    assert floor.presenter.view().taken == ()


def test_nobody_who_is_not_signed_in_sees_it(tmp_path: Path) -> None:
    floor = Floor(tmp_path / "staffed", site_named("staffed"))
    floor.scan("OP-7")
    floor.scan("PO-1")
    floor.scan("SN-200001")
    assert len(listed(floor)) == 1
    floor.command("lock")
    assert listed(floor) == []
    floor.close()
