"""Counts: what they found against the books, and the office's decision."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server import count_decision, counts, replica, tallies
from server.api.exchange import (
    Refusal,
    answer,
    asker,
    body_of,
    central_of,
    decoded,
    in_thread,
    packed,
)
from server.count_decision import Decision, DecisionError
from server.counts import CountReport
from server.storage import Reader
from sync.wire import WireError
from tracking.documents import Document
from tracking.site import NAME_CHARS_MAX

DECISION_BYTES_MAX = 4 * 1024 * 1024
SHEETS_MAX = 1000


class CountLine(msgspec.Struct, frozen=True, kw_only=True):
    """A count sheet in the list."""

    number: str
    location: str
    site: str
    closed: bool


class CountList(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /v1/counts``."""

    sheets: tuple[CountLine, ...]


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """A decision that was taken."""

    number: str
    events: int
    """Events that it was: the corrections and the decision itself."""


def sheets(reader: Reader) -> tuple[CountLine, ...]:
    """Count sheets by number."""
    found: list[CountLine] = []
    for number, _, body in replica.listing(reader, "document", limit=100_000):
        document = msgspec.json.decode(body, type=Document)
        if document.type == "count_sheet" and len(found) < SHEETS_MAX:
            closed = tallies.tally(reader, number).closed
            found.append(
                CountLine(number=number, location=document.location, site=document.site, closed=closed)
            )
    return tuple(found)


async def listed(request: Request) -> Response:
    """``GET /v1/counts``."""
    central = central_of(request)

    def work() -> CountList:
        with central.storage.read() as reader:
            return CountList(sheets=sheets(reader))

    return packed(request, await in_thread(work))


async def one(request: Request) -> Response:
    """``GET /v1/counts/{number}``."""
    central = central_of(request)
    number = request.path_params["number"][:NAME_CHARS_MAX]

    def work() -> CountReport | None:
        with central.storage.read() as reader:
            return counts.report(reader, number)

    found = await in_thread(work)
    if found is None:
        raise Refusal(404, "unknown", f"there is no count sheet {number[:60]!r}")
    return packed(request, found)


async def decide(request: Request) -> Response:
    """``POST /v1/counts/{number}/decision``."""
    central = central_of(request)
    number = request.path_params["number"][:NAME_CHARS_MAX]
    decision = decoded(await body_of(request, DECISION_BYTES_MAX), Decision)
    if decision.seen < 0:
        raise WireError("seen is a count of events")
    try:
        events = await in_thread(
            lambda: count_decision.decide(
                central.storage, number, decision, central.now_ms(), asker(request).signs
            )
        )
    except DecisionError as error:
        raise Refusal(409, "undecided", str(error)) from error
    central.folder.wake()
    central.news.announce()
    return answer(Decided(number=number, events=events))
