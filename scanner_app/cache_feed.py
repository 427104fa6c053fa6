"""Filling the cache: from a page of the server's feed, or from a site file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scanner_app.cache import Cache
from scanner_app.records import KINDS, SITE, LotRecord
from sync.cache_file import TAIL_CHARS
from sync.wire import FeedPage, FeedRow, WireError, pair_key, pair_of_key
from tracking.containers import ContainerState
from tracking.documents import Tally, called_back, opening_line
from tracking.later import Later
from tracking.lifecycle import STATUSES
from tracking.people import KnownOperator
from tracking.pins import SALT_BYTES, pin_hash
from tracking.policy import stated
from tracking.prefix_rules import PrefixRules
from tracking.site import OpeningUnit, Site
from tracking.units import UnitState

if TYPE_CHECKING:
    import secrets
else:
    secrets = Later("secrets")

_UNITS = msgspec.json.Decoder(list[UnitState])
COMING = "tally coming"
"""Kind of the tallies of a download that is not complete."""
REPLACING = "replacing"
SITE_UNITS_PER_PUT = 5000
UNITS_A_PUT = 100


def apply_page(cache: Cache, page: FeedPage) -> bool:
    """Applies a page and its cursor in one transaction. True if any row changed.

    Raises :class:`msgspec.MsgspecError` or :class:`sync.wire.WireError` for a row that is none; then nothing of the
    page was applied.
    """
    changed = bool(page.rows)
    with cache.transaction():
        if cache.meta(REPLACING):
            _empty(cache)
            changed = True
        _put_units(cache, [row for row in page.rows if row.table == "unit" and row.op == "put"])
        for row in page.rows:
            if row.table != "unit":
                _apply_row(cache, row, whole=not page.more)
            elif row.op == "del":
                cache.delete_unit(*pair_of_key(row.key))
        if not page.more:
            changed |= _take_tallies(cache)
        _position(cache, page)
    return changed


def _position(cache: Cache, page: FeedPage) -> None:
    cache.put_meta("cursor", str(page.next))
    cache.put_meta("generation", page.generation)
    if page.began:
        cache.put_meta("began", str(page.began))
    cache.put_meta("confirmed_ms", str(page.server_ms))
    cache.put_meta("partial", "1" if page.more else "")
    if page.applied_epochs:
        cache.put_meta("applied", msgspec.json.encode(page.applied_epochs).decode())
        cache.put_meta("applied_chains", msgspec.json.encode(page.applied_chains).decode())


def applied(cache: Cache) -> dict[int, int]:
    """Epoch -> the newest own event that the cache shows; written with the rows that show it."""
    text = cache.meta("applied")
    return msgspec.json.decode(text, type=dict[int, int]) if text else {}


def applied_chains(cache: Cache) -> dict[int, str]:
    """Epoch -> the chain at that event, hex; none of a server that does not tell."""
    text = cache.meta("applied_chains")
    return msgspec.json.decode(text, type=dict[int, str]) if text else {}


def _apply_row(cache: Cache, row: FeedRow, *, whole: bool) -> None:
    """``whole``: the device's own events show in the rows up to the end of this page, and not only in part."""
    if row.table not in KINDS:
        return  # of a newer server
    body = bytes(row.row) if row.op == "put" else b""
    if body:
        # Read once before it is kept: what cannot be read later would stop every start.
        KINDS[row.table].decode(body)
    if row.table == "tally" and not whole:
        # Own events count on top until the last page says that they are in these numbers: not twice meanwhile.
        cache.put_record(COMING, row.key, body)
        return
    if row.table == "tally":
        cache.delete_record(COMING, row.key)
    if not body:
        cache.delete_record(row.table, row.key)
        return
    if row.table == "site":
        cache.put_meta("site", row.key)
        cache.put_meta("timezone", SITE.decode(body).timezone)
    cache.put_record(row.table, row.key, body)


def _put_units(cache: Cache, rows: list[FeedRow]) -> None:
    """The units of a page, which has each of them once. Roughly in the order of the cache's tree, so that neighbours
    share a page of it, and few at a time, so that what was read is still near the processor when it is written.
    """
    rows.sort(key=_tail)
    for start in range(0, len(rows), UNITS_A_PUT):
        some = [row.row for row in rows[start : start + UNITS_A_PUT]]
        units = _UNITS.decode(b"[" + b",".join(some) + b"]")
        for status in {unit.status for unit in units}.difference(STATUSES):
            raise WireError(f"status {status[:40]!r} of a unit is not known here")
        cache.put_units(units)


def _tail(row: FeedRow) -> str:
    """Where a unit's serial number ends, in its key."""
    return row.key[-2 - TAIL_CHARS : -2]


def _take_tallies(cache: Cache) -> bool:
    coming = list(cache.records(COMING))
    for key, body in coming:
        if body:
            cache.put_record("tally", key, body)
        else:
            cache.delete_record("tally", key)
        cache.delete_record(COMING, key)
    return bool(coming)


def replace(cache: Cache) -> None:
    """The cursor is of no use any more: the rows stay until the first page of the new download is here."""
    with cache.transaction():
        cache.put_meta(REPLACING, "1")
        cache.put_meta("cursor", "0")
        cache.put_meta("began", "0")
        cache.put_meta("generation", "")


def _empty(cache: Cache) -> None:
    cache.empty()
    cache.put_meta("applied", "")
    cache.put_meta("applied_chains", "")
    cache.put_meta(REPLACING, "")


def load_site(cache: Cache, site: Site) -> None:
    """Fills the cache from a site file, as a server would: for replay, and for a handheld that works alone."""
    encode = msgspec.json.encode
    with cache.transaction():
        for item in site.items:
            cache.put_record("item", item.item, encode(item))
        for party in site.parties:
            cache.put_record("party", party.party, encode(party))
        for place in site.locations:
            cache.put_record("location", place.location, encode(place))
        for operator in site.operators:
            known = KnownOperator(
                badge=operator.badge,
                name=operator.name,
                roles=operator.roles,
                pin_hash=pin_hash(operator.pin, secrets.token_bytes(SALT_BYTES)),
            )
            cache.put_record("operator", operator.badge, encode(known))
        for document in site.documents:
            cache.put_record("document", document.number, encode(document))
        for container in {unit.container for unit in site.units if unit.container}:
            cache.put_record("container", container, encode(ContainerState(container=container, known=True)))
        for number, tally in _opening_tallies(site).items():
            cache.put_record("tally", number, encode(tally))
        cache.put_record("policy", site.site, encode(stated(site)))
        if site.prefix_rules is not None:
            cache.put_record("prefix_rules", site.site, encode(PrefixRules(rules=site.prefix_rules)))
        recalled, lots = called_back(site.documents)
        for item_number, lot in lots:
            cache.put_record("lot", pair_key(item_number, lot), encode(LotRecord(flags=("recalled",))))
        listed = {(unit.item, unit.serial) for unit in site.units}
        cache.put_units(
            UnitState(item=number, serial=serial, flags=("recalled",)) for number, serial in recalled - listed
        )
        for place0 in range(0, len(site.units), SITE_UNITS_PER_PUT):
            units = site.units[place0 : place0 + SITE_UNITS_PER_PUT]
            cache.put_units(_opening_state(unit, recalled) for unit in units)
        for key, value in (("site", site.site), ("timezone", site.timezone), ("today", site.today)):
            cache.put_meta(key, value)


def _opening_state(unit: OpeningUnit, recalled: set[tuple[str, str]]) -> UnitState:
    return UnitState(
        item=unit.item,
        serial=unit.serial,
        status=unit.status,
        flags=tuple(sorted({*unit.flags, *(("recalled",) if (unit.item, unit.serial) in recalled else ())})),
        lot=unit.lot,
        expiry=unit.expiry,
        location=unit.location,
        document=unit.document,
        container=unit.container,
        supplier=unit.supplier,
        customer=unit.customer,
        sold_on=unit.sold_on,
        installed_in_item=unit.installed_in.item if unit.installed_in else "",
        installed_in_serial=unit.installed_in.serial if unit.installed_in else "",
        evidence="imported",
    )


def _opening_tallies(site: Site) -> dict[str, Tally]:
    """What the opening units already credit to the documents that they name."""
    documents = {document.number: document for document in site.documents}
    tallies: dict[str, Tally] = {}
    for unit in site.units:
        document = documents.get(unit.document)
        line = opening_line(document, unit.item, unit.serial, unit.status) if document is not None else 0
        if line:
            tallies[unit.document] = tallies.get(unit.document, Tally()).plus(line, 1)
    return tallies
