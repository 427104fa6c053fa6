"""Events by another way: a file, and what a revoked device hands in for somebody to accept."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from server import handed_in, signatures
from server.api.exchange import Refusal, answer, body_of, central_of, decoded, device_of, in_thread, unpacked
from server.handed_in import DecisionError
from server.signatures import SignatureError
from sync.outbox import PACKED_BYTES_MAX, Delivered, Held, RescueDecided, RescueDecision, Waitings
from sync.wire import BATCH_BYTES_MAX, decode_batch

BODY_BYTES_MAX = 16 * 1024


async def deliver(request: Request) -> Response:
    """``POST /v1/outbox``: the file that ``scanner export outbox`` wrote."""
    central = central_of(request)
    body = await body_of(request, PACKED_BYTES_MAX)

    def work() -> Delivered:
        data = unpacked(request, body, PACKED_BYTES_MAX)
        return handed_in.deliver(central.storage, data, central.now_ms())

    done = await in_thread(work)
    central.folder.wake()
    return answer(done)


async def rescue(request: Request) -> Response:
    """``POST /v1/devices/{device}/rescue``: a batch of a device that was revoked."""
    central = central_of(request)
    device = device_of(request)
    if device.id != request.path_params["device"]:
        raise Refusal(403, "forbidden", "this token belongs to another device")
    body = await body_of(request, BATCH_BYTES_MAX)

    def work() -> Held:
        batch = decode_batch(unpacked(request, body, BATCH_BYTES_MAX))
        if not device.revoked:
            raise Refusal(409, "not_revoked", "this device is in good standing: hand its events in as ever")
        try:
            signatures.check(device, batch)
        except SignatureError as error:
            raise Refusal(403, "signature", str(error)) from error
        handed_in.hold(central.storage, device.id, batch, central.now_ms())
        return Held(epoch=batch.epoch, through=batch.last)

    return answer(await in_thread(work))


async def listed(request: Request) -> Response:
    """``GET /v1/rescues``."""

    def work() -> Waitings:
        with central_of(request).storage.read() as reader:
            return Waitings(waiting=tuple(handed_in.waiting(reader)))

    return answer(await in_thread(work))


async def decide(request: Request) -> Response:
    """``POST /v1/rescues/{device}/decision``."""
    central = central_of(request)
    device = request.path_params["device"]
    said = decoded(await body_of(request, BODY_BYTES_MAX), RescueDecision)

    def work() -> RescueDecided:
        try:
            return handed_in.decide(central.storage, device, said.accept, said.reason, central.now_ms())
        except DecisionError as error:
            raise Refusal(409, "undecided", str(error)) from error

    done = await in_thread(work)
    central.folder.wake()
    return answer(done)
