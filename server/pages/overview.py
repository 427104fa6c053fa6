"""The first page: how many units there are and where, who reports, what contradicts."""

from __future__ import annotations

from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from server import clocks_ahead, devices, ledger, projection
from server.api.exchange import central_of, in_thread
from server.open_exceptions import latest
from server.pages.documents import count_open, in_hand
from server.pages.people import names
from server.pages.render import page
from server.pages.sign_in import guarded
from server.storage import Reader
from tracking.events import Event
from tracking.lifecycle import FLAGS, IN_STOCK, STATUSES

ACTIVITY_LINES = 12
DOCUMENT_LINES = 6
EXCEPTION_LINES = 5


class DeviceLine(NamedTuple):
    """One handheld as the office sees it."""

    device: devices.Device
    held: int
    """Events of its that the server holds."""
    lag: int
    """Of these, how many the projections do not show yet."""
    ahead: clocks_ahead.LastAhead | None = None
    """Where its clock was ahead of the server's: the last time that it was."""


def device_lines(reader: Reader) -> list[DeviceLine]:
    """Every handheld; the office's own device is none."""
    lines, ahead = [], clocks_ahead.by_device(reader)
    for device in devices.everyone(reader):
        if device.id == devices.OFFICE:
            continue
        standings = devices.standings(reader, device.id).values()
        held = sum(one.hwm for one in standings)
        lag = held - sum(one.folded for one in standings)
        lines.append(DeviceLine(device, held, lag, ahead.get(device.id)))
    return lines


class Counts(NamedTuple):
    """Units by site and status."""

    sites: list[tuple[str, dict[str, int]]]
    statuses: list[str]
    """Those that occur, in the order of a unit's life."""
    flags: list[tuple[str, int]]
    total: int
    in_stock: int


def counts(reader: Reader) -> Counts:
    """Count all units."""
    sites: dict[str, dict[str, int]] = {}
    for site, status, count in reader.rows("SELECT site, status, count(*) FROM unit GROUP BY site, status"):
        sites.setdefault(site, {})[status] = count
    by_flag = dict.fromkeys(FLAGS, 0)
    for flags, count in reader.rows("SELECT flags, count(*) FROM unit WHERE flags <> '' GROUP BY flags"):
        for flag in flags.split():
            by_flag[flag] = by_flag.get(flag, 0) + count
    used = {status for row in sites.values() for status in row}
    return Counts(
        sites=sorted(sites.items()),
        statuses=[status for status in STATUSES if status in used],
        flags=[(flag, by_flag[flag]) for flag in FLAGS],
        total=sum(count for row in sites.values() for count in row.values()),
        in_stock=sum(row.get(status, 0) for row in sites.values() for status in IN_STOCK),
    )


def activity(reader: Reader, limit: int) -> list[Event]:
    """The newest scans, newest first; imports are not worth a line each."""
    entries = ledger.newest(reader, limit, without_device=devices.OFFICE)
    return [event for entry in entries if isinstance(event := ledger.event_of(entry), Event)]


@guarded
async def overview(request: Request) -> Response:
    """``/``."""
    central = central_of(request)

    def work() -> dict[str, Any]:
        with central.storage.read() as reader:
            lines, known = device_lines(reader), names(reader)
            return {
                "counts": counts(reader),
                "devices": lines,
                "names": known.devices,
                "people": known.people,
                "pending": sum(line.device.pending for line in lines),
                "lag": projection.lag(reader),
                "events": ledger.head(reader),
                "documents": in_hand(reader, DOCUMENT_LINES),
                "open_documents": count_open(reader),
                "exceptions": latest(reader, EXCEPTION_LINES),
                "activity": activity(reader, ACTIVITY_LINES),
                "trouble": central.folder.trouble,
            }

    return page(request, "overview.html", **await in_thread(work))
