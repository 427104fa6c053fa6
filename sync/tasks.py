"""Tells the server which tasks are in progress here, whenever that changed, behind the events that they stand on."""

from __future__ import annotations

from typing import Protocol

import msgspec

from sync.ground import Asking
from sync.line import Unreachable
from sync.work_wire import OpenTasks
from tracking.phrases import phrase

TELL_EVERY_S = 5.0
"""The same tasks at another prompt are told no more often; a task that begins or ends is told at once."""
_UNKNOWN = frozenset({404, 405})
"""Answers of a server that does not know of tasks yet."""


class Reporting(Protocol):
    """What it needs of the handheld."""

    def device(self) -> str:
        """The identity that the server knows this handheld by."""
        ...

    def tasks(self) -> OpenTasks:
        """The tasks in progress here."""
        ...


SOONEST_S = 0.01
"""Less than this is now: a wait that no clock can show to be over would be waited for again and again."""


class Teller:
    """One report after the other; the latest counts."""

    def __init__(self, port: Reporting, line: Asking) -> None:
        self._port, self._line = port, line
        self._told: OpenTasks | None = None
        self._told_at_s = 0.0
        self._generation = ""

    def tell(self, generation: str, now_s: float) -> float | None:
        """Reports what changed. Seconds until there may be more to tell, None where all is told.

        Raises :class:`Unreachable`; then it is told again with the next call.
        """
        if generation != self._generation:  # another life of the server: it may have lost what it was told
            self._told, self._generation = None, generation
        tasks = self._port.tasks()
        # A server that was told nothing yet may hold what an earlier start of this program told it.
        if tasks == self._told:
            return None
        left_s = self._told_at_s + TELL_EVERY_S - now_s
        if self._told is not None and _names(tasks) == _names(self._told) and left_s > SOONEST_S:
            return left_s
        path = f"/v1/devices/{self._port.device()}/tasks"
        status, _ = self._line.ask("POST", path, body=msgspec.json.encode(tasks))
        if status != 200 and status not in _UNKNOWN:
            raise Unreachable(phrase("link_no_tasks", status=str(status)), status=status)
        self._told, self._told_at_s = tasks, now_s
        return None


def _names(tasks: OpenTasks) -> list[tuple[str, str, int]]:
    return [(task.task, task.subject, task.since_ms) for task in tasks.tasks]
