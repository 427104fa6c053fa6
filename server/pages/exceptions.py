"""The page of contradictions: both facts side by side, newest first, and a form for somebody's word on each."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server import settling
from server.api.exchange import asker, central_of, in_thread, number
from server.open_exceptions import Listed, latest
from server.pages.people import Names, names
from server.pages.render import page
from server.pages.sign_in import form_of, guarded
from server.settling import Settlement, SettlingError
from sync.wire import COUNT_MAX
from tracking.events import Event

PAGE_LINES = 50
SETTLED_LINES = 200


async def _show(request: Request, status: int = 200, wrong: str = "") -> Response:
    central = central_of(request)
    before = number(request, "before", COUNT_MAX, COUNT_MAX)

    def work() -> tuple[Listed, Names]:
        with central.storage.read() as reader:
            return latest(reader, PAGE_LINES, before), names(reader)

    listed, known = await in_thread(work)
    return page(
        request,
        "exceptions.html",
        status,
        listed=listed,
        names=known.devices,
        people=known.people,
        wrong=wrong,
    )


@guarded
async def exceptions(request: Request) -> Response:
    """``/exceptions``."""
    return await _show(request)


@guarded
async def settle(request: Request) -> Response:
    """``/exceptions/settle``: the form under an exception."""
    central = central_of(request)
    fields = await form_of(request)
    said = Settlement(key=fields.get("key", ""), reason=fields.get("reason", ""))
    try:
        await in_thread(
            lambda: settling.settle(central.storage, said, central.now_ms(), asker(request).signs)
        )
    except SettlingError as error:
        return await _show(request, 409, str(error))
    central.folder.wake()
    central.news.announce()
    return RedirectResponse("/exceptions/settled", 303)


@guarded
async def settled(request: Request) -> Response:
    """``/exceptions/settled``: what was answered for, newest first."""
    central = central_of(request)

    def work() -> list[Event]:
        with central.storage.read() as reader:
            return settling.settled(reader, SETTLED_LINES)

    return page(request, "settled.html", answers=await in_thread(work))
