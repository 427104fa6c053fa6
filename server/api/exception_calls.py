"""Exceptions: what waits for somebody, and somebody's word on it."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server import settling
from server.api.exchange import (
    Refusal,
    answer,
    asker,
    body_of,
    central_of,
    decoded,
    in_thread,
    number,
    packed,
)
from server.open_exceptions import latest
from server.settling import Settlement, SettlingError
from sync.wire import COUNT_MAX
from tracking.exceptions import ExceptionRecord

BODY_BYTES_MAX = 16 * 1024
LISTED_MAX = 1000


class OpenException(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One exception that waits."""

    key: str
    """Names it in a settlement."""
    exception: ExceptionRecord
    reason: str = ""
    """Of an event that was not understood: why."""


class ExceptionList(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /v1/exceptions``."""

    total: int
    exceptions: tuple[OpenException, ...]
    more: int
    """``before`` of the next call; 0 at the end."""


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """An exception that was answered for."""

    key: str


async def listed(request: Request) -> Response:
    """``GET /v1/exceptions``."""
    central = central_of(request)
    before = number(request, "before", COUNT_MAX, COUNT_MAX)

    def work() -> ExceptionList:
        with central.storage.read() as reader:
            found = latest(reader, LISTED_MAX, before)
        shown = (
            OpenException(key=one.record.key, exception=one.record, reason=one.reason) for one in found.shown
        )
        return ExceptionList(total=found.total, exceptions=tuple(shown), more=found.more)

    return packed(request, await in_thread(work))


async def settle(request: Request) -> Response:
    """``POST /v1/exceptions/settle``."""
    central = central_of(request)
    said = decoded(await body_of(request, BODY_BYTES_MAX), Settlement)
    try:
        await in_thread(
            lambda: settling.settle(central.storage, said, central.now_ms(), asker(request).signs)
        )
    except SettlingError as error:
        raise Refusal(409, "unsettled", str(error)) from error
    central.folder.wake()
    central.news.announce()
    return answer(Settled(key=said.key))
