"""The pages of counts: what was found against the books, and the form that decides about it."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server import count_decision, counts
from server.api.count_calls import CountLine, sheets
from server.api.exchange import Refusal, asker, central_of, in_thread
from server.count_decision import Decision, DecisionError
from server.counts import CountReport, Difference
from server.pages.people import Names, names
from server.pages.render import page
from server.pages.sign_in import form_of, guarded
from tracking.site import NAME_CHARS_MAX

PAGE_LINES = 500
"""Differences on one page."""
PEOPLE_LINES = 1000
"""Rows of who counted what on one page: the rest is told by ``/v1/counts/{number}``."""
KINDS = {
    "missing": "Not found",
    "found": "Found again",
    "misplaced": "In another place",
    "unexpected": "Not in stock by the books",
    "quantity": "Another quantity",
    "alarm": "Stolen or recalled",
}
WHAT = {
    "missing": "is marked missing",
    "found": "is no longer missing",
    "misplaced": "its place is corrected",
    "unexpected": "is taken into stock there",
    "quantity": "the counted quantity stands",
    "alarm": "for you to act on",
}


@guarded
async def overview(request: Request) -> Response:
    """``/counts``."""
    central = central_of(request)

    def work() -> tuple[CountLine, ...]:
        with central.storage.read() as reader:
            return sheets(reader)

    return page(request, "counts.html", sheets=await in_thread(work))


class Group(NamedTuple):
    """Differences of one kind: those of this page, and how many there are on all of them."""

    kind: str
    rows: list[Difference]
    total: int


class Shown(NamedTuple):
    """A page of differences."""

    groups: list[Group]
    first: int
    """Place of the first one, from 1; 0 where there are none."""
    last: int
    before: int | None
    """Where the page before begins; None on the first."""
    after: int | None


def differences_from(found: CountReport, start: int, lines: int = PAGE_LINES) -> Shown:
    """Up to ``lines`` differences, kind after kind. A start behind the end is the last page."""
    ordered = [one for kind in KINDS for one in found.differences if one.kind == kind]
    start = max(0, min(start, (len(ordered) - 1) // lines * lines))
    here = ordered[start : start + lines]
    groups = [
        Group(kind, rows, sum(one.kind == kind for one in ordered))
        for kind in KINDS
        if (rows := [one for one in here if one.kind == kind])
    ]
    last = start + len(here)
    return Shown(
        groups,
        min(start + 1, last),
        last,
        max(0, start - lines) if start else None,
        last if last < len(ordered) else None,
    )


def _number(text: str) -> int:
    """A number from outside; 0 where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


async def _show(request: Request, number: str, status: int = 200, wrong: str = "") -> Response:
    central = central_of(request)

    def work() -> tuple[CountReport | None, Names]:
        with central.storage.read() as reader:
            return counts.report(reader, number), names(reader)

    found, known = await in_thread(work)
    if found is None:
        raise Refusal(404, "unknown", "There is no such count sheet.")
    return page(
        request,
        "count.html",
        status,
        one=found,
        shown=differences_from(found, _number(request.query_params.get("from", ""))),
        kinds=KINDS,
        what=WHAT,
        people_lines=PEOPLE_LINES,
        names=known.devices,
        people={badge: name for (site, badge), name in known.people.items() if site == found.site},
        wrong=wrong,
    )


@guarded
async def one(request: Request) -> Response:
    """``/counts/{number}``."""
    return await _show(request, request.path_params["number"][:NAME_CHARS_MAX])


@guarded
async def decide(request: Request) -> Response:
    """``/counts/decision``: the form under the differences."""
    central = central_of(request)
    fields = await form_of(request)
    number = fields.get("number", "")[:NAME_CHARS_MAX]
    seen = fields.get("seen", "")
    decision = Decision(
        approve=fields.get("decision") == "approve",
        reason=fields.get("reason", ""),
        seen=int(seen[:18]) if seen.isascii() and seen.isdecimal() else -1,
        leave=tuple(line.strip() for line in fields.get("leave", "").splitlines() if line.strip()),
    )
    try:
        await in_thread(
            lambda: count_decision.decide(
                central.storage, number, decision, central.now_ms(), asker(request).signs
            )
        )
    except DecisionError as error:
        return await _show(request, number, 409, str(error))
    central.folder.wake()
    central.news.announce()
    return RedirectResponse(f"/counts/{quote(number, safe='')}", 303)
