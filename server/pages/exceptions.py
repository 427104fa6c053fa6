"""The page of contradictions: both facts side by side, newest first."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.api.exchange import central_of, in_thread, number
from server.pages.people import Names, names
from server.pages.render import page
from server.pages.sign_in import guarded
from server.storage import Reader
from sync.wire import COUNT_MAX
from tracking.exceptions import ExceptionRecord

PAGE_LINES = 50


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


@guarded
async def exceptions(request: Request) -> Response:
    """``/exceptions``."""
    central = central_of(request)
    before = number(request, "before", COUNT_MAX, COUNT_MAX)

    def work() -> tuple[Listed, Names]:
        with central.storage.read() as reader:
            return latest(reader, PAGE_LINES, before), names(reader)

    listed, known = await in_thread(work)
    return page(request, "exceptions.html", listed=listed, names=known.devices, people=known.people)
