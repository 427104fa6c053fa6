"""What ``scanner doctor`` says of serial numbers that this handheld may give: lent blocks, and counters of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from scanner_app.doctor_check import Check
from scanner_app.handheld import JOURNAL_FILE
from scanner_app.journal_reader import JournalReader
from scanner_app.own_numbers import LOW_SHARE, block_size
from scanner_app.storage_errors import StoreError
from tracking.counted import counted
from tracking.numbering.blocks import Lease
from tracking.site import Item

STRETCHES_SHOWN_MAX = 4
"""Stretches of numbers that a line names."""


def number_checks(folder: Path) -> Iterator[Check]:
    """A line for each template that numbers are held of, were lent of, or are counted of here; none without any."""
    if not (folder / JOURNAL_FILE).is_file():
        return
    try:
        journal = JournalReader(folder / JOURNAL_FILE)
    except StoreError:
        return  # the journal's own line says so
    try:
        epoch = max(journal.nonces(), default=0)
        held = journal.notes(f"lease {epoch} ")
        lent, own = journal.notes("leased "), journal.notes("counter ")
    except StoreError:
        return
    finally:
        journal.close()
    for name in sorted({*held, *lent}):
        yield _lent(name, held.get(name, ""))
    for name in sorted(own.keys() - lent.keys()):
        yield Check(name="numbers", state="ok", detail=f"{name}: counted here, the next is {own[name]}")


def _lent(name: str, note: str) -> Check:
    """``name``: item and template, ``note``: what the journal keeps of the blocks."""
    try:
        leases = msgspec.json.decode(note, type=tuple[Lease, ...]) if note else ()
    except msgspec.MsgspecError:
        return Check(
            name="numbers",
            state="note",
            detail=f"{name}: what is noted of its blocks cannot be read: none of them is given",
            fix="connect it to the network: others are lent by themselves",
        )
    leases = tuple(one for one in leases if one.remaining > 0)
    left = sum(one.remaining for one in leases)
    stretches = [f"{one.next} to {one.last}" if one.remaining > 1 else str(one.last) for one in leases]
    more = f" and {len(stretches) - STRETCHES_SHOWN_MAX} more" if len(stretches) > STRETCHES_SHOWN_MAX else ""
    which = ", ".join(stretches[:STRETCHES_SHOWN_MAX]) + more
    low = left <= _size(name, leases) // LOW_SHARE
    return Check(
        name="numbers",
        state="note" if low else "ok",
        detail=f"{name}: {counted(left, 'number')} held{f', {which}' if which else ''}",
        fix="connect it to the network: more are lent by themselves" if low else "",
    )


def _size(name: str, leases: tuple[Lease, ...]) -> int:
    """How many numbers are lent at a time; 0 where that is not known because none is left."""
    if not leases:
        return 0
    item = leases[0].item
    return block_size(Item(item=item, numbering=name[len(item) + 1 :]))
