"""Sees every request pass: how long it took and how it ended goes into the figures and the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.logs import fields, without_secrets

if TYPE_CHECKING:
    from starlette.requests import Request

    from server.central import Central

LOG = logging.getLogger(__name__)
_KEY = "scanner.seen"
QUIET = frozenset({"/healthz", "/readyz", "/metrics", "/v1/health", "/static"})
"""Asked for all day long by machines; written down only where they fail."""
WAITS = "/v1/sites/{site}/feed"


class Seen:
    """What was found out about a request while it was answered."""

    def __init__(self) -> None:
        self.who = ""
        """A device's id, or a role; empty for nobody."""
        self.refused = ""
        """The word of the refusal."""
        self.why = ""
        """Of a refusal whose reason is not for whoever asked."""


def seen_of(request: Request) -> Seen:
    """What is known of this request; its own, whatever server carries it."""
    seen: Seen = request.scope.setdefault(_KEY, Seen())
    return seen


class Watching:
    """Around the whole application."""

    def __init__(self, app: ASGIApp, central: Central, routes: Iterable[BaseRoute]) -> None:
        self._app, self._central = app, central
        self._patterns = _patterns(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; everything else passes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = scope[_KEY] = Seen()
        began_s, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            # The handler has answered "fault" by now, or will; here is the only place that says why.
            LOG.exception("a request ended in a fault", exc_info=error)
            status, seen.refused = 500, "fault"
            raise
        finally:
            self._note(scope, seen, status, time.perf_counter() - began_s)

    def _note(self, scope: Mapping[str, Any], seen: Seen, status: int, took_s: float) -> None:
        call = self._patterns.get(scope.get("endpoint"), "unknown")
        figures = self._central.figures
        if call != WAITS:
            figures.seconds.labels(call, _method(scope)).observe(took_s)
        if seen.refused:
            figures.refusals.labels(seen.refused).inc()
        if status >= 500 or call not in QUIET:
            LOG.log(
                logging.WARNING if status >= 500 else logging.INFO,
                "request",
                extra=fields(
                    call=call,
                    method=_method(scope),
                    status=status,
                    ms=round(took_s * 1000, 1),
                    who=seen.who,
                    **({"refused": seen.refused} if seen.refused else {}),
                    **({"why": without_secrets(seen.why)} if seen.why else {}),
                ),
            )


def _method(scope: Mapping[str, Any]) -> str:
    """Never a word of the caller's own: each would be a figure of its own for ever."""
    method = str(scope["method"])
    return method if method in {"GET", "HEAD", "POST", "PUT", "DELETE"} else "other"


def _patterns(routes: Iterable[BaseRoute]) -> dict[Any, str]:
    """Which address an endpoint answers."""
    found: dict[Any, str] = {}
    for route in routes:
        if isinstance(route, Route):
            found[route.endpoint] = route.path
        elif isinstance(route, Mount):
            found[route.app] = route.path
    return found
