"""The exceptions that wait for somebody, newest first."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from server.storage import Reader
from sync.wire import COUNT_MAX
from tracking.exceptions import ExceptionRecord


class Shown(NamedTuple):
    """One exception with what the page adds to it."""

    position: int
    record: ExceptionRecord
    received_ms: int
    reason: str
    """Of an event that was not understood: why."""


class Listed(NamedTuple):
    """A page of exceptions."""

    total: int
    shown: list[Shown]
    more: int
    """Position to go on from, 0 at the end."""


def latest(reader: Reader, limit: int, before: int = COUNT_MAX) -> Listed:
    """Exceptions from a position downwards."""
    rows = reader.rows(
        "SELECT e.position, e.body, l.received_ms, coalesce(q.reason, '') FROM exception e"
        " JOIN ledger l ON l.position = e.position LEFT JOIN quarantine q ON q.position = e.position"
        " WHERE e.position < ? ORDER BY e.position DESC, e.key LIMIT ?",
        before,
        limit + 1,
    )
    shown = [
        Shown(position, msgspec.json.decode(body, type=ExceptionRecord), received_ms, reason)
        for position, body, received_ms, reason in rows[:limit]
    ]
    total = reader.row("SELECT count(*) FROM exception")
    return Listed(int(total[0]) if total else 0, shown, shown[-1].position if len(rows) > limit else 0)
