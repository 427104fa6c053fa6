"""Which tasks are in progress on which handheld: what each reported last, fed to the others of its site.

A report is no fact about goods, so it is no event: it lives in the feed's rows alone, is replaced by the next one, and
is not made anew from the ledger. What is lost of it comes back with the handheld's next report.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from server.devices import Device, by_id
from server.replica import Feed, listing
from server.storage import Reader, Writer
from sync.wire import WireError
from sync.work_wire import (
    TASK_PEOPLE_MAX,
    TASK_STATE_CHARS_MAX,
    TASKS_MAX,
    OpenTask,
    OpenTasks,
    TaskRow,
    TasksKept,
    task_id,
)
from tracking.site import NAME_CHARS_MAX

TABLE = "task"
LISTED_MAX = 1000
"""Tasks that a page of the office looks at."""


def take(tx: Writer, device: Device, report: OpenTasks, now_ms: int) -> TasksKept:
    """What a handheld reports in place of what it reported before. Raises :class:`WireError` beyond the bounds."""
    _check(report)
    feed = Feed(tx)
    before = dict(_of_device(tx, device))
    changed = 0
    for task in report.tasks:
        key = task_id(device.id, task)
        known = before.pop(key, None)
        row = _row(device, task, now_ms)
        if known is None or msgspec.structs.replace(known, heard_ms=now_ms) != row:
            feed.put(TABLE, key, msgspec.json.encode(row), device.site)
            changed += 1
    for key in before:
        feed.delete(TABLE, key, device.site)
        changed += 1
    feed.flush()
    return TasksKept(tasks=len(report.tasks), changed=changed)


def forget(tx: Writer, device: str) -> None:
    """A handheld that has no rights any more works on nothing."""
    known = by_id(tx, device)
    if known is not None:
        take(tx, known, OpenTasks(), 0)


def _check(report: OpenTasks) -> None:
    if len(report.tasks) > TASKS_MAX:
        raise WireError(f"a handheld has at most {TASKS_MAX} tasks in progress")
    for task in report.tasks:
        texts = [task.task, task.subject, task.document, task.since, task.operator, task.item, task.place]
        if any(len(text) > NAME_CHARS_MAX for text in (*texts, *task.people)):
            raise WireError(f"a name is longer than {NAME_CHARS_MAX} characters")
        if not task.task or "/" in task.task or len(task.state) > TASK_STATE_CHARS_MAX:
            raise WireError("a task without a name, or with a state beyond the bound")
        if len(task.people) > TASK_PEOPLE_MAX:
            raise WireError(f"a task has at most {TASK_PEOPLE_MAX} people")


def _row(device: Device, task: OpenTask, now_ms: int) -> TaskRow:
    fields = {name: getattr(task, name) for name in OpenTask.__struct_fields__}
    return TaskRow(device=device.id, name=device.name, site=device.site, heard_ms=now_ms, **fields)


def _of_device(reader: Reader, device: Device) -> list[tuple[str, TaskRow]]:
    rows = reader.rows(
        "SELECT key, body FROM replica WHERE tbl = ? AND site = ? AND op = 'put' AND key >= ? AND key < ?",
        TABLE,
        device.site,
        f"{device.id}/",
        f"{device.id}0",
    )
    return [(key, msgspec.json.decode(body, type=TaskRow)) for key, body in rows]


def everywhere(reader: Reader, since_ms: int = 0) -> list[TaskRow]:
    """All tasks of which something new was heard since then, by handheld."""
    found: Iterable[tuple[str, str, bytes]] = listing(reader, TABLE, limit=LISTED_MAX)
    rows = (msgspec.json.decode(body, type=TaskRow) for _, _, body in found)
    return [row for row in rows if row.heard_ms >= since_ms]
