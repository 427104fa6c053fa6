"""One step along the ledger: fold a batch of new events, then write every projection in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from server import clocks_ahead, derived_exceptions, handovers, ledger, losses, lots, subjects, tallies, units
from server.replica import Feed
from server.storage import Reader, Storage, Writer
from server.subjects import Subject
from sync.wire import pair_key
from tracking.containers import ContainerState, fold_container
from tracking.events import Event
from tracking.exceptions import ExceptionRecord, Witness, of_container, still_open
from tracking.loose import LooseRow, fold_loose

BATCH_EVENTS = 1000
"""Events folded in one transaction: large enough to share its flush, small enough not to keep uploads waiting."""


class ContainerPlan(NamedTuple):
    """What one container is after its events were folded anew."""

    state: ContainerState
    exceptions: tuple[tuple[int, ExceptionRecord], ...]
    """(position of the second fact, record)."""


class Plan(NamedTuple):
    """Everything that a batch of ledger rows changes, worked out without the write lock."""

    start: int
    end: int
    events: int
    """Events folded; positions may have gaps."""
    links: subjects.Links
    units: list[units.UnitPlan]
    documents: list[tallies.DocumentPlan]
    lots: list[tuple[Subject, lots.LotState | None]]
    containers: list[ContainerPlan]
    handovers: list[handovers.HandOverPlan]
    loose: list[tuple[Subject, LooseRow | None]]
    answered: list[str]
    """Keys of exceptions without a unit or a container that somebody answered for."""
    aside: list[tuple[ledger.Entry, str]]
    applied: dict[tuple[str, int], int]
    lost: list[tuple[int, ExceptionRecord]]
    """Ranges of a device's events that nobody holds any more, at the position of what follows them."""
    ahead: list[clocks_ahead.Placed]
    """Events whose clock the server does not believe."""


def fold_next(storage: Storage, limit: int = BATCH_EVENTS) -> int:
    """Fold up to ``limit`` new events; how many there were. Restarts wherever the last transaction ended."""
    upto = storage.settled()
    with storage.read() as reader:
        plan = make_plan(reader, limit, upto)
    if plan is None:
        return 0
    with storage.write() as tx:
        if folded(tx) != plan.start:  # another folder was quicker: its work stands
            return 0
        feed = Feed(tx)
        store(tx, feed, plan)
        feed.flush()
    return plan.events


def folded(reader: Reader) -> int:
    """The ledger position up to which the projections show everything."""
    row = reader.row("SELECT value FROM meta WHERE name = 'folded'")
    return int(row[0]) if row else 0


def lag(reader: Reader) -> int:
    """How many events are stored but not yet in the projections."""
    return ledger.head(reader) - folded(reader)


def make_plan(reader: Reader, limit: int, upto: int) -> Plan | None:
    """What the next rows of the ledger, none behind ``upto``, change; None when there are none."""
    start = folded(reader)
    entries = ledger.after(reader, start, limit, upto)
    if not entries:
        return None
    batch: dict[int, Event] = {}
    aside: list[tuple[ledger.Entry, str]] = []
    applied: dict[tuple[str, int], int] = {}
    for entry in entries:
        event = ledger.event_of(entry)
        if isinstance(event, ledger.Misunderstood):
            aside.append((entry, event.reason))
        else:
            batch[entry.position] = event
        applied[entry.device, entry.epoch] = entry.seq
    return plan_of(reader, batch, start, entries[-1].position)._replace(
        events=len(entries), aside=aside, applied=applied, lost=losses.holes(reader, entries)
    )


def plan_of(reader: Reader, batch: Mapping[int, Event], start: int, end: int) -> Plan:
    """What these events (position -> event), which nothing shows yet, change."""
    links = subjects.link(reader, batch)
    ahead = clocks_ahead.found(batch.items())
    plan = Plan(start, end, len(batch), links, [], [], [], [], [], [], [], [], {}, [], ahead)
    plan.answered.extend(event.settles for event in batch.values() if _speaks_of_event(event))
    folded_ahead = {one: at for one, at in links.subjects.items() if one.kind not in _ASKED_FOR}
    for subject, found in subjects.events_with(reader, folded_ahead, batch).items():
        events = [event for _, event in found]
        match subject.kind:
            case "unit":
                plan.units.append(units.plan(subject, found, len(folded_ahead[subject])))
            case "document":
                plan.documents.append(tallies.plan(subject, found))
            case "container":
                plan.containers.append(_container(subject.name, found))
            case handovers.KIND:
                plan.handovers.append(handovers.fold(subject.name, events))
            case subjects.INSIDE:
                plan.loose.append((subject, fold_loose(events)))
            case _:
                plan.lots.append((subject, lots.fold_lot(subject.name, subject.part, events)))
    return plan


_ASKED_FOR = frozenset({subjects.COUNT, subjects.SETTLED, subjects.LEFT})
"""Nothing is folded of these ahead: somebody looks at a count, at the answers, or at a product of another day."""


def _speaks_of_event(event: Event) -> bool:
    """True for an answer to an event that was not understood."""
    return bool(event.settles) and not event.serial and not event.container


def _container(name: str, found: list[tuple[int, Event]]) -> ContainerPlan:
    events = [event for _, event in found]
    position_of = {event.ref: position for position, event in found}
    records = still_open(of_container(name, events))
    return ContainerPlan(
        fold_container(name, events),
        tuple((position_of[record.second.ref], record) for record in records),
    )


def _store_containers(tx: Writer, feed: Feed, plans: Sequence[ContainerPlan]) -> None:
    for plan in plans:
        state = plan.state
        if state.known:
            feed.put("container", state.container, msgspec.json.encode(state))
        else:
            feed.delete("container", state.container)
    standing = [one for plan in plans for one in plan.exceptions]
    names = [("", plan.state.container) for plan in plans]
    derived_exceptions.forget_but(tx, feed, names, {record.key for _, record in standing})
    derived_exceptions.store(tx, feed, standing)


def _set_aside(tx: Writer, feed: Feed, aside: Sequence[tuple[ledger.Entry, str]]) -> None:
    records = []
    for entry, reason in aside:
        tx.run("INSERT INTO quarantine (position, reason) VALUES (?, ?)", entry.position, reason)
        seen = Witness(ref=entry.ref, device=entry.device)
        kind = derived_exceptions.NOT_UNDERSTOOD
        record = ExceptionRecord(kind=kind, item="", serial="", first=Witness(), second=seen)
        records.append((entry.position, record))
    derived_exceptions.store(tx, feed, records)


def store(tx: Writer, feed: Feed, plan: Plan) -> None:
    """Write a plan's changes."""
    subjects.store(tx, plan.links)
    credited = units.store(tx, feed, plan.units)
    tallies.store(tx, feed, plan.documents, credited)
    for subject, state in plan.lots:
        key = pair_key(subject.name, subject.part)
        if state is None:
            feed.delete("lot", key)
        else:
            feed.put("lot", key, msgspec.json.encode(state))
    _store_containers(tx, feed, plan.containers)
    handovers.store(feed, plan.handovers)
    for subject, row in plan.loose:
        key = pair_key(subject.name, subject.part)
        if row is None:
            feed.delete("inside", key)
        else:
            feed.put("inside", key, msgspec.json.encode(row))
    _set_aside(tx, feed, plan.aside)
    derived_exceptions.store(tx, feed, plan.lost)
    clocks_ahead.store(tx, feed, plan.ahead)
    derived_exceptions.forget(tx, feed, plan.answered)
    tx.run_many(
        "UPDATE device_epoch SET folded = ? WHERE device = ? AND epoch = ?",
        [(seq, device, epoch) for (device, epoch), seq in plan.applied.items()],
    )
    tx.run("UPDATE meta SET value = ? WHERE name = 'folded'", str(plan.end))
