"""What an auditor asks: which chains there are, and their links."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from server import chains
from server.api.exchange import Refusal, central_of, in_thread, number, packed
from server.api.unit_calls import path_names
from sync.audit_wire import Chains, Links
from sync.wire import COUNT_MAX
from tracking.site import NAME_CHARS_MAX

PAIR = 2
"""A chain's address names a device and an epoch."""


async def listed(request: Request) -> Response:
    """``GET /v1/chains?after=DEVICE/EPOCH``."""
    after = request.query_params.get("after", "")[: 2 * NAME_CHARS_MAX]
    device, _, epoch = after.rpartition("/")

    def work() -> Chains:
        central = central_of(request)
        with central.storage.read() as reader:
            found, more = chains.heads(reader, device, _number(epoch) if after else 0)
            # Counted once: chains of later pages may have grown since, and never shrink.
            events = 0 if after else chains.events(reader)
        return Chains(generation=central.storage.generation, events=events, chains=tuple(found), more=more)

    return packed(request, await in_thread(work))


async def one(request: Request) -> Response:
    """``GET /v1/chains/{device}/{epoch}?since=``."""
    names = path_names(request, "/v1/chains/")
    since = number(request, "since", 0, COUNT_MAX)

    def work() -> Links:
        if len(names) != PAIR:
            raise Refusal(404, "unknown", "name a device and an epoch: /v1/chains/DEVICE/EPOCH")
        with central_of(request).storage.read() as reader:
            return Links(links=chains.links(reader, names[0], _number(names[1]), since))

    return packed(request, await in_thread(work))


def _number(text: str) -> int:
    """An epoch. Raises :class:`Refusal`."""
    if text.isascii() and text.isdecimal() and int(text[:20]) <= COUNT_MAX:
        return int(text[:20])
    raise Refusal(400, "malformed", f"{text[:20]!r} is no epoch")
