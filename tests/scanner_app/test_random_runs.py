"""No task is left out of the random runs."""

from __future__ import annotations

from scanner_app.workflows.registry import WORKFLOWS
from tests.scanner_app import (
    random_pair,
    test_random_bench,
    test_random_floor,
    test_random_people,
    test_random_yard,
)


def test_every_task_is_in_a_random_run() -> None:
    """Each is worked in by somebody who knows what he does, in a run that undoes everything in its end."""
    worked_in = {
        *test_random_bench.TASKS,
        *test_random_yard.TASKS,
        *(task for task, _ in test_random_floor.GOODS.values()),
    }
    assert worked_in == set(WORKFLOWS) - {"home", "look_up"}
    turned_to = {argument for name, argument in test_random_floor.COMMANDS if name == "workflow"}
    assert {"home", "look_up"} <= turned_to


def test_people_and_hand_overs_are_tried_in_tasks_that_there_are() -> None:
    assert set(test_random_people.PAPERS) <= set(WORKFLOWS)
    assert set(random_pair.TASKS) <= set(WORKFLOWS)
