"""The description of the HTTP interface, made from the very types that are sent and received."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import msgspec

from server.api.count_calls import CountList, Decided
from server.api.exception_calls import ExceptionList, Settled
from server.api.operation_calls import Alive
from server.api.staff_calls import Members, NewMember, NewToken, Removed
from server.api.unit_calls import Health
from server.count_decision import Decision
from server.counts import CountReport
from server.roles import AUDITOR, DEVICE, OFFICE, READERS, STAFF, SUPERVISOR
from server.settling import Settlement
from server.trace import Trace
from sync import audit_wire, outbox, wire, work_wire
from tracking.recall import Recall
from tracking.site import Site


class Call(NamedTuple):
    """One address and method."""

    path: str
    method: str
    summary: str
    answers: dict[int, type[Any]]
    body: type[Any] | None = None
    query: tuple[str, ...] = ()
    who: tuple[str, ...] = (OFFICE, DEVICE)
    """Roles that may call it; empty: anybody, without a token."""
    media: str = "application/json"
    revoked: bool = False
    """Whether a device may call it that was revoked."""


class Revoked(msgspec.Struct, frozen=True, kw_only=True):
    """A device that may send nothing any more."""

    device: str
    revoked: bool


class Coming(msgspec.Struct, frozen=True, kw_only=True):
    """It is being made: ask again after ``Retry-After``."""

    status: str


_DEVICE, _OFFICE, _READERS, _ANYBODY = (DEVICE,), (OFFICE,), READERS, ()
_EVERYBODY = (*STAFF, DEVICE)

CALLS = (
    Call(
        "/v1/devices/{device}/events",
        "post",
        "Hand in consecutive events; answered when they are durable.",
        {200: wire.Stored, 409: wire.Refused},
        wire.Batch,
        who=_DEVICE,
    ),
    Call(
        "/v1/devices/{device}/hwm",
        "get",
        "Where the server stands with a device.",
        {200: wire.HighWater},
        query=("epoch", "seq"),
        who=_DEVICE,
    ),
    Call(
        "/v1/devices/{device}/rescue",
        "post",
        "Hand in events although the device was revoked: they wait for the office.",
        {200: outbox.Held, 409: wire.Problem},
        wire.Batch,
        who=_DEVICE,
        revoked=True,
    ),
    Call(
        "/v1/outbox",
        "post",
        "Hand in the file of a handheld without a network.",
        {200: outbox.Delivered},
        bytes,
        who=_OFFICE,
    ),
    Call("/v1/rescues", "get", "What revoked devices handed in.", {200: outbox.Waitings}, who=_READERS),
    Call(
        "/v1/rescues/{device}/decision",
        "post",
        "Say whether it counts.",
        {200: outbox.RescueDecided, 409: wire.Problem},
        outbox.RescueDecision,
        who=_OFFICE,
    ),
    Call(
        "/v1/devices/{device}/blocks",
        "post",
        "Lend a device the next sequence numbers of a pattern.",
        {200: work_wire.Block, 409: wire.Problem},
        work_wire.WantedBlock,
        who=_DEVICE,
    ),
    Call(
        "/v1/devices/{device}/tasks",
        "post",
        "Report the tasks in progress on a device, in place of those before.",
        {200: work_wire.TasksKept},
        work_wire.OpenTasks,
        who=_DEVICE,
    ),
    Call(
        "/v1/devices/{device}/token",
        "post",
        "A device's next token; its signature is what proves who asks.",
        {200: wire.Renewed},
        wire.RenewToken,
        who=_ANYBODY,
    ),
    Call("/v1/devices/{device}/revoke", "post", "End a device's rights.", {200: Revoked}, who=_OFFICE),
    Call(
        "/v1/sites/{site}/feed",
        "get",
        "What changed for a site since a cursor.",
        {200: wire.FeedPage},
        query=("since", "limit", "wait", "generation", "began"),
    ),
    Call(
        "/v1/sites/{site}/snapshot",
        "get",
        "The newest file with everything that the feed says up to a cursor.",
        {200: wire.Snapshot, 202: Coming},
    ),
    Call(
        "/v1/sites/{site}/snapshots/{snapshot}",
        "get",
        "That file, or a range of it.",
        {200: bytes, 206: bytes},
    ),
    Call("/v1/sites/{site}/import", "post", "Load a site file.", {200: wire.Imported}, Site, who=_OFFICE),
    Call(
        "/v1/enrollment-codes", "post", "Make a one-time code.", {200: wire.Code}, wire.NewCode, who=_OFFICE
    ),
    Call(
        "/v1/enroll",
        "post",
        "Exchange a code for an identity.",
        {200: wire.Enrolled},
        wire.Enroll,
        who=_ANYBODY,
    ),
    Call(
        "/v1/units",
        "get",
        "Find units by serial number, or its end.",
        {200: Trace},
        query=("serial", "item", "at"),
        who=_EVERYBODY,
    ),
    Call("/v1/units/{item}/{serial}", "get", "Everything about one unit.", {200: Trace}, who=_EVERYBODY),
    Call(
        "/v1/recall",
        "get",
        "Every unit that a lot, a component or a range of serial numbers is in today.",
        {200: Recall},
        query=("lot", "supplier", "component", "item", "from", "to"),
        who=_READERS,
    ),
    Call(
        "/v1/chains",
        "get",
        "The hash chains of all devices, for an auditor.",
        {200: audit_wire.Chains},
        query=("after",),
        who=_READERS,
    ),
    Call(
        "/v1/chains/{device}/{epoch}",
        "get",
        "The events of a chain with their hashes and signatures, as they are held.",
        {200: audit_wire.Links},
        query=("since",),
        who=_READERS,
    ),
    Call("/v1/counts", "get", "Count sheets and how far they are.", {200: CountList}, who=_READERS),
    Call(
        "/v1/counts/{number}",
        "get",
        "What a count found against the books.",
        {200: CountReport},
        who=_READERS,
    ),
    Call(
        "/v1/counts/{number}/decision",
        "post",
        "Approve a count, or reject it to be counted again.",
        {200: Decided, 409: wire.Problem},
        Decision,
        who=(OFFICE, SUPERVISOR),
    ),
    Call(
        "/v1/exceptions",
        "get",
        "Exceptions that wait for somebody, newest first.",
        {200: ExceptionList},
        query=("before",),
        who=_READERS,
    ),
    Call(
        "/v1/exceptions/settle",
        "post",
        "Answer for an exception, with a reason.",
        {200: Settled, 409: wire.Problem},
        Settlement,
        who=(OFFICE, SUPERVISOR),
    ),
    Call("/v1/ca", "get", "Who vouches for the server.", {200: wire.Authority}, who=_ANYBODY),
    Call("/v1/staff", "get", "Who has a token of the office, and for what.", {200: Members}, who=_OFFICE),
    Call("/v1/staff", "post", "A token for a person or a program.", {200: NewToken}, NewMember, who=_OFFICE),
    Call("/v1/staff/{name}/remove", "post", "End such a token.", {200: Removed}, who=_OFFICE),
    Call("/v1/health", "get", "Whether the server is well.", {200: Health}, who=_ANYBODY),
    Call("/healthz", "get", "Whether this process answers.", {200: Alive}, who=_ANYBODY),
    Call("/readyz", "get", "Whether it can work: database and projections.", {200: Alive}, who=_ANYBODY),
    Call("/metrics", "get", "Figures for Prometheus.", {200: str}, who=(OFFICE, AUDITOR), media="text/plain"),
)


@cache
def document() -> bytes:
    """The OpenAPI 3.1 description, as JSON."""
    kinds = [
        kind
        for call in CALLS
        for kind in (*call.answers.values(), call.body)
        if kind is not None and kind is not bytes
    ]
    references, components = msgspec.json.schema_components(
        [*kinds, wire.Problem], ref_template="#/components/schemas/{name}"
    )
    del components[Site.__name__]["properties"][
        "stated_policy"
    ]  # filled while it is read: no field of a file
    schema_of = dict(zip([*kinds, wire.Problem], references, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for call in CALLS:
        paths.setdefault(call.path, {})[call.method] = _operation(call, schema_of)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {"title": "Central server", "version": "1", "description": "See docs/protocol.md."},
            "paths": paths,
            "components": {
                "schemas": components,
                "securitySchemes": {
                    role: {"type": "http", "scheme": "bearer", "description": f"A token of the role {role}."}
                    for role in _EVERYBODY
                },
            },
        }
    )


def _operation(call: Call, schema_of: dict[Any, Any]) -> dict[str, Any]:
    in_path = [part[1:-1] for part in call.path.split("/") if part.startswith("{")]
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in in_path
    ] + [{"name": name, "in": "query", "schema": _query_schema(name)} for name in call.query]
    responses = {
        str(status): {"description": "A file.", "content": _FILE}
        if kind is bytes
        else {
            "description": str(kind.__doc__).split("\n")[0],
            "content": {call.media: {"schema": schema_of[kind]}},
        }
        for status, kind in call.answers.items()
    }
    responses["default"] = {"description": "A refusal.", "content": _json(schema_of[wire.Problem])}
    found: dict[str, Any] = {"summary": call.summary, "parameters": parameters, "responses": responses}
    if call.body is not None:
        content = _BYTES if call.body is bytes else _json(schema_of[call.body])
        found["requestBody"] = {"required": True, "content": content}
    if call.who:
        found["security"] = [{name: []} for name in call.who]
    return found


def _query_schema(name: str) -> dict[str, Any]:
    return {"type": "integer", "minimum": 0} if name in _WHOLE else {"type": "string"}


_WHOLE = frozenset({"since", "limit", "wait", "epoch", "seq", "began", "before"})
"""Parameters that are whole numbers."""


_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_FILE = {"application/zstd": {"schema": {"type": "string", "format": "binary"}}}


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
