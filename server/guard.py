"""The door of the interface: who is asking, and whether the table lets them."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Sequence
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from server import access, devices, staff
from server.api.exchange import Refusal, central_of, in_thread, is_office, remember, unauthorized
from server.openapi import CALLS, Call
from server.roles import DEVICE, NOBODY, OFFICE, Caller, line_of, unlisted
from server.storage import Reader, StorageError
from server.watching import seen_of

Handler = Callable[[Request], Awaitable[Response]]
OPEN = frozenset({"/openapi.json"})
"""Not in the table, because it is the table."""


def behind_the_table(routes: Sequence[BaseRoute]) -> list[BaseRoute]:
    """The interface's routes, each behind its line of the table. Raises :class:`RuntimeError` where one has none."""
    lines = {(call.path, call.method.upper()): call for call in CALLS}
    found: list[BaseRoute] = []
    asked: set[tuple[str, str]] = set()
    for route in routes:
        if not isinstance(route, Route) or route.path in OPEN:
            found.append(route)
            continue
        methods = sorted((route.methods or set()) - {"HEAD"})
        asked |= {(line_of(route.path), method) for method in methods}
        calls = [lines[key] for method in methods if (key := (line_of(route.path), method)) in lines]
        found.append(Route(route.path, guarded(route.endpoint, calls), methods=methods))
    if missing := unlisted(asked, lines):
        raise RuntimeError(f"not in the table of calls, so nobody may ask it: {', '.join(missing)}")
    return found


def guarded(handler: Handler, calls: Sequence[Call]) -> Handler:
    """The handler, for those whom its line lets in."""
    lines = {call.method.upper(): call for call in calls}

    @wraps(handler)
    async def wrapped(request: Request) -> Response:
        line = lines["GET" if request.method == "HEAD" else request.method]
        if line.who:
            await admit(request, line)
        return await handler(request)

    return wrapped


async def admit(request: Request, line: Call) -> None:
    """Raise :class:`Refusal` unless the caller has a role of this line; 401 for nobody and for unknown tokens."""
    caller = Caller(OFFICE) if is_office(request) else await in_thread(lambda: caller_of(request))
    remember(request, caller)
    seen_of(request).who = caller.name or caller.role
    if not caller.role:
        raise unauthorized()
    if caller.role not in line.who:
        raise Refusal(403, "forbidden", f"this is not for {caller.role}s: see /openapi.json")
    if caller.device is not None:
        if caller.device.revoked and not line.revoked:
            raise Refusal(403, "revoked", "this device was revoked: keep its data and ask the office")
        central = central_of(request)
        central.pace.check(caller.device.id, central.now_ms())


def caller_of(request: Request) -> Caller:
    """Whose token this is; also of a device that was revoked. Blocks."""
    token = access.bearer(request.headers.get("authorization", ""))
    if not token:
        return NOBODY
    storage, token_hash = central_of(request).storage, access.token_hash(token)
    with storage.read() as reader:
        caller = _by_token(reader, token_hash)
        following = None if caller else devices.by_next_token_hash(reader, token_hash)
    if following is None:
        return caller or NOBODY
    # A full disk keeps the old token in force beside it, and nothing else.
    with contextlib.suppress(StorageError), storage.write() as tx:
        devices.use_next_token(tx, following.id, token_hash)
    return Caller(DEVICE, following.id, following)


def _by_token(reader: Reader, token_hash: str) -> Caller | None:
    device = devices.by_token_hash(reader, token_hash)
    if device is None:
        return staff.by_token_hash(reader, token_hash)
    return Caller(DEVICE, device.id, device)
