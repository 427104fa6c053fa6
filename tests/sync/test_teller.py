"""What the server is told of tasks in progress: when, and what is told again."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sync.line import Unreachable
from sync.tasks import TELL_EVERY_S, Teller
from sync.work_wire import OpenTask, OpenTasks

ORDER = OpenTask(task="receiving", subject="PO-1", since_ms=1)
OTHER = OpenTask(task="pack", subject="BOX", since_ms=2)


class Floor:
    """A handheld and the line to a server that answers as it is told."""

    def __init__(self) -> None:
        self.open: tuple[OpenTask, ...] = ()
        self.status = 200
        self.heard: list[OpenTasks] = []

    def device(self) -> str:
        return "D-1"

    def tasks(self) -> OpenTasks:
        return OpenTasks(tasks=self.open)

    def ask(self, method: str, path: str, *, body: bytes = b"", **_: Any) -> tuple[int, bytes]:
        assert (method, path) == ("POST", "/v1/devices/D-1/tasks")
        self.heard.append(msgspec.json.decode(body, type=OpenTasks))
        return self.status, b""

    def close(self) -> None:
        pass


@pytest.fixture
def floor() -> Floor:
    return Floor()


def teller(floor: Floor) -> Teller:
    return Teller(floor, floor)


def test_what_begins_or_ends_is_told_at_once_the_rest_now_and_then(floor: Floor) -> None:
    told = teller(floor)
    floor.open = (ORDER,)
    assert told.tell("g", 0.0) is None
    floor.open = (msgspec.structs.replace(ORDER, item="PUMP"),)
    assert told.tell("g", 1.0) == TELL_EVERY_S - 1.0
    floor.open = (ORDER, OTHER)
    assert told.tell("g", 2.0) is None
    floor.open = ()
    assert told.tell("g", 2.5) is None
    assert [len(report.tasks) for report in floor.heard] == [1, 2, 0]


def test_a_wait_that_no_clock_can_show_is_over(floor: Floor) -> None:
    told = teller(floor)
    floor.open = (ORDER,)
    told.tell("g", 0.1)
    floor.open = (msgspec.structs.replace(ORDER, item="PUMP"),)
    assert told.tell("g", 0.1 + TELL_EVERY_S - 1e-9) is None
    assert len(floor.heard) == 2


def test_nothing_new_is_not_told_twice(floor: Floor) -> None:
    told = teller(floor)
    for now_s in (0.0, 100.0, 1000.0):
        assert told.tell("g", now_s) is None
    # Once, even with nothing open: an earlier start may have left a report behind.
    assert [len(report.tasks) for report in floor.heard] == [0]


def test_another_life_of_the_server_is_told_again(floor: Floor) -> None:
    told = teller(floor)
    floor.open = (ORDER,)
    told.tell("g", 0.0)
    told.tell("h", 0.1)
    assert len(floor.heard) == 2


def test_what_was_not_taken_is_told_again_and_an_older_server_is_left_in_peace(floor: Floor) -> None:
    told = teller(floor)
    floor.status = 400
    with pytest.raises(Unreachable):
        told.tell("g", 0.0)
    floor.status = 404
    assert told.tell("g", 1.0) is None
    assert told.tell("g", 100.0) is None
    assert len(floor.heard) == 2
