"""Handhelds whose clock is ahead: what they wrote is put where it was received, and the office is told once an epoch.

Once, because a hybrid clock never goes back: such a handheld goes on to write events that are ahead, for years perhaps.
The exception is that of the first one, and its two sides are the two times: what the handheld's clock said, and when
the server received it. How many there are, and the last of them, stand beside the device.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from server import derived_exceptions, ledger
from server.replica import Feed
from server.storage import Reader, Writer
from tracking import clock
from tracking.events import Event
from tracking.exceptions import CLOCK_AHEAD, ExceptionRecord, Witness, witness

Placed = tuple[int, Event]
"""An event at its position of the ledger."""


class Ahead(NamedTuple):
    """What of one epoch of a device is ahead."""

    device: str
    epoch: int
    first: int
    """Position in the ledger, as the next one."""
    last: int
    events: int


def found(batch: Iterable[Placed]) -> list[Placed]:
    """Those of these events whose clock the server does not believe, in commit order."""
    return sorted((at, event) for at, event in batch if event.said_hlc)


def store(tx: Writer, feed: Feed, ahead: Sequence[Placed]) -> None:
    """Write down events that nothing shows yet. One that was not understood for long may be the first of its epoch."""
    by_epoch: dict[tuple[str, int], list[Placed]] = defaultdict(list)
    for at, event in ahead:
        by_epoch[event.device, event.epoch].append((at, event))
    for (device, epoch), new in by_epoch.items():
        known = _known(tx, device, epoch)
        (first, event), last = new[0], new[-1][0]
        if known is None or first < known.first:
            if known is not None:
                derived_exceptions.forget(tx, feed, [_key(tx, known.first)])
            derived_exceptions.store(tx, feed, [(first, _record(event))])
        one = Ahead(device, epoch, first, last, len(new))
        if known is not None:
            one = one._replace(
                first=min(first, known.first), last=max(last, known.last), events=len(new) + known.events
            )
        tx.put(
            "ahead",
            Ahead._fields,
            [one],
            "(device, epoch) DO UPDATE SET first = excluded.first, last = excluded.last, events = excluded.events",
        )


def _known(reader: Reader, device: str, epoch: int) -> Ahead | None:
    row = reader.row(
        "SELECT device, epoch, first, last, events FROM ahead WHERE device = ? AND epoch = ?", device, epoch
    )
    return Ahead(*row) if row else None


def _key(reader: Reader, position: int) -> str:
    """The name of the exception that stands at a position."""
    return f"{CLOCK_AHEAD}/{ledger.at_positions(reader, [position])[0].ref}"


def _record(event: Event) -> ExceptionRecord:
    return ExceptionRecord(
        kind=CLOCK_AHEAD,
        item="",
        serial="",
        first=Witness(ref=event.ref, device=event.device, at=_utc(clock.unix_ms(event.said_hlc))),
        second=witness(event),
    )


def _utc(unix_ms: int) -> str:
    return datetime.fromtimestamp(unix_ms / 1000, UTC).isoformat(timespec="milliseconds")


class LastAhead(NamedTuple):
    """Of a device: the newest of its events that are ahead."""

    events: int
    """How many there are, of all its epochs."""
    said_ms: int
    """What its clock said then, milliseconds since 1970."""
    received_ms: int


def by_device(reader: Reader) -> dict[str, LastAhead]:
    """The devices that have any."""
    told: dict[str, tuple[int, int]] = {}
    for device, last, events in reader.rows("SELECT device, last, events FROM ahead"):
        known = told.get(device, (0, 0))
        told[device] = (max(last, known[0]), events + known[1])
    held = {entry.position: entry for entry in ledger.at_positions(reader, [at for at, _ in told.values()])}
    lasts: dict[str, LastAhead] = {}
    for device, (at, events) in told.items():
        event = ledger.event_of(held[at])
        if isinstance(event, Event):
            lasts[device] = LastAhead(events, clock.unix_ms(event.said_hlc), held[at].received_ms)
    return lasts
