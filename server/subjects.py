"""Which units, documents and lots an event concerns, cancellations across devices included.

A cancellation concerns what its target concerns, whichever of the two arrives first, at any depth (undo of an undo).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Mapping
from typing import NamedTuple

from server import handovers, ledger
from server.storage import Reader, Writer, placeholders
from tracking import loose
from tracking.containers import is_about_container
from tracking.events import Event


class Subject(NamedTuple):
    """What a fold is made of: a unit, a document's events without a serial number, a container's, or a lot's."""

    kind: str
    """``unit``, ``document``, ``container``, ``lot``, ``count``, ``inside``, ``settled`` or ``handover``."""
    name: str
    """Item, document number, or the container's code."""
    part: str = ""
    """Serial number, or lot."""


class Links(NamedTuple):
    """What a batch of events adds to the subject and cancellation tables."""

    subjects: dict[Subject, set[int]]
    """Subject -> positions that it did not have before; may name older events whose target came only now."""
    cancellations: list[tuple[str, int, str]]
    """(target, position, own reference)."""


COUNT = "count"
"""Kind of what is asked of a count sheet: everything that was done on it. Nothing is folded of it ahead."""

INSIDE = "inside"
"""Kind of what is in a product, or with an empty item in a container: lots and untracked parts."""


LEFT = "left"
"""Kind of what is asked of a product: units that came out of it again. Nothing is folded of it ahead."""

SETTLED = "settled"
"""Kind of what is asked when somebody looks at the answers to exceptions. Nothing is folded of it ahead."""


def own_subjects(event: Event) -> frozenset[Subject]:
    """What an event concerns by its own fields."""
    counted = event.task == "stocktake" and event.document
    found = {Subject(COUNT, event.document)} if counted else set()
    if event.settles:
        found.add(Subject(SETTLED, ""))
    if event.serial:
        if event.step == "removing" and event.parent_serial:
            found.add(Subject(LEFT, event.parent_item, event.parent_serial))
        return frozenset(found | {Subject("unit", event.item, event.serial)} if event.item else found)
    if event.document:
        found.add(Subject("document", event.document))
    if is_about_container(event):
        found.add(Subject("container", event.container))
    if event.lot and event.item:
        found.add(Subject("lot", event.item, event.lot))
    if event.step == handovers.STEP:
        found.add(Subject(handovers.KIND, event.follows or event.ref))
    holder = loose.holder_of(event)
    if holder is not None:
        found.add(Subject(INSIDE, *holder))
    return frozenset(found)


def link(reader: Reader, events: Mapping[int, Event]) -> Links:
    """The links of these events (position -> event), which are not in the tables yet."""
    position_of = {event.ref: position for position, event in events.items()}
    cancellers = _Cancellers(reader, events)
    known: dict[int, set[Subject]] = {}
    added: dict[Subject, set[int]] = defaultdict(set)

    def subjects_at(position: int) -> set[Subject]:
        if position not in known:
            known[position] = set() if position in events else _stored(reader, position)
        return known[position]

    for position, event in events.items():
        fresh = set(own_subjects(event))
        if event.cancels:
            target = position_of.get(event.cancels) or ledger.position_of(reader, event.cancels)
            fresh |= subjects_at(target) if target is not None else set()
        waiting = deque([(position, fresh)])
        while waiting:
            at, candidates = waiting.popleft()
            new = candidates - subjects_at(at)
            if not new:
                continue
            known[at] |= new
            for subject in new:
                added[subject].add(at)
            for canceller in cancellers.of(at):
                waiting.append((canceller, new))
    cancellations = [
        (event.cancels, position, event.ref) for position, event in events.items() if event.cancels
    ]
    return Links(dict(added), cancellations)


class _Cancellers:
    """Which events cancel the one at a position: those of this batch and those in the database."""

    def __init__(self, reader: Reader, events: Mapping[int, Event]) -> None:
        self._reader = reader
        self._ref_of = {position: event.ref for position, event in events.items()}
        self._by_target: dict[str, set[tuple[int, str]]] = defaultdict(set)
        for position, event in events.items():
            if event.cancels:
                self._by_target[event.cancels].add((position, event.ref))
        self._load(list(self._ref_of.values()))

    def of(self, position: int) -> list[int]:
        """Their positions. Knows only events of the batch and what was found by asking about those."""
        found = self._by_target.get(self._ref_of.get(position, ""))
        if not found:
            return []
        unseen = {at: ref for at, ref in found if at not in self._ref_of}
        self._ref_of.update(unseen)
        self._load(list(unseen.values()))
        return [at for at, _ in found]

    def _load(self, refs: list[str]) -> None:
        for start in range(0, len(refs), 500):
            part = refs[start : start + 500]
            sql = (
                f"SELECT target, position, ref FROM cancellation WHERE target IN ({placeholders(len(part))})"  # noqa: S608
            )
            for target, position, ref in self._reader.rows(sql, *part):
                self._by_target[target].add((position, ref))


def _stored(reader: Reader, position: int) -> set[Subject]:
    return {
        Subject(*row)
        for row in reader.rows("SELECT kind, name, part FROM subject WHERE position = ?", position)
    }


def store(tx: Writer, links: Links) -> None:
    """Write the links down."""
    tx.insert(
        "subject",
        ("kind", "name", "part", "position"),
        [(*subject, position) for subject, positions in links.subjects.items() for position in positions],
    )
    tx.insert("cancellation", ("target", "position", "ref"), links.cancellations)


Found = list[tuple[int, Event]]
"""Events of a subject with their positions."""


def events_of(reader: Reader, subject: Subject) -> Found:
    """All events of a subject."""
    return [
        (entry.position, event)
        for entry in ledger.of_subject(reader, *subject)
        if isinstance(event := ledger.event_of(entry), Event)
    ]


def events_with(
    reader: Reader, added: Mapping[Subject, Collection[int]], batch: Mapping[int, Event]
) -> dict[Subject, Found]:
    """All events of these subjects: those stored, and the ones at the positions that a batch adds to each."""
    stored = ledger.of_subjects(reader, added)
    have = {subject: {entry.position for entry in stored.get(subject, ())} for subject in added}
    asked = {at for subject, positions in added.items() for at in positions if at not in have[subject]}
    event_at: dict[int, Event | ledger.Misunderstood] = dict(batch)
    for entry in ledger.at_positions(reader, asked - batch.keys()):
        event_at[entry.position] = ledger.event_of(entry)
    found: dict[Subject, Found] = {}
    for subject, positions in added.items():
        for entry in stored.get(subject, ()):
            if entry.position not in event_at:
                event_at[entry.position] = ledger.event_of(entry)
        places = [*sorted(have[subject]), *(at for at in positions if at not in have[subject])]
        events = ((at, event_at.get(at)) for at in places)
        found[subject] = [(at, event) for at, event in events if isinstance(event, Event)]
    return found
