"""The page of handhelds: who reports, new codes, revoking."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server import devices, enrollment, tasks
from server.api.exchange import central_of, in_thread
from server.enrollment import EnrollmentError
from server.pages.documents import SHOWN_MS
from server.pages.outside import scheme_of
from server.pages.overview import device_lines
from server.pages.people import names
from server.pages.render import page
from server.pages.sign_in import form_of, guarded
from server.storage import Reader
from sync.wire import Code, NewCode
from tracking.invitation import Invitation, written


def _sites(reader: Reader) -> list[str]:
    rows = reader.rows(
        "SELECT key FROM replica WHERE tbl = 'site' AND op = 'put'"
        " UNION SELECT site FROM device WHERE site <> '' ORDER BY 1"
    )
    return [row[0] for row in rows]


async def _show(request: Request, status: int = 200, code: Code | None = None, wrong: str = "") -> Response:
    central = central_of(request)

    def work() -> dict[str, Any]:
        with central.storage.read() as reader:
            known = names(reader)
            return {
                "devices": device_lines(reader),
                "sites": _sites(reader),
                "tasks": tasks.everywhere(reader, central.now_ms() - SHOWN_MS),
                "people": known.people,
            }

    drawn = invitation_svg(_invitation(request, code)) if code else ""
    shown = await in_thread(work)
    return page(request, "devices.html", status, code=code, drawn=drawn, wrong=wrong, **shown)


def _invitation(request: Request, code: Code) -> Invitation:
    """What a handheld scans: this server as this browser reaches it, the code, and whom to trust."""
    url = str(request.base_url.replace(scheme=scheme_of(request))).rstrip("/")
    pin = central_of(request).ca_pin if url.startswith("https://") else ""
    return Invitation(url, code.code, pin)


def invitation_svg(invitation: Invitation) -> Markup:
    """The code as a picture."""
    import segno

    code = segno.make(written(invitation), micro=False, error="m")
    return Markup(code.svg_inline(scale=5, border=4, light="#fff"))  # noqa: S704 - segno draws paths, no text


@guarded
async def overview(request: Request) -> Response:
    """``/devices``."""
    return await _show(request)


@guarded
async def new_code(request: Request) -> Response:
    """``/devices/codes``: make a one-time code and show it, this once."""
    central = central_of(request)
    fields = await form_of(request)
    wanted = NewCode(site=fields.get("site", "").strip())
    try:
        code = await in_thread(lambda: enrollment.new_code(central.storage, wanted, central.now_ms()))
    except EnrollmentError as error:
        return await _show(request, 422, wrong=str(error))
    return await _show(request, code=code)


@guarded
async def revoke(request: Request) -> Response:
    """``/devices/revoke``."""
    central = central_of(request)
    fields = await form_of(request)

    def work() -> None:
        with central.storage.write() as tx:
            tasks.forget(tx, fields.get("device", ""))
            devices.revoke(tx, fields.get("device", ""), central.now_ms())

    await in_thread(work)
    return RedirectResponse("/devices", 303)
