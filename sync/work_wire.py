"""The protocol's messages about work (docs/protocol.md), pure: tasks in progress, and numbers lent to a handheld."""

from __future__ import annotations

import msgspec

from sync.wire import Count, Moment

BLOCK_BYTES_MAX = 65_536


class WantedBlock(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /v1/devices/{device}/blocks``: sequence numbers of a pattern, for this device alone."""

    item: str
    pattern: str
    size: int
    at_least: Count = 0
    """Numbers below this one were given before blocks were lent."""


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers ``first`` to ``last``, both included; fewer than asked for at the end of a pattern."""

    item: str
    pattern: str
    first: Count
    last: Count


TASKS_MAX = 16
TASK_STATE_CHARS_MAX = 8192
TASKS_BYTES_MAX = 262_144
TASK_PEOPLE_MAX = 100
"""Who count on one sheet; more do not share one."""


class OpenTask(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A task in progress on a handheld, as it last reported it."""

    task: str
    """``receiving``, ``pack`` ..."""
    subject: str
    """The document, carton or product that it is about."""
    document: str = ""
    since_ms: Moment = 0
    """When it was begun, by the handheld's clock; with :attr:`task` it tells this task from later ones."""
    since: str = ""
    """The same for a person: wall time with offset."""
    operator: str = ""
    item: str = ""
    """The part number at hand, where one was chosen."""
    place: str = ""
    """The place at hand, where one was scanned."""
    active_ms: Moment = 0
    """When something was last done on it, in steps of ten minutes."""
    state: str = ""
    """The state at its prompt, base 64; only a handheld reads it."""
    people: tuple[str, ...] = ()
    """Of a count: badges of those who counted in this round so far. None of them may be its second counter."""


class OpenTasks(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /v1/devices/{device}/tasks``: all tasks in progress there, in place of those reported before."""

    tasks: tuple[OpenTask, ...] = ()


class TasksKept(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: how many there are now, and how many rows of the feed changed."""

    tasks: int
    changed: int


class TaskRow(OpenTask, frozen=True, kw_only=True, omit_defaults=True):
    """A row of the feed's ``task`` table; its key is :func:`task_id`."""

    device: str = ""
    name: str = ""
    """What the office calls the handheld."""
    site: str = ""
    heard_ms: Moment = 0
    """When the server last heard something new of it."""


def task_id(device: str, task: OpenTask) -> str:
    """Names one task in progress: a later one of the same kind is another."""
    return f"{device}/{task.task}/{task.since_ms}"
