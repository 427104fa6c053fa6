"""Signing in to the pages with the office's token, and the guard before every page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import parse_qs, quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server import access
from server.api.exchange import Refusal, body_of, central_of
from server.pages.render import page

FORM_BYTES_MAX = 8192
Handler = Callable[[Request], Awaitable[Response]]


def guarded(handler: Handler) -> Handler:
    """Only for a signed-in browser; anybody else goes to the sign-in page and comes back."""

    @wraps(handler)
    async def wrapped(request: Request) -> Response:
        if request.method == "POST":
            _refuse_foreign_form(request)
        if is_signed_in(request):
            return await handler(request)
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(back, safe='')}", 303)

    return wrapped


def is_signed_in(request: Request) -> bool:
    """True for a browser with our cookie, and for everybody where the pages are open."""
    central = central_of(request)
    value = request.cookies.get(access.COOKIE, "")
    return central.open_pages or access.cookie_holds(central.storage.receipt_key, value, central.now_ms())


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a posted form."""
    data = await body_of(request, FORM_BYTES_MAX)
    fields = parse_qs(data.decode("utf-8", "replace"), max_num_fields=20)
    return {name: values[0] for name, values in fields.items()}


async def sign_in(request: Request) -> Response:
    """``/sign-in``: the form, and what it sends."""
    central = central_of(request)
    if request.method != "POST":
        return page(request, "sign_in.html", next=_local(request.query_params.get("next", "")), wrong=False)
    _refuse_foreign_form(request)
    fields = await form_of(request)
    back = _local(fields.get("next", ""))
    if not access.same_token(fields.get("token", "").strip(), central.office_token_hash):
        return page(request, "sign_in.html", 403, next=back, wrong=True)
    response = RedirectResponse(back, 303)
    response.set_cookie(
        access.COOKIE,
        access.cookie(central.storage.receipt_key, central.now_ms()),
        max_age=access.COOKIE_S,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


async def sign_out(request: Request) -> Response:
    """``/sign-out``: forget the cookie."""
    _refuse_foreign_form(request)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(access.COOKIE)
    return response


def _refuse_foreign_form(request: Request) -> None:
    """A form on another site's page must not act here."""
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise Refusal(403, "forbidden", "this form came from another site")


def _local(target: str) -> str:
    """A place to go back to, only if it is on this server."""
    safe = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if safe else "/"
