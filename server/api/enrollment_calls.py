"""Enrolment over HTTP."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from server import enrollment
from server.api.exchange import answer, body_of, central_of, decoded, in_thread
from sync.wire import ENROLL_BYTES_MAX, Enroll, NewCode


async def new_code(request: Request) -> Response:
    """``POST /v1/enrollment-codes``, by the office."""
    central = central_of(request)
    wanted = decoded(await body_of(request, ENROLL_BYTES_MAX), NewCode)
    return answer(await in_thread(lambda: enrollment.new_code(central.storage, wanted, central.now_ms())))


async def enroll(request: Request) -> Response:
    """``POST /v1/enroll``: whoever has a code."""
    central = central_of(request)
    asked = decoded(await body_of(request, ENROLL_BYTES_MAX), Enroll)
    result = await in_thread(
        lambda: enrollment.enroll(central.storage, asked, central.guesses, central.now_ms())
    )
    return answer(result, headers={"Cache-Control": "no-store"})
