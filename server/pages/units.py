"""The search, and the page of one unit."""

from __future__ import annotations

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server import replica, trace
from server.api.exchange import Refusal, central_of, in_thread
from server.api.unit_calls import PAIR, path_names
from server.pages.people import Names, names
from server.pages.render import document_url, page, unit_url
from server.pages.sign_in import guarded
from server.trace import TracedUnit
from tracking.site import NAME_CHARS_MAX


class Found(NamedTuple):
    """What a search came to."""

    units: list[TracedUnit]
    document: bool


@guarded
async def search(request: Request) -> Response:
    """``/units?q=``: a serial number, its end, or a document number. A single hit is shown at once."""
    central = central_of(request)
    query = request.query_params.get("q", "").strip()[:NAME_CHARS_MAX]

    def work() -> Found:
        with central.storage.read() as reader:
            today = trace.today_utc(central.now_ms())
            hits = trace.find(reader, query) if query else []
            units = [trace.trace(reader, *hit, today) for hit in hits]
            document = bool(query) and bool(replica.sites_of(reader, "document", query))
            return Found([one for one in units if one is not None], document)

    found = await in_thread(work)
    if len(found.units) == 1 and not found.document:
        return RedirectResponse(unit_url(found.units[0].item, found.units[0].serial), 303)
    if found.document and not found.units:
        return RedirectResponse(document_url(query), 303)
    return page(
        request,
        "search.html",
        query=query,
        found=found,
        found_max=trace.FOUND_MAX,
        least=trace.SUFFIX_CHARS_MIN,
    )


@guarded
async def unit(request: Request) -> Response:
    """``/units/{item}/{serial}``."""
    central = central_of(request)
    name = path_names(request, "/units/")

    def work() -> tuple[TracedUnit | None, Names]:
        with central.storage.read() as reader:
            today = trace.today_utc(central.now_ms())
            pair = len(name) == PAIR
            return (trace.trace(reader, name[0], name[1], today) if pair else None), names(reader)

    one, known = await in_thread(work)
    if one is None:
        raise Refusal(404, "unknown", "No event names this unit.")
    return page(request, "unit.html", one=one, names=known.devices, people=known.people)
