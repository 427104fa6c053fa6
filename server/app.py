"""The web application: every address of the server and what answers it."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from server.api import device_calls, enrollment_calls, exchange, site_calls, unit_calls
from server.central import Central

API: list[BaseRoute] = [
    Route("/v1/devices/{device}/events", device_calls.upload, methods=["POST"]),
    Route("/v1/devices/{device}/hwm", device_calls.high_water),
    Route("/v1/devices/{device}/revoke", device_calls.revoke, methods=["POST"]),
    Route("/v1/sites/{site}/feed", site_calls.changes),
    Route("/v1/sites/{site}/import", site_calls.import_site, methods=["POST"]),
    Route("/v1/enrollment-codes", enrollment_calls.new_code, methods=["POST"]),
    Route("/v1/enroll", enrollment_calls.enroll, methods=["POST"]),
    Route("/v1/units", unit_calls.search),
    Route("/v1/units/{names:path}", unit_calls.one),
    Route("/v1/health", unit_calls.health),
]


def make_app(central: Central) -> Starlette:
    """The application of one server. Whoever serves it starts and stops ``central.folder``."""
    app = Starlette(routes=list(API))
    for kind in exchange.REFUSED:
        app.add_exception_handler(kind, exchange.refused)
    app.state.central = central
    return app
