"""What every answer says to a browser, so that none becomes what it is not: a script, a frame, a copy on a disk.

A page says more of itself (:data:`server.pages.render.HEADERS`); what an answer says stands. There is no
``Strict-Transport-Security`` on purpose: it binds a name and not a port, and would take every other machine's page that
a factory serves under this name without TLS away from its browsers.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
UNKEPT = {"Cache-Control": "no-store"}
KEPT = "/static/"
"""Below this nothing is anybody's own."""


class Harmless:
    """Around everything, faults too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; everything else passes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said = ALWAYS if str(scope["path"]).startswith(KEPT) else ALWAYS | UNKEPT

        async def saying(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in said.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, saying)
