"""The web application: every address of the server and what answers it."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Lifespan

from server import openapi
from server.api import (
    audit_calls,
    count_calls,
    device_calls,
    enrollment_calls,
    exception_calls,
    exchange,
    operation_calls,
    recall_call,
    rescue_calls,
    site_calls,
    snapshot_calls,
    staff_calls,
    unit_calls,
)
from server.central import Central
from server.guard import behind_the_table
from server.harmless import Harmless
from server.pages import (
    counts,
    devices,
    documents,
    exceptions,
    overview,
    recall,
    render,
    rescues,
    sign_in,
    units,
)
from server.watching import Watching


async def description(_: Request) -> Response:
    """``/openapi.json``."""
    return Response(openapi.document(), media_type="application/json")


API: list[BaseRoute] = [
    Route("/v1/devices/{device}/events", device_calls.upload, methods=["POST"]),
    Route("/v1/devices/{device}/hwm", device_calls.high_water),
    Route("/v1/devices/{device}/tasks", device_calls.report_tasks, methods=["POST"]),
    Route("/v1/devices/{device}/blocks", device_calls.lend_block, methods=["POST"]),
    Route("/v1/devices/{device}/token", device_calls.renew_token, methods=["POST"]),
    Route("/v1/devices/{device}/revoke", device_calls.revoke, methods=["POST"]),
    Route("/v1/devices/{device}/rescue", rescue_calls.rescue, methods=["POST"]),
    Route("/v1/outbox", rescue_calls.deliver, methods=["POST"]),
    Route("/v1/rescues", rescue_calls.listed),
    Route("/v1/rescues/{device}/decision", rescue_calls.decide, methods=["POST"]),
    Route("/v1/sites/{site}/feed", site_calls.changes),
    Route("/v1/sites/{site}/snapshot", snapshot_calls.newest),
    Route("/v1/sites/{site}/snapshots/{snapshot}", snapshot_calls.file),
    Route("/v1/sites/{site}/import", site_calls.import_site, methods=["POST"]),
    Route("/v1/enrollment-codes", enrollment_calls.new_code, methods=["POST"]),
    Route("/v1/enroll", enrollment_calls.enroll, methods=["POST"]),
    Route("/v1/ca", operation_calls.authority),
    Route("/v1/units", unit_calls.search),
    Route("/v1/units/{names:path}", unit_calls.one),
    Route("/v1/recall", recall_call.ask),
    Route("/v1/chains", audit_calls.listed),
    Route("/v1/chains/{device}/{epoch}", audit_calls.one),
    Route("/v1/counts", count_calls.listed),
    Route("/v1/counts/{number:path}/decision", count_calls.decide, methods=["POST"]),
    Route("/v1/counts/{number:path}", count_calls.one),
    Route("/v1/exceptions", exception_calls.listed),
    Route("/v1/exceptions/settle", exception_calls.settle, methods=["POST"]),
    Route("/v1/staff", staff_calls.add, methods=["POST"]),
    Route("/v1/staff", staff_calls.listed),
    Route("/v1/staff/{name:path}/remove", staff_calls.remove, methods=["POST"]),
    Route("/v1/health", unit_calls.health),
    Route("/healthz", operation_calls.alive),
    Route("/readyz", operation_calls.ready),
    Route("/metrics", operation_calls.metrics),
    Route("/openapi.json", description),
]


PAGES: list[BaseRoute] = [
    Route("/", overview.overview),
    Route("/sign-in", sign_in.sign_in, methods=["GET", "POST"]),
    Route("/sign-out", sign_in.sign_out, methods=["POST"]),
    Route("/devices", devices.overview),
    Route("/devices/codes", devices.new_code, methods=["POST"]),
    Route("/devices/revoke", devices.revoke, methods=["POST"]),
    Route("/rescues", rescues.overview),
    Route("/rescues/decision", rescues.decide, methods=["POST"]),
    Route("/documents", documents.documents),
    Route("/documents/{number:path}", documents.document),
    Route("/counts", counts.overview),
    Route("/counts/decision", counts.decide, methods=["POST"]),
    Route("/counts/{number:path}", counts.one),
    Route("/units", units.search),
    Route("/units/{names:path}", units.unit),
    Route("/recall", recall.recall),
    Route("/exceptions", exceptions.exceptions),
    Route("/exceptions/settle", exceptions.settle, methods=["POST"]),
    Route("/exceptions/settled", exceptions.settled),
    Mount("/static", StaticFiles(directory=render.FOLDER / "static")),
]


PROGRAMS = ("/v1/", "/openapi.json", "/healthz", "/readyz", "/metrics")
"""Addresses that programs ask."""


class Application(Starlette):
    """All addresses, and around them what every answer says."""

    def build_middleware_stack(self) -> ASGIApp:
        """Around the answer to a fault as well, which Starlette puts outside of all other middleware."""
        return Harmless(super().build_middleware_stack())


def make_app(central: Central, lifespan: Lifespan[Starlette] | None = None) -> Starlette:
    """The application of one server. Whoever serves it starts and stops ``central.folder``."""
    routes = [*behind_the_table(API), *PAGES]
    watching = Middleware(Watching, central=central, routes=routes)
    app = Application(routes=routes, middleware=[watching], lifespan=lifespan)
    # The slash that is too many would be taken off by leading to whatever host the request named.
    app.router.redirect_slashes = False
    for kind in exchange.REFUSED:
        app.add_exception_handler(kind, _refused)
    app.state.central = central
    return app


def _refused(request: Request, error: Exception) -> Response:
    """Programs get a refusal as JSON, people as a page."""
    if request.url.path.startswith(PROGRAMS):
        return exchange.refused(request, error)
    refusal = exchange.noted(request, error)
    if isinstance(error, HTTPException) and error.status_code == 404:
        refusal.detail = "There is no page at this address."
    return render.trouble(request, refusal)
