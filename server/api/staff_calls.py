"""Tokens for people and programs of the office, each with one role."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server import staff
from server.api.exchange import Refusal, answer, body_of, central_of, decoded, in_thread
from server.staff import StaffError

BODY_BYTES_MAX = 8192


class NewMember(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /v1/staff``: whom a token is for."""

    name: str
    role: str


class NewToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token, shown once: the server keeps only its hash."""

    name: str
    role: str
    token: str


class MemberLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has a token."""

    name: str
    role: str
    created_ms: int


class Members(msgspec.Struct, frozen=True, kw_only=True):
    """``GET /v1/staff``."""

    staff: tuple[MemberLine, ...]


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """A token that holds no more."""

    name: str
    removed: bool


async def add(request: Request) -> Response:
    """``POST /v1/staff``: a token for a name; one that it had ends."""
    central = central_of(request)
    wanted = decoded(await body_of(request, BODY_BYTES_MAX), NewMember)

    def work() -> str:
        with central.storage.write() as tx:
            return staff.add(tx, wanted.name, wanted.role, central.now_ms())

    try:
        token = await in_thread(work)
    except StaffError as error:
        raise Refusal(422, "staff", str(error)) from error
    given = NewToken(name=wanted.name, role=wanted.role, token=token)
    return answer(given, headers={"Cache-Control": "no-store"})


async def listed(request: Request) -> Response:
    """``GET /v1/staff``."""
    central = central_of(request)

    def work() -> Members:
        with central.storage.read() as reader:
            found = staff.everyone(reader)
        return Members(
            staff=tuple(MemberLine(name=one.name, role=one.role, created_ms=one.created_ms) for one in found)
        )

    return answer(await in_thread(work))


async def remove(request: Request) -> Response:
    """``POST /v1/staff/{name}/remove``."""
    central = central_of(request)
    name = request.path_params["name"]

    def work() -> bool:
        with central.storage.write() as tx:
            return staff.remove(tx, name)

    if not await in_thread(work):
        raise Refusal(404, "unknown", f"nobody is called {name[:60]!r}")
    return answer(Removed(name=name, removed=True))
