"""What those ask who keep the server running: does it live, can it work, how is it doing."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.api.exchange import Refusal, answer, central_of, in_thread
from sync.wire import Authority


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    """A process that is well."""

    status: str = "ok"


async def alive(_: Request) -> Response:
    """``GET /healthz``: this process answers. Restart it where it does not."""
    return answer(Alive())


async def ready(request: Request) -> Response:
    """``GET /readyz``: the database can be used and the projections follow. Send it no requests where not."""
    central = central_of(request)

    def work() -> None:
        with central.storage.read() as reader:
            reader.row("SELECT value FROM meta WHERE name = 'folded'")

    if central.news.closed:
        raise Refusal(503, "stopping", "this server is about to stop")
    await in_thread(work)
    if central.folder.trouble:
        raise Refusal(503, "degraded", "the projections cannot follow: the server's log says why")
    return answer(Alive())


async def authority(request: Request) -> Response:
    """``GET /v1/ca``."""
    central = central_of(request)
    if not central.ca:
        raise Refusal(404, "unknown", "this server has no certificate authority of its own")
    return answer(Authority(certificate=central.ca, pin=central.ca_pin))


async def metrics(request: Request) -> Response:
    """``GET /metrics``."""
    central = central_of(request)
    figures = central.figures
    text = await in_thread(lambda: figures.told(central.storage, central.now_ms()))
    return Response(text, media_type=figures.content_type)
