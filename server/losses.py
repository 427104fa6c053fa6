"""Holes in a device's numbers: events that the server once had and that no backup brought back.

There is no other way to a hole: an upload that leaves something out is a gap, unless the device shows by the server's
own receipt that it had let go of what is missing. The ledger itself shows a hole, so a rebuild finds it again.
"""

from __future__ import annotations

from collections.abc import Iterable

from server import devices
from server.ledger import Entry
from server.storage import Reader
from server.units import LOST_RANGE
from tracking.exceptions import ExceptionRecord, Witness


def holes(reader: Reader, entries: Iterable[Entry]) -> list[tuple[int, ExceptionRecord]]:
    """The holes right before these rows of the ledger, which nothing shows yet."""
    last: dict[tuple[str, int], int] = {}
    found: list[tuple[int, ExceptionRecord]] = []
    for entry in entries:
        name = (entry.device, entry.epoch)
        if name not in last:
            held = devices.standing(reader, *name)
            last[name] = held.folded if held else 0
        if entry.seq > last[name] + 1:
            found.append((entry.position, _record(entry, last[name] + 1)))
        last[name] = entry.seq
    return found


def _record(after: Entry, first: int) -> ExceptionRecord:
    sides = [
        Witness(ref=f"{after.device}/{after.epoch}/{seq}", device=after.device)
        for seq in (first, after.seq - 1)
    ]
    return ExceptionRecord(kind=LOST_RANGE, item="", serial="", first=sides[0], second=sides[1])
