"""Questions about units, and about the server itself."""

from __future__ import annotations

from urllib.parse import unquote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server import ledger, projection, schema, trace
from server.api.exchange import Refusal, answer, central_of, in_thread, packed
from server.trace import Trace
from tracking.site import NAME_CHARS_MAX

PAIR = 2
"""A unit's address names an item and a serial number."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /v1/health``."""

    status: str
    """``ok``, or ``degraded`` when the projections cannot follow."""
    generation: str
    schema: int
    events: int
    """Events in the ledger."""
    lag: int
    """Events that the projections do not show yet."""
    server_ms: int
    trouble: str = ""


def path_names(request: Request, prefix: str) -> list[str]:
    """The names behind a prefix, each percent-decoded by itself: a name may contain a slash."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    tail = raw.decode("ascii", "replace").partition("?")[0].removeprefix(prefix)
    return [unquote(part, errors="replace") for part in tail.split("/") if part]


async def search(request: Request) -> Response:
    """``GET /v1/units?serial=&item=&at=``: units with this serial number or ending, as they were then."""
    serial = request.query_params.get("serial", "")[:NAME_CHARS_MAX]
    item = request.query_params.get("item", "")[:NAME_CHARS_MAX]
    at = request.query_params.get("at", "")[:NAME_CHARS_MAX]
    if not serial:
        raise Refusal(400, "malformed", "say which serial: /v1/units?serial=")

    def work() -> Trace:
        central = central_of(request)
        with central.storage.read() as reader:
            today = trace.today_utc(central.now_ms())
            try:
                found = [trace.trace(reader, *name, today, at) for name in trace.find(reader, serial, item)]
            except ValueError as error:
                raise Refusal(400, "malformed", str(error)) from error
        return Trace(units=tuple(one for one in found if one is not None))

    return packed(request, await in_thread(work))


async def one(request: Request) -> Response:
    """``GET /v1/units/{item}/{serial}``."""
    names = path_names(request, "/v1/units/")

    def work() -> Trace:
        central = central_of(request)
        if len(names) != PAIR:
            raise Refusal(404, "unknown", "name an item and a serial: /v1/units/ITEM/SERIAL")
        with central.storage.read() as reader:
            found = trace.trace(reader, names[0], names[1], trace.today_utc(central.now_ms()))
        if found is None:
            raise Refusal(
                404, "unknown", f"no event names serial {names[1][:60]!r} of item {names[0][:60]!r}"
            )
        return Trace(units=(found,))

    return packed(request, await in_thread(work))


async def health(request: Request) -> Response:
    """``GET /v1/health``: for anybody, so nothing in it is secret."""
    central = central_of(request)

    def work() -> Health:
        with central.storage.read() as reader:
            events, lag = ledger.head(reader), projection.lag(reader)
        trouble = central.folder.trouble
        return Health(
            status="degraded" if trouble else "ok",
            generation=central.storage.generation,
            schema=schema.VERSION,
            events=events,
            lag=lag,
            server_ms=central.now_ms(),
            trouble="the projections cannot follow" if trouble else "",
        )

    return answer(await in_thread(work))
