"""The pages of counts: what was found against the books, and the form that decides about it."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server import count_decision, counts
from server.api.count_calls import CountLine, sheets
from server.api.exchange import Refusal, central_of, in_thread
from server.count_decision import Decision, DecisionError
from server.counts import CountReport
from server.pages.people import Names, names
from server.pages.render import page
from server.pages.sign_in import form_of, guarded
from tracking.site import NAME_CHARS_MAX

DIFFERENCES_SHOWN_MAX = 2000
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


async def _show(request: Request, number: str, status: int = 200, wrong: str = "") -> Response:
    central = central_of(request)

    def work() -> tuple[CountReport | None, Names]:
        with central.storage.read() as reader:
            return counts.report(reader, number), names(reader)

    found, known = await in_thread(work)
    if found is None:
        raise Refusal(404, "unknown", "There is no such count sheet.")
    shown = found.differences[:DIFFERENCES_SHOWN_MAX]
    grouped = {kind: [one for one in shown if one.kind == kind] for kind in KINDS}
    return page(
        request,
        "count.html",
        status,
        one=found,
        groups={kind: rows for kind, rows in grouped.items() if rows},
        shown=len(shown),
        kinds=KINDS,
        what=WHAT,
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
        await in_thread(lambda: count_decision.decide(central.storage, number, decision, central.now_ms()))
    except DecisionError as error:
        return await _show(request, number, 409, str(error))
    central.folder.wake()
    central.news.announce()
    return RedirectResponse(f"/counts/{quote(number, safe='')}", 303)
