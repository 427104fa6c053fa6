"""Loads a site file: master data into the replica, units as events of the office into the ledger.

Loading the same file again changes nothing. What a file leaves out stays; an import never overrules a scan.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from server import devices, ledger, replica, tallies
from server.badge_check import refuse_badges
from server.judge import links_of
from server.replica import Feed
from server.storage import Reader, Storage, Writer
from sync.wire import Imported, OperatorRow, SiteRow
from tracking import clock, pins
from tracking.chain import first_link
from tracking.documents import Document, called_back, opening_line
from tracking.events import Event, encode_body
from tracking.policy import stated
from tracking.prefix_rules import PrefixRules
from tracking.refused_rows import without_refused
from tracking.site import OpeningUnit, Operator, Site, SiteError, load

EPOCH = 1


def import_site(storage: Storage, site_name: str, data: bytes, now_ms: int) -> Imported:
    """Load a site file into one site. Raises :class:`tracking.site.SiteError` with one plain sentence.

    What is wrong in a row by itself is left out and named in the answer.
    """
    site = load(data)
    if site.site != site_name:
        raise SiteError(f"the site file is for site {site.site!r}, not for {site_name!r}: send it there")
    with storage.read() as reader:
        site, refused = without_refused(site, lambda item: replica.get(reader, "item", item) is not None)
        refuse_badges(reader, site)
        operators = [_operator_row(reader, site.site, operator) for operator in site.operators]
    with storage.write() as tx:
        feed = Feed(tx)
        load_into = _Loader(tx, feed)
        counts = {
            "items": load_into.rows("item", [(one.item, one) for one in site.items]),
            "parties": load_into.rows("party", [(one.party, one) for one in site.parties]),
            "locations": load_into.rows(
                "location", [(one.location, one) for one in site.locations], site.site
            ),
            "operators": load_into.rows("operator", [(one.badge, one) for one in operators], site.site),
            "documents": load_into.documents(site),
        }
        load_into.rows("policy", [(site.site, stated(site))], site.site)
        if site.prefix_rules is not None:
            rules = PrefixRules(rules=site.prefix_rules)
            load_into.rows("prefix_rules", [(site.site, rules)], site.site)
        load_into.rows("site", [(site.site, SiteRow(site=site.site, timezone=site.timezone))], site.site)
        bodies = [*load_into.openings(site, now_ms), *load_into.recalls(site, now_ms)]
        append_in_office_name(tx, storage.generation, bodies, now_ms)
        feed.flush()
        for document in site.documents:
            tallies.publish(tx, feed, document.number)
        feed.flush()
    return Imported(**counts, units=load_into.units, unchanged=load_into.unchanged, refused=refused)


def _operator_row(reader: Reader, site: str, operator: Operator) -> OperatorRow:
    """The row of a person; the hash that is there stays where it is of the same PIN, so that nothing changes.

    An older one that is cheap to guess at is made anew.
    """
    body = replica.get(reader, "operator", operator.badge, site)
    before = msgspec.json.decode(body, type=OperatorRow).pin_hash if body else ""
    same = bool(operator.pin and before) and pins.pin_matches(operator.pin, before)
    if not same or pins.is_cheap(before):
        before = pins.pin_hash(operator.pin, secrets.token_bytes(pins.SALT_BYTES))
    return OperatorRow(badge=operator.badge, name=operator.name, roles=operator.roles, pin_hash=before)


class _Loader:
    """Writes rows that differ from what is there, and counts them."""

    def __init__(self, tx: Writer, feed: Feed) -> None:
        self._tx = tx
        self._feed = feed
        self.unchanged = 0
        self.units = 0
        self._new_recalls: list[Document] = []

    def rows(self, table: str, rows: Sequence[tuple[str, object]], site: str = replica.COMPANY) -> int:
        """How many of these were new or changed."""
        changed = 0
        for key, value in rows:
            body = msgspec.json.encode(value)
            if replica.get(self._tx, table, key, site) == body:
                self.unchanged += 1
                continue
            self._feed.put(table, key, body, site)
            changed += 1
        return changed

    def documents(self, site: Site) -> int:
        """Documents; one that another site held until now moves here."""
        for document in site.documents:
            for other in replica.sites_of(self._tx, "document", document.number):
                if other != site.site:
                    self._feed.delete("document", document.number, other)
        self._new_recalls = [
            one
            for one in site.documents
            if one.type == "recall"
            and replica.get(self._tx, "document", one.number, site.site) != msgspec.json.encode(one)
        ]
        return self.rows("document", [(one.number, one) for one in site.documents], site.site)

    def recalls(self, site: Site, now_ms: int) -> Iterator[bytes]:
        """What a new or changed recall names is recalled from now on, on every handheld."""
        at = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")
        for document in self._new_recalls:
            units, lots = called_back([document])
            for item, serial in sorted(units):
                yield encode_body(_recalled(document, item, serial, "", site.site, at, now_ms))
            for item, lot in sorted(lots):
                yield encode_body(_recalled(document, item, "", lot, site.site, at, now_ms))

    def openings(self, site: Site, now_ms: int) -> Iterator[bytes]:
        """The events of units that the file tells anew. Flags of a unit that is known already are set beside it."""
        at = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")
        documents: dict[str, Document | None] = {one.number: one for one in site.documents}
        for unit in site.units:
            digest = hashlib.sha256(msgspec.json.encode((site.site, unit))).digest()
            row = self._tx.row(
                "SELECT digest FROM opening WHERE item = ? AND serial = ?", unit.item, unit.serial
            )
            if row and row[0] == digest:
                self.unchanged += 1
                continue
            self._tx.run(
                "INSERT INTO opening (item, serial, digest) VALUES (?, ?, ?)"
                " ON CONFLICT (item, serial) DO UPDATE SET digest = excluded.digest",
                unit.item,
                unit.serial,
                digest,
            )
            self.units += 1
            if unit.document not in documents:
                documents[unit.document] = self._document(unit.document)
            yield encode_body(_opening(site.site, unit, documents[unit.document], at, clock.pack(now_ms)))
            if row or self._is_known(unit):
                for flag in unit.flags:
                    yield encode_body(_flag(site.site, unit, flag, at, clock.pack(now_ms)))

    def _document(self, number: str) -> Document | None:
        """A document that an earlier file brought."""
        sites = replica.sites_of(self._tx, "document", number) if number else []
        body = replica.get(self._tx, "document", number, sites[0]) if sites else None
        return msgspec.json.decode(body, type=Document) if body else None

    def _is_known(self, unit: OpeningUnit) -> bool:
        sql = "SELECT 1 FROM subject WHERE kind = 'unit' AND name = ? AND part = ?"
        return self._tx.row(sql, unit.item, unit.serial) is not None


def _opening(site: str, unit: OpeningUnit, document: Document | None, at: str, hlc: int) -> Event:
    inside = unit.installed_in
    line = opening_line(document, unit.item, unit.serial, unit.status) if document is not None else 0
    return Event(
        step="commissioning",
        action="ADD",
        item=unit.item,
        serial=unit.serial,
        lot=unit.lot,
        expiry=unit.expiry,
        location=unit.location,
        document=unit.document,
        container=unit.container,
        line=line,
        party=unit.supplier,
        parent_item=inside.item if inside else "",
        parent_serial=inside.serial if inside else "",
        status=unit.status,
        flags=unit.flags,
        customer=unit.customer,
        sold_on=unit.sold_on,
        evidence="imported",
        source="import",
        site=site,
        at=at,
        hlc=hlc,
        clock="synced",
    )


def _recalled(document: Document, item: str, serial: str, lot: str, site: str, at: str, now_ms: int) -> Event:
    return Event(
        step="holding",
        action="ADD",
        item=item,
        serial=serial,
        lot=lot,
        flag="recalled",
        reason=document.number,
        evidence="imported",
        source="import",
        site=site,
        at=at,
        hlc=clock.pack(now_ms),
        clock="synced",
    )


def _flag(site: str, unit: OpeningUnit, flag: str, at: str, hlc: int) -> Event:
    return Event(
        step="holding",
        action="ADD",
        item=unit.item,
        serial=unit.serial,
        flag=flag,
        reason="site file",
        evidence="imported",
        source="import",
        site=site,
        at=at,
        hlc=hlc,
        clock="synced",
    )


def append_in_office_name(tx: Writer, generation: str, bodies: list[bytes], now_ms: int) -> None:
    """Write events in the office's name, on its own chain, as any device would."""
    if not bodies:
        return
    if devices.by_id(tx, devices.OFFICE) is None:
        devices.add(tx, devices.OFFICE, "Office", "", "no token", now_ms)
    held = devices.standing(tx, devices.OFFICE, EPOCH)
    prev = held.chain if held else first_link(devices.OFFICE, EPOCH, generation)
    first = held.hwm + 1 if held else 1
    links = links_of(prev, bodies)
    ledger.append(tx, devices.OFFICE, EPOCH, first, bodies, links, now_ms)
    devices.advance(tx, devices.OFFICE, EPOCH, prev, first + len(bodies) - 1, links[-1])
    devices.heard(tx, devices.OFFICE, now_ms, 0, EPOCH)
