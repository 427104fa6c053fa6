"""What must hold: all the time, and when everything has come to rest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from scanner_app.audit import verify
from server import ledger
from tests.simulation.terminal import Fact, Terminal
from tracking import chain
from tracking.documents import tally_of
from tracking.events import Event, decode_body
from tracking.exceptions import ExceptionRecord, exceptions_of
from tracking.units import UnitState, fold, without_cancelled

if TYPE_CHECKING:
    from tests.simulation.world import World

UnitName = tuple[str, str]
EventName = tuple[str, int, int]
"""Device, epoch, seq."""
OF_NO_UNIT = ("not_understood", "lost_range", "clock_ahead")
WATCHED = 5
"""So many of a person's newest units are looked at whenever the sync agent did something."""


# -- all the time ---------------------------------------------------------------------------------------------------


def no_flicker(terminal: Terminal) -> None:
    """What a person heard a beep for is never unknown to that handheld again."""
    knows = terminal.session.knows
    for item, serial in tuple(terminal.standing)[-WATCHED:]:
        knows.forget_scan()
        unit = knows.unit(item, serial)
        if unit.status == "unknown" and not _held(terminal, serial):
            continue  # an old one that a backup holds: while the cache is made anew, nobody here knows it
        assert unit.status != "unknown", f"{terminal.name}: {serial} was received here and is unknown now"


def _held(terminal: Terminal, serial: str) -> bool:
    """Its journal still has something of this unit."""
    sql = "SELECT 1 FROM overlay WHERE serial = ?1 UNION SELECT 1 FROM covered WHERE serial = ?1"
    return terminal.handheld.journal.connection.execute(sql, (serial,)).fetchone() is not None


def promises_kept(world: World) -> None:
    """What the server said that it holds, it holds, also after it was killed."""
    with world.centre.storage.read() as reader:
        rows = reader.rows("SELECT device, epoch, hwm FROM device_epoch")
    held = {(device, epoch): hwm for device, epoch, hwm in rows}
    for name, hwm in world.network.promised.items():
        assert held.get(name, 0) >= hwm, (
            f"lost: {name} was answered up to {hwm}, {held.get(name, 0)} are left"
        )


# -- at rest --------------------------------------------------------------------------------------------------------


def at_rest(world: World) -> None:
    """Everything that is promised. Raises :class:`AssertionError`."""
    promises_kept(world)
    entries = _ledger(world)
    gone = _lost_ranges(world)
    _exactly_once(world, entries, gone)
    _dense_and_chained(entries, gone, world.going_back)
    expected = Expected(entries)
    _projections(world, expected)
    for terminal in world.terminals:
        world.seen.met["old events gone"] += bool(terminal.handheld.journal.anchors())
        findings = verify(terminal.handheld.journal).findings
        assert findings == (), f"{terminal.name}: {findings}"
        _replica(terminal, expected)


def _ledger(world: World) -> list[ledger.Entry]:
    with world.centre.storage.read() as reader:
        entries = ledger.after(reader, 0, 1_000_000)
    return [entry for entry in entries if entry.device != "office"]


def _lost_ranges(world: World) -> set[EventName]:
    """Events that are named in an exception as lost: an older backup than the handhelds were told of was put back."""
    with world.centre.storage.read() as reader:
        rows = reader.rows("SELECT body FROM exception WHERE kind = 'lost_range'")
    found: set[EventName] = set()
    for (body,) in rows:
        record = msgspec.json.decode(body, type=ExceptionRecord)
        device, epoch, first = record.first.ref.split("/")
        last = int(record.second.ref.split("/")[2])
        found |= {(device, int(epoch), seq) for seq in range(int(first), last + 1)}
    assert not found or "older restore" in world.seen.faults, f"lost: {sorted(found)[:3]}"
    world.seen.met["lost range"] += bool(found)
    return found


def _exactly_once(world: World, entries: list[ledger.Entry], gone: set[EventName]) -> None:
    """The union of everything beeped, each once; of a copied handheld, what is not there is still on the copy."""
    held = Counter(Fact(entry.device, entry.epoch, entry.seq, entry.chain.hex()) for entry in entries)
    doubled = [fact for fact, count in held.items() if count > 1]
    assert not doubled, f"doubled: {doubled[:3]}"
    beeped = world.facts
    strange = held.keys() - beeped - world.perhaps
    assert not strange, f"nobody scanned these: {sorted(strange)[:3]}"
    lost = {fact for fact in beeped - held.keys() if fact[:3] not in gone}
    for terminal in world.terminals:
        if lost and terminal.forked:
            journal = terminal.handheld.journal
            kept = {Fact(terminal.device, epoch, seq, link.hex()) for epoch, seq, _, link in journal.rows()}
            assert "tell the office" in terminal.trouble, f"{terminal.name} does not say that it is a copy"
            lost -= kept | _of_a_lost_backup(world, terminal, lost)
    assert not lost, f"lost: {len(lost)}, {sorted(lost)[:3]}"


def _of_a_lost_backup(world: World, terminal: Terminal, lost: set[Fact]) -> set[Fact]:
    """What a copy let go of because a backup held it, when that backup was then not put back: it says from where on."""
    gone: set[Fact] = set()
    for epoch, anchor in terminal.handheld.journal.anchors().items():
        own = {fact for fact in terminal.facts & lost if fact.epoch == epoch and fact.seq <= anchor.seq}
        if own and "older restore" in world.seen.faults and f"from {anchor.seq + 1} on," in terminal.trouble:
            world.seen.met["lost with a backup"] += 1
            gone |= own
    return gone


def _dense_and_chained(entries: list[ledger.Entry], gone: set[EventName], going_back: set[str]) -> None:
    chains: dict[tuple[str, int], list[ledger.Entry]] = defaultdict(list)
    for entry in entries:
        chains[entry.device, entry.epoch].append(entry)
    for name, own in chains.items():
        own.sort(key=lambda entry: entry.seq)
        due = [seq for seq in range(1, own[-1].seq + 1) if (*name, seq) not in gone]
        assert [entry.seq for entry in own] == due, f"{name} has gaps"
        for before, after in pairwise(own):
            chained = chain.next_link(before.chain, after.body) == after.chain
            assert chained or after.seq != before.seq + 1, f"{name}/{after.seq} is not chained"
        times = [event.said_hlc or event.hlc for event in map(_understood, own) if event is not None]
        assert name[0] in going_back or times == sorted(set(times)), (
            f"{name}: what came later is said to be earlier"
        )


class Expected:
    """What the events come to, worked out from the ledger alone: all of them at once, in one go."""

    def __init__(self, entries: list[ledger.Entry]) -> None:
        self.units: dict[UnitName, UnitState] = {}
        self.exceptions: dict[str, ExceptionRecord] = {}
        self.done: dict[str, dict[int, int]] = {}
        self.conflicts: list[UnitName] = []
        by_unit: dict[UnitName, list[Event]] = defaultdict(list)
        by_ref: dict[str, Event] = {}
        for entry in entries:
            event = _understood(entry)
            if event is not None:
                by_ref[event.ref] = event
        self.ahead = _first_ahead(by_ref.values())
        for event in by_ref.values():
            for name in _names(event, by_ref):
                by_unit[name].append(event)
        accepted: dict[str, list[Event]] = defaultdict(list)
        for (item, serial), events in by_unit.items():
            folded = fold(item, serial, events)
            if folded.state.status != "unknown" or folded.state.flags:
                self.units[item, serial] = folded.state
            for record in exceptions_of(item, serial, events):
                self.exceptions[record.key] = record
            for event in folded.accepted:
                accepted[event.document].append(event)
            if _conflicting(events):
                self.conflicts.append((item, serial))
        for document, counted in accepted.items():
            done: dict[int, int] = tally_of(counted).done
            if document and done:
                self.done[document] = done


def _first_ahead(events: Iterable[Event]) -> set[str]:
    """Names of the exceptions of handhelds whose clock was ahead: of each epoch its first such event."""
    first: dict[tuple[str, int], int] = {}
    for event in events:
        if event.said_hlc:
            name = (event.device, event.epoch)
            first[name] = min(event.seq, first.get(name, event.seq))
    return {f"clock_ahead/{device}/{epoch}/{seq}" for (device, epoch), seq in first.items()}


def _understood(entry: ledger.Entry) -> Event | None:
    try:
        event = decode_body(
            entry.body, device=entry.device, epoch=entry.epoch, seq=entry.seq, hash=entry.chain.hex()
        )
    except msgspec.MsgspecError:
        return None
    return _as_it_counts(event, entry) if event.schema <= 1 and event.step != "teleporting" else None


AHEAD_MS_MAX = 240_000
"""Four minutes: what bears a later time than that was not written then."""


def _as_it_counts(event: Event, entry: ledger.Entry) -> Event:
    """As written when it was received, where its clock says that it was written long after."""
    if event.hlc >> 16 <= entry.received_ms + AHEAD_MS_MAX:
        return event
    said = datetime.fromisoformat(event.at)
    received = datetime.fromtimestamp(entry.received_ms / 1000, said.tzinfo)
    wrong = said - received > timedelta(milliseconds=AHEAD_MS_MAX)
    at = received.isoformat(timespec="milliseconds") if wrong else event.at
    return msgspec.structs.replace(event, hlc=entry.received_ms << 16, said_hlc=event.hlc, at=at)


def _names(event: Event, by_ref: dict[str, Event]) -> set[UnitName]:
    """The units that an event is about: its own, and those of whatever it takes back."""
    found: set[UnitName] = set()
    while True:
        if event.serial and event.item:
            found.add((event.item, event.serial))
        if not event.cancels or event.cancels not in by_ref:
            return found
        event = by_ref[event.cancels]


def _conflicting(events: list[Event]) -> bool:
    """Two that say they received it, or shipped it, and nobody took either back: no rule needed to see that."""
    stated = Counter(event.step for event in without_cancelled(events))
    return not stated["returning"] and (stated["receiving"] > 1 or stated["shipping"] > 1)


def _projections(world: World, expected: Expected) -> None:
    with world.centre.storage.read() as reader:
        units = {(row[0], row[1]): row[2] for row in reader.rows("SELECT item, serial, status FROM unit")}
        keys = {row[0] for row in reader.rows("SELECT key FROM exception WHERE item <> ''")}
        named = {(row[0], row[1]) for row in reader.rows("SELECT item, serial FROM exception")}
        ahead = {row[0] for row in reader.rows("SELECT key FROM exception WHERE kind = 'clock_ahead'")}
        done: dict[str, str] = dict(reader.rows("SELECT document, done FROM tally"))
    assert units == {name: unit.status for name, unit in expected.units.items()}, "the server's units"
    assert keys == expected.exceptions.keys(), "the server's exceptions"
    assert ahead == expected.ahead, "whose clocks were ahead"
    world.seen.met["clock ahead"] += bool(ahead)
    assert {document: msgspec.json.decode(text, type=dict[int, int]) for document, text in done.items()} == (
        expected.done
    ), "the server's tallies"
    unnamed = [name for name in expected.conflicts if name not in named]
    assert not unnamed, f"conflicts without an exception: {unnamed[:3]}"


def _replica(terminal: Terminal, expected: Expected) -> None:
    cache, name = terminal.handheld.cache, terminal.name
    held = {(unit.item, unit.serial): unit for unit in cache.all_units()}
    assert held.keys() == expected.units.keys(), f"{name}: other units than the server's"
    for unit, state in held.items():
        assert state == expected.units[unit], f"{name}: {unit} {state} {expected.units[unit]}"
    exceptions = {key for key, _ in cache.records("exception")}
    assert {key for key in exceptions if key.startswith("clock_ahead")} == expected.ahead, f"{name}: clocks"
    assert {key for key in exceptions if not key.startswith(OF_NO_UNIT)} == expected.exceptions.keys(), name
    if terminal.forked:
        return
    for document, done in expected.done.items():
        assert terminal.session.knows.tally(document).done == done, f"{name}: {document}"
