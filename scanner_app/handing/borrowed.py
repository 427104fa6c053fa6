"""Facts of another handheld that came with a task: shown here until the server shows them.

They are not this handheld's events: they are never written to its journal's log or sent, so nothing counts twice. They
only lie between the cache and this handheld's own events, as its own do while the cache lacks them. A share goes when
the feed shows the event that gave the task away: everything that its handheld did before is then in the cache.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from scanner_app import records
from scanner_app.cache import Cache
from scanner_app.clockwork import local_iso, zone
from scanner_app.handing import counters
from scanner_app.journal import Journal
from scanner_app.overlay import OverlayRow
from scanner_app.workflows.flow import Counted
from tracking.events import Event
from tracking.later import Later

if TYPE_CHECKING:
    from scanner_app.handing import bundle as bundles
    from scanner_app.handing.bundle import Bundle, Share
else:
    bundles = Later("scanner_app.handing.bundle")

LOANS_MAX = 16
"""Hand-overs remembered; the oldest goes first."""
_META = "loans"
_ROWS = list[tuple[bytes, dict[int, int]]]
Unit = tuple[str, str]
"""(item, serial)."""


class Loan(NamedTuple):
    """A hand-over that came here, and what this handheld had done itself by then."""

    bundle: Bundle
    mine: dict[int, int]
    """Line -> done by own events that the cache did not show when the task came: the giver may have known them."""


def kept(journal: Journal) -> list[Loan]:
    """The hand-overs that came here, oldest first."""
    text = journal.meta(_META)
    try:
        rows = msgspec.msgpack.decode(base64.b64decode(text), type=_ROWS) if text else []
    except (binascii.Error, msgspec.MsgspecError):
        return []
    found = ((bundles.unpacked(body), mine) for body, mine in rows)
    return [Loan(bundle, mine) for bundle, mine in found if bundle is not None]


def keep(journal: Journal, bundle: Bundle) -> None:
    """Remembers one more, durably."""
    mine = journal.overlay_tallies()[0].get(bundle.document, {})
    others = [loan for loan in kept(journal) if loan.bundle.id != bundle.id]
    rows = [(bundles.packed(loan.bundle), loan.mine) for loan in [*others, Loan(bundle, mine)][-LOANS_MAX:]]
    journal.put_meta(_META, base64.b64encode(msgspec.msgpack.encode(rows)).decode())


class Borrowed:
    """What others did, as far as a hand-over told it and the cache does not show it yet."""

    def __init__(self, journal: Journal, cache: Cache) -> None:
        self._device = journal.device
        self._loans = kept(journal)
        self._bundles = [loan.bundle for loan in self._loans]
        self._counters = counters.kept(journal)
        self._generation, self._cursor = cache.meta("generation"), int(cache.meta("cursor") or 0)
        self._partial = bool(cache.meta("partial"))
        self._cache = cache
        self._rows: dict[Unit, list[OverlayRow]] = {}
        self._loose: list[Event] = []
        self._open = [
            (bundle, share) for bundle in self._bundles for share in bundle.shares if self._uncovered(share)
        ]
        self._read()

    def _uncovered(self, share: Share) -> bool:
        if share.device == self._device:
            return False
        if self._partial:
            return True
        body = self._cache.record("handover", share.id)
        # The row may be there already because the taker reported first; then it does not name the giver.
        return not body or not records.HAND_OVER.decode(body).device

    def _read(self) -> None:
        where, site = zone(self._cache.meta("timezone")), self._cache.meta("site")
        seen: set[str] = set()
        for bundle, share in self._open:
            for fact in share.facts:
                at = local_iso((bundle.at_s - fact.ago_s) * 1000, where)
                event = bundles.event_of(fact, share, bundle, at=at, site=site)
                event = msgspec.structs.replace(event, party=event.party or self._party(bundle.document))
                if event.ref in seen:
                    continue
                seen.add(event.ref)
                if event.serial:
                    row = OverlayRow(event, fact.before)
                    self._rows.setdefault((event.item, event.serial), []).append(row)
                else:
                    self._loose.append(event)

    def _party(self, number: str) -> str:
        body = self._cache.record("document", number) if number else b""
        return records.DOCUMENT.decode(body).party if body else ""

    # -- what it adds -----------------------------------------------------------------------------------------------

    def items_of(self, serial: str) -> Iterator[str]:
        """Items under which a serial number was handed over."""
        return (item for item, name in self._rows if name == serial)

    def rows_of(self, item: str, serial: str, shown: str) -> list[OverlayRow]:
        """What others did with a unit; ``shown`` is the event that the cache's row stands on."""
        return [row for row in self._rows.get((item, serial), ()) if row.event.ref != shown]

    def units(self) -> Collection[Unit]:
        """Every unit that was handed over."""
        return self._rows.keys()

    def events(self) -> Iterator[Event]:
        """All facts, for what is in what."""
        for rows in self._rows.values():
            yield from (row.event for row in rows)
        yield from self._loose

    def shares(self, subject: str) -> tuple[Share, ...]:
        """What is to be passed on with a task about this subject: what the server may not have, and counts."""
        found: list[Share] = []
        for share in _newest(self._bundles, "subject", subject):
            if share.device == self._device:
                continue
            if self._uncovered(share):
                found.append(share)
            elif share.counted or share.people:
                found.append(msgspec.structs.replace(share, own={}, facts=(), left_out=0))
        return tuple(found)

    def base(self, number: str, done: Mapping[int, int]) -> dict[int, int]:
        """What the server has of a document, by line: the cache's figures, or those of a giver who knew newer ones."""
        lines = dict(done)
        for bundle in self._bundles:
            if bundle.document == number and self._is_behind(bundle):
                for line, count in bundle.base.items():
                    lines[line] = max(lines.get(line, 0), count)
        return lines

    def _is_behind(self, bundle: Bundle) -> bool:
        """True where this cache does not show yet what the giver's cache showed."""
        other_life = bundle.generation != self._generation[: len(bundle.generation)]
        return bool(bundle.cursor) and (other_life or self._partial or self._cursor < bundle.cursor)

    def done(self, number: str, cached: Mapping[int, int], own: Mapping[int, int]) -> dict[int, int]:
        """Done by line: what the cache says, what others have done beside it, and this handheld's own.

        A giver who knew more of the server's figures than this cache may have known own events of before, too: the
        larger of the two stands, so that nothing is ever counted twice and an order never closes too early.
        """
        lines = {line: cached.get(line, 0) + own.get(line, 0) for line in {*cached, *own}}
        for loan in self._loans:
            if loan.bundle.document == number and self._is_behind(loan.bundle):
                for line, count in loan.bundle.base.items():
                    since = max(0, own.get(line, 0) - max(0, loan.mine.get(line, 0)))
                    lines[line] = max(lines.get(line, 0), count + since)
        for share in _newest(self._bundles, "document", number):
            if self._uncovered(share):
                for line, count in share.own.items():
                    lines[line] = lines.get(line, 0) + count
        return lines

    def counted(self, number: str, recount: int, own: Counted) -> Counted:
        """What was counted on a sheet in one round, with what others counted before they handed it over."""
        here, people, empty = dict(own.here), set(own.people), set(own.empty)
        for share in _newest(self._bundles, "document", number):
            if share.device != self._device and share.recount == recount:
                for place, count in share.counted.items():
                    here[place] = here.get(place, 0) + count
                people.update(share.people)
                empty.update(share.empty)
        people.update(self.counters(number, recount))
        return own._replace(here=here, people=frozenset(people), empty=frozenset(empty))

    def counters(self, number: str, recount: int) -> tuple[str, ...]:
        """Badges of those who counted in a round elsewhere, by the server's list."""
        return self._counters.get(number, {}).get(recount, ())


def _newest(bundles: Iterable[Bundle], field: str, value: str) -> tuple[Share, ...]:
    """The last share of each handheld in a task: it counts what the ones before it counted."""
    found: dict[str, Share] = {}
    for bundle in bundles:
        for share in bundle.shares if getattr(bundle, field) == value else ():
            other = found.get(share.device)
            if other is None or (other.epoch, other.seq) < (share.epoch, share.seq):
                found[share.device] = share
    return tuple(found.values())
