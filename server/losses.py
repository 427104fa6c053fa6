"""Holes in a device's numbers: events that the server once had and that no backup brought back.

There is no other way to a hole: an upload that leaves something out is a gap, unless the device shows by the server's
own receipt that it had let go of what is missing. The ledger itself shows a hole, so a rebuild finds it again.
"""

from __future__ import annotations

from collections.abc import Iterable

from server.ledger import Entry
from server.storage import Reader
from tracking.exceptions import LOST_RANGE, ExceptionRecord, Witness


def holes(reader: Reader, entries: Iterable[Entry]) -> list[tuple[int, ExceptionRecord]]:
    """The holes right before these rows of the ledger, which nothing shows yet."""
    found: list[tuple[int, ExceptionRecord]] = []
    waiting = list(entries)
    sql = "SELECT e.device, e.epoch, e.folded FROM wanted w CROSS JOIN device_epoch e WHERE e.device = w.a"
    devices = sorted({(entry.device,) for entry in waiting})
    last = {(device, epoch): folded for device, epoch, folded in reader.rows_of(sql, devices)}
    for entry in waiting:
        name = (entry.device, entry.epoch)
        due = last.get(name, 0) + 1
        if entry.seq > due:
            found.append((entry.position, _record(entry, due)))
        last[name] = entry.seq
    return found


def _record(after: Entry, first: int) -> ExceptionRecord:
    sides = [
        Witness(ref=f"{after.device}/{after.epoch}/{seq}", device=after.device)
        for seq in (first, after.seq - 1)
    ]
    return ExceptionRecord(kind=LOST_RANGE, item="", serial="", first=sides[0], second=sides[1])
