"""A flag that the office sets, until every connected handheld knows it."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from time import perf_counter, sleep

import msgspec

from bench.child import child
from bench.figures import Figure, median
from bench.ingest_server import OFFICE_TOKEN
from bench.room import Room
from bench.workplace import SITE
from config.loader import shipped
from scanner_app import server_calls
from scanner_app.clockwork import SystemClock
from scanner_app.running import RunningHandheld, Server
from scanner_app.session import SessionSettings

HANDHELDS, HANDHELDS_QUICK = 20, 3
ROUNDS, ROUNDS_QUICK = 9, 2
S_BUDGET = 2.0
WAIT_S_MAX = 60.0


class _Served(msgspec.Struct):
    url: str
    devices: list[tuple[str, str]]


def figures(room: Room) -> tuple[Figure, ...]:
    """A server's process, and handhelds that wait for its news."""
    handhelds = room.size(HANDHELDS, HANDHELDS_QUICK)
    with child("bench.ingest_server", str(room.folder / "push.db"), str(handhelds), "fold") as process:
        assert process.stdout is not None
        served = msgspec.json.decode(process.stdout.readline(), type=_Served)
        url = f"http://{served.url}"
        fleet = [_started(room.folder / device, url, device, token) for device, token in served.devices]
        took = [_told_s(url, fleet, number) for number in range(room.size(ROUNDS, ROUNDS_QUICK))]
        for one in fleet:
            one.close()
    return (
        Figure(name="a flag on every handheld, most", value=max(took), unit="s", budget=S_BUDGET),
        Figure(
            name="a flag on every handheld, p50", value=median(took), unit="s", note=f"{handhelds} handhelds"
        ),
    )


def _started(folder: Path, url: str, device: str, token: str) -> RunningHandheld:
    server = Server(url=url, token=token, site=SITE)
    made = RunningHandheld(
        folder, SystemClock(), SessionSettings(app="bench"), shipped(), server=server, device=device
    )
    made.start()
    return made


def _told_s(url: str, fleet: list[RunningHandheld], number: int) -> float:
    """Seconds from the office's word until the last handheld has it."""
    serial = f"P{number:06d}"
    unit = {"item": "PUMP", "serial": serial, "status": "received", "flags": ["stolen"]}
    data = msgspec.json.encode({"site": SITE, "items": [{"item": "PUMP"}], "units": [unit]})
    sleep(0.3)  # everybody waits for news again
    begin = perf_counter()
    server_calls.import_site(url, OFFICE_TOKEN, SITE, data)
    for _ in count():
        if all(_knows(one, serial) for one in fleet):
            return perf_counter() - begin
        if perf_counter() - begin > WAIT_S_MAX:
            raise RuntimeError("the flag never came")
        sleep(0.005)
    raise AssertionError


def _knows(one: RunningHandheld, serial: str) -> bool:
    found = one.thread.run(lambda session: session.cache.unit("PUMP", serial))
    return found is not None and "stolen" in found.flags
