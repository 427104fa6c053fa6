"""Signing in to the pages with the office's token, and the guard before every page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server import access, staff
from server.api.exchange import Refusal, body_of, central_of, in_thread, remember
from server.central import Central
from server.pages.outside import on_this_machine, scheme_of
from server.pages.render import page
from server.roles import NOBODY, OFFICE, READERS, Caller, may_open
from server.watching import seen_of

FORM_BYTES_MAX = 8192
FORM_FIELDS_MAX = 20
Handler = Callable[[Request], Awaitable[Response]]


def guarded(handler: Handler) -> Handler:
    """Only for a signed-in browser; anybody else goes to the sign-in page and comes back."""

    @wraps(handler)
    async def wrapped(request: Request) -> Response:
        if request.method == "POST":
            _refuse_foreign_form(request)
        caller = await caller_of(request)
        role = caller.role
        if role:
            if not may_open(role, request.url.path, request.method):
                raise Refusal(403, "forbidden", f"this is not for {role}s: ask the office")
            seen_of(request).who = role
            remember(request, caller)
            return await handler(request)
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(back, safe='')}", 303)

    return wrapped


async def caller_of(request: Request) -> Caller:
    """Whose browser has our cookie, the office's where the pages are open; else nobody.

    Asked of the token that the cookie was given for, at every page: whose token was taken away has no role left.
    """
    central = central_of(request)
    if central.open_pages and on_this_machine(request):
        return Caller(OFFICE)
    value = request.cookies.get(access.COOKIE, "")
    return await in_thread(lambda: _caller_of_cookie(central, value)) if value else NOBODY


def _caller_of_cookie(central: Central, value: str) -> Caller:
    key, now_ms, office = central.storage.receipt_key, central.now_ms(), central.office_token_hash
    if access.cookie_token(key, value, (office,), now_ms):
        return Caller(OFFICE)
    with central.storage.read() as reader:
        callers = staff.callers(reader)
    return callers.get(access.cookie_token(key, value, callers, now_ms), NOBODY)


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a posted form."""
    data = await body_of(request, FORM_BYTES_MAX)
    try:
        fields = parse_qs(data.decode("utf-8", "replace"), max_num_fields=FORM_FIELDS_MAX)
    except ValueError as error:
        raise Refusal(400, "malformed", f"a form has at most {FORM_FIELDS_MAX} fields") from error
    return {name: values[0] for name, values in fields.items()}


async def sign_in(request: Request) -> Response:
    """``/sign-in``: the form, and what it sends."""
    central = central_of(request)
    if request.method != "POST":
        return page(request, "sign_in.html", next=_local(request.query_params.get("next", "")), wrong=False)
    _refuse_foreign_form(request)
    fields = await form_of(request)
    back = _local(fields.get("next", ""))
    address, now_ms = request.client.host if request.client else "", central.now_ms()
    token = fields.get("token", "").strip()
    role = await in_thread(lambda: _tried(central, token, address, now_ms))
    if role not in READERS:
        return page(request, "sign_in.html", 403, next=back, wrong=True)
    response = RedirectResponse(back, 303)
    response.set_cookie(
        access.COOKIE,
        access.cookie(central.storage.receipt_key, access.token_hash(token), now_ms),
        max_age=access.COOKIE_S,
        httponly=True,
        samesite="strict",
        secure=scheme_of(request) == "https",
    )
    return response


def _tried(central: Central, token: str, address: str, now_ms: int) -> str:
    """Whose token this is, unless too many from there were nobody's. Raises :class:`server.pace.TooFastError`."""
    central.wrong_secrets.check(central.storage, address, now_ms)
    role = _role_of_token(central, token)
    if role not in READERS:
        central.wrong_secrets.wrong(central.storage, address, now_ms)
    return role


def _role_of_token(central: Central, token: str) -> str:
    """Whose token this is; empty for nobody's."""
    if access.same_token(token, central.office_token_hash):
        return OFFICE
    with central.storage.read() as reader:
        found = staff.by_token_hash(reader, access.token_hash(token)) if token else None
    return found.role if found else ""


async def sign_out(request: Request) -> Response:
    """``/sign-out``: forget the cookie."""
    _refuse_foreign_form(request)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(access.COOKIE)
    return response


def _refuse_foreign_form(request: Request) -> None:
    """A form on another site's page must not act here."""
    origin = request.headers.get("origin", "")
    if origin and origin.partition("://")[2] != request.headers.get("host", ""):
        raise Refusal(403, "forbidden", "this form came from another site")


def _local(target: str) -> str:
    """A place to go back to, only if it is on this server."""
    safe = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if safe else "/"
