"""Requests and answers: bodies read within bounds, answers as JSON, refusals as one shape."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from server import access
from server.central import Central
from server.decompress import UnknownEncodingError, decompress
from server.devices import Device
from server.enrollment import EnrollmentError
from server.feed import Resnapshot
from server.pace import TooFastError
from server.roles import NOBODY, Caller
from server.storage import StorageError
from server.watching import seen_of
from sync.wire import Problem, TooLargeError, WireError
from tracking.site import SiteError

T = TypeVar("T")
COMPRESS_FROM_BYTES = 1024
RETRY_AFTER_S = "5"
STORAGE_DETAIL = "the server cannot use its database just now: try again in a moment; its log says why"
"""Why it cannot names machines, accounts and paths: that is for the log, and strangers may ask too."""
_CALLER = "scanner.caller"
BODY_S_MAX = 120
"""A body that takes longer to arrive is given up."""
CLOSE = {"Connection": "close"}
"""With a refusal before the body was read to its end: what is left of it must not be taken for the next request."""


class Refusal(Exception):
    """A request that is answered with a refusal."""

    def __init__(
        self, status: int, error: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.error = error
        self.detail = detail
        self.headers = dict(headers or {})


def central_of(request: Request) -> Central:
    """The server that this request reached."""
    central: Central = request.app.state.central
    return central


def answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A value as JSON."""
    return Response(msgspec.json.encode(value), status, headers, "application/json")


def packed(request: Request, value: object) -> Response:
    """A large value as JSON, with gzip where the asking side reads it."""
    data = msgspec.json.encode(value)
    headers = {"Vary": "Accept-Encoding"}
    if len(data) >= COMPRESS_FROM_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        data = gzip.compress(data, compresslevel=1)
        headers["Content-Encoding"] = "gzip"
    return Response(data, 200, headers, "application/json")


async def body_of(request: Request, bytes_max: int) -> bytes:
    """The body as it came. Stops reading at the bound and raises :class:`sync.wire.TooLargeError`."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_S_MAX):
            async for part in request.stream():
                size += len(part)
                if size > bytes_max:
                    raise TooLargeError(f"a body may have {bytes_max} bytes")
                parts.append(part)
    except TimeoutError as error:
        raise Refusal(408, "slow", "the body did not arrive in time", CLOSE) from error
    return b"".join(parts)


def unpacked(request: Request, body: bytes, bytes_max: int) -> bytes:
    """The body without its compression."""
    return decompress(body, request.headers.get("content-encoding", ""), bytes_max)


def decoded(body: bytes, kind: type[T]) -> T:
    """A small JSON body as a typed value. Raises :class:`sync.wire.WireError`."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"not what is expected here: {error}") from error


def number(request: Request, name: str, default: int, most: int) -> int:
    """A whole number of the query string, from 0 to ``most``; beyond that ``most``."""
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal()) or len(text) > 20:
        raise Refusal(400, "malformed", f"{name} must be a whole number")
    return min(int(text), most)


async def in_thread(work: Callable[[], T]) -> T:
    """Run blocking work away from the loop."""
    return await run_in_threadpool(work)


def remember(request: Request, caller: Caller) -> None:
    """Keep who is asking, for whoever answers."""
    request.scope[_CALLER] = caller


def asker(request: Request) -> Caller:
    """Who is asking, as the door found out."""
    caller: Caller = request.scope.get(_CALLER, NOBODY)
    return caller


def device_of(request: Request) -> Device:
    """The device whose token this is. Raises :class:`Refusal` 401 for anybody else."""
    device = asker(request).device
    if device is None:
        raise unauthorized()
    return device


def is_office(request: Request) -> bool:
    """True with the office's token."""
    token = access.bearer(request.headers.get("authorization", ""))
    return access.same_token(token, central_of(request).office_token_hash)


def unauthorized() -> Refusal:
    """The answer to a missing or unknown token."""
    return Refusal(401, "unauthorized", "a valid token is needed", {"WWW-Authenticate": "Bearer"})


def refusal_of(error: Exception) -> Refusal:
    """The refusal that an error of a lower layer is."""
    match error:
        case Refusal():
            return error
        case TooLargeError():
            return Refusal(413, "too_large", f"{error}: send less at once", CLOSE)
        case UnknownEncodingError():
            return Refusal(415, "unknown_encoding", str(error))
        case WireError():
            return Refusal(400, "malformed", str(error))
        case SiteError():
            return Refusal(422, "site_file", str(error))
        case Resnapshot():
            return Refusal(410, "resnapshot", str(error))
        case TooFastError():
            return Refusal(429, "too_many", str(error), {"Retry-After": str(error.retry_s)})
        case EnrollmentError():
            return Refusal(403, "enrollment", str(error))
        case StorageError():
            return Refusal(503, "storage", STORAGE_DETAIL, {"Retry-After": RETRY_AFTER_S})
        case ClientDisconnect():
            return Refusal(400, "malformed", "the body was cut off")
        case HTTPException():
            word = HTTP_WORDS.get(error.status_code, "refused")
            return Refusal(error.status_code, word, f"{error.detail}: see /openapi.json", error.headers)
        case _:
            return Refusal(500, "fault", "the server has a fault: nothing of this was stored")


def noted(request: Request, error: Exception) -> Refusal:
    """The refusal that an error is, counted."""
    refusal = refusal_of(error)
    seen = seen_of(request)
    seen.refused, seen.why = refusal.error, str(error) if isinstance(error, StorageError) else ""
    return refusal


def refused(request: Request, error: Exception) -> Response:
    """Starlette's handler for every error above."""
    refusal = noted(request, error)
    problem = Problem(error=refusal.error, detail=refusal.detail)
    return answer(problem, refusal.status, refusal.headers)


HTTP_WORDS = {404: "unknown", 405: "method"}

REFUSED: tuple[type[Exception], ...] = (
    Exception,
    HTTPException,
    Refusal,
    WireError,
    SiteError,
    Resnapshot,
    EnrollmentError,
    TooFastError,
    StorageError,
    ClientDisconnect,
)
"""What :func:`refused` is registered for."""
