"""The page of what revoked handhelds handed in: held back until somebody says whether it counts."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server import handed_in
from server.api.exchange import central_of, in_thread
from server.handed_in import DecisionError
from server.pages.render import page
from server.pages.sign_in import form_of, guarded
from sync.outbox import Waiting


async def _show(request: Request, status: int = 200, wrong: str = "") -> Response:

    def work() -> list[Waiting]:
        with central_of(request).storage.read() as reader:
            return handed_in.waiting(reader)

    return page(request, "rescues.html", status, waiting=await in_thread(work), wrong=wrong)


@guarded
async def overview(request: Request) -> Response:
    """``/rescues``."""
    return await _show(request)


@guarded
async def decide(request: Request) -> Response:
    """``/rescues/decision``: the form beside a device."""
    central = central_of(request)
    fields = await form_of(request)
    device, accept = fields.get("device", ""), fields.get("accept", "") == "yes"
    try:
        await in_thread(
            lambda: handed_in.decide(
                central.storage, device, accept, fields.get("reason", ""), central.now_ms()
            )
        )
    except DecisionError as error:
        return await _show(request, 409, str(error))
    central.folder.wake()
    return RedirectResponse("/rescues", 303)
