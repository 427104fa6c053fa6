"""What a device calls about itself: hand in events, ask where the server stands."""

from __future__ import annotations

import contextlib

from starlette.requests import Request
from starlette.responses import Response

from server import blocks, devices, ingest, signatures, tasks, token_renewal
from server.api.exchange import (
    Refusal,
    answer,
    body_of,
    central_of,
    decoded,
    device_of,
    in_thread,
    number,
    unpacked,
)
from server.devices import Device
from server.signatures import SignatureError
from server.storage import StorageError
from sync.wire import (
    BATCH_BYTES_MAX,
    COUNT_MAX,
    ENROLL_BYTES_MAX,
    HighWater,
    Refused,
    RenewToken,
    Stored,
    decode_batch,
)
from sync.work_wire import BLOCK_BYTES_MAX, TASKS_BYTES_MAX, Block, OpenTasks, TasksKept, WantedBlock
from tracking.printable import printable


def _own(request: Request) -> Device:
    """The device in the address, if the token is its own."""
    device = device_of(request)
    if device.id != request.path_params["device"]:
        raise Refusal(403, "forbidden", "this token belongs to another device")
    return device


async def upload(request: Request) -> Response:
    """``POST /v1/devices/{device}/events``."""
    body = await body_of(request, BATCH_BYTES_MAX)
    central = central_of(request)

    def work() -> Stored | Refused:
        device = _own(request)
        batch = decode_batch(unpacked(request, body, BATCH_BYTES_MAX))
        try:
            signatures.check(device, batch)
        except SignatureError as error:
            raise Refusal(403, "signature", str(error)) from error
        signed = bool(device.public_key)
        return ingest.take(central.storage, device.id, batch, central.now_ms(), signed=signed)

    result = await in_thread(work)
    batches = central.figures.batches
    batches.labels(result.error if isinstance(result, Refused) else result.status).inc()
    if isinstance(result, Refused):
        return answer(result, 409)
    central.folder.wake()
    return answer(result)


async def high_water(request: Request) -> Response:
    """``GET /v1/devices/{device}/hwm?epoch=&seq=``."""
    central = central_of(request)
    epoch, seq = number(request, "epoch", -1, COUNT_MAX), number(request, "seq", -1, COUNT_MAX)

    def work() -> HighWater:
        device, now_ms = _own(request), central.now_ms()
        note_seen(request, device)
        with central.storage.read() as reader:
            wanted, up_to = None if epoch < 0 else epoch, None if seq < 0 else seq
            return ingest.high_water(reader, central.storage.generation, device, wanted, up_to, now_ms)

    return answer(await in_thread(work))


async def report_tasks(request: Request) -> Response:
    """``POST /v1/devices/{device}/tasks``."""
    body = await body_of(request, TASKS_BYTES_MAX)
    central = central_of(request)

    def work() -> TasksKept:
        device = _own(request)
        report = decoded(unpacked(request, body, TASKS_BYTES_MAX), OpenTasks)
        with central.storage.write() as tx:
            return tasks.take(tx, device, report, central.now_ms())

    kept = await in_thread(work)
    if kept.changed:
        central.news.announce()
    return answer(kept)


async def renew_token(request: Request) -> Response:
    """``POST /v1/devices/{device}/token``: signed by the device, whatever token it has."""
    central = central_of(request)
    asked = decoded(await body_of(request, ENROLL_BYTES_MAX), RenewToken)
    device = request.path_params["device"]
    return answer(await in_thread(lambda: token_renewal.renew(central.storage, device, asked)))


async def lend_block(request: Request) -> Response:
    """``POST /v1/devices/{device}/blocks``."""
    body = await body_of(request, BLOCK_BYTES_MAX)
    central = central_of(request)

    def work() -> Block:
        device, wanted = _own(request), decoded(body, WantedBlock)
        with central.storage.write() as tx:
            return blocks.lend(tx, device.id, wanted, central.now_ms())

    try:
        return answer(await in_thread(work))
    except blocks.Exhausted as error:
        raise Refusal(409, "exhausted", printable(str(error), None)) from error


async def revoke(request: Request) -> Response:
    """``POST /v1/devices/{device}/revoke``, by the office."""
    central = central_of(request)
    device = request.path_params["device"]

    def work() -> bool:
        with central.storage.write() as tx:
            tasks.forget(tx, device)
            return devices.revoke(tx, device, central.now_ms())

    if not await in_thread(work):
        raise Refusal(404, "unknown", f"there is no device {device[:60]!r}")
    return answer({"device": device, "revoked": True})


def note_seen(request: Request, device: Device) -> None:
    """Write down that a device was heard of, but not on every call: each costs a flush to the disk."""
    central = central_of(request)
    now_ms = central.now_ms()
    if now_ms - device.seen_ms >= devices.SEEN_EVERY_MS:
        # A server whose disk is full can still answer: nothing that is asked for hangs on this note.
        with contextlib.suppress(StorageError), central.storage.write() as tx:
            devices.seen(tx, device.id, now_ms)
