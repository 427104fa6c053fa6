"""The goods that a document is about: what would arrive on it, be picked for it, built on it or sent back.

Units that exist are taken from the site's stock, those that expire first before the others, and never for two
documents at once. Units that do not exist yet get serial numbers that their item would accept. Nothing is
random: the same site file gives the same goods.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from scanner_app.label_serials import new_serials
from tracking.dates import expired
from tracking.documents import Document, Line
from tracking.lifecycle import IN_STOCK
from tracking.site import Item, OpeningUnit, Site

GOODS_MAX = 20_000
"""Goods of one document; what is beyond gets no label."""

SHIPPABLE = ("received", "produced")
DEPTH_MAX = 20
"""Levels of products within products that are followed."""

NO_EXPIRY = "9999-12-31"


class Goods(msgspec.Struct, frozen=True, kw_only=True):
    """One unit, or a quantity of a lot or of an untracked item."""

    item: str
    line: int = 0
    serial: str = ""
    lot: str = ""
    expiry: str = ""
    """ISO date, or empty."""
    quantity: int = 1


def goods_by_document(site: Site, today: date) -> dict[str, tuple[Goods, ...]]:
    """Document number -> its goods, for every document of the site, in the order of its lines."""
    shelf = _Shelf(site, today)
    return {document.number: tuple(shelf.goods_of(document))[:GOODS_MAX] for document in site.documents}


class _Shelf:
    """The site's units, and which of them a document has already taken."""

    def __init__(self, site: Site, today: date) -> None:
        self.today = today
        self.items = {item.item: item for item in site.items}
        self.units = {(unit.item, unit.serial): unit for unit in site.units}
        self.parents = {place.location: place.parent for place in site.locations}
        self.taken: set[tuple[str, str]] = set()
        self.names = set(self.units)
        self.names |= {
            (line.item, serial) for doc in site.documents for line in doc.lines for serial in line.serials
        }
        self.by_item: defaultdict[str, list[OpeningUnit]] = defaultdict(list)
        for unit in sorted(site.units, key=lambda unit: (unit.expiry or NO_EXPIRY, unit.serial)):
            self.by_item[unit.item].append(unit)

    def goods_of(self, document: Document) -> Iterable[Goods]:
        if document.type == "count_sheet":
            yield from self._found_at(document.location)
        elif document.type == "work_order":
            yield from self._built_on(document)
        elif document.type == "recall":
            yield from self._recalled(document)
        else:
            for line in document.lines:
                yield from self._line(document, line)

    def _line(self, document: Document, line: Line) -> Iterable[Goods]:
        item = self.items.get(line.item)
        if item is None:
            return
        if line.serials:
            yield from (self._known(line, serial) for serial in line.serials)
        elif item.tracking != "serial":
            yield self._bulk(item, line, document.number)
        elif document.type in {"purchase_order", "asn"}:
            yield from self._new(item, line, document.number)
        elif document.type == "sales_order":
            yield from self._picked(line, line.quantity, document.number)

    def _built_on(self, document: Document) -> Iterable[Goods]:
        """Product after product: its serial number, then the components that go into it."""
        for line in document.lines:
            product = self.items.get(line.item)
            for built in self._new(product, line, document.number) if product is not None else ():
                yield msgspec.structs.replace(built, lot="", expiry="")
                for position in document.bom:
                    part = Line(line=line.line, item=position.item, quantity=position.quantity)
                    item = self.items.get(position.item)
                    if item is None:
                        continue
                    if item.tracking == "serial":
                        yield from self._picked(part, position.quantity, document.number)
                    else:
                        yield self._bulk(item, part, item.item)

    def _known(self, line: Line, serial: str) -> Goods:
        unit = self.units.get((line.item, serial))
        if unit is None:
            return Goods(item=line.item, line=line.line, serial=serial, lot=line.lot)
        return _of_unit(unit, line.line)

    def _new(self, item: Item, line: Line, number: str) -> Iterable[Goods]:
        """Units that nobody has seen yet: one lot a line, as one delivery has."""
        pattern = self._bulk(item, line, number)
        for serial in new_serials(item, number, self.names, min(line.quantity, GOODS_MAX)):
            yield msgspec.structs.replace(pattern, serial=serial, quantity=1)

    def _bulk(self, item: Item, line: Line, key: str) -> Goods:
        """A quantity with the lot and the date that the item wants to know."""
        lot = expiry = ""
        if item.tracking == "lot" or "lot" in item.requires:
            lot = line.lot or f"{self.today:%y}-{100 + zlib.crc32(f'{key}:{item.item}'.encode()) % 900}"
        if item.shelf_life_days or "expiry" in item.requires:
            expiry = (self.today + timedelta(days=item.shelf_life_days or 365)).isoformat()
        return Goods(item=item.item, line=line.line, lot=lot, expiry=expiry, quantity=line.quantity)

    def _picked(self, line: Line, count: int, number: str) -> Iterable[Goods]:
        """Sound units of the stock: those booked for this document first, then those that expire first."""
        booked_first = sorted(self.by_item[line.item], key=lambda unit: unit.status != "booked")
        for unit in booked_first:
            if count <= 0:
                return
            mine = unit.status in SHIPPABLE or (unit.status == "booked" and unit.document == number)
            key = (unit.item, unit.serial)
            if not mine or key in self.taken or unit.flags or expired(unit.expiry, self.today):
                continue
            self.taken.add(key)
            count -= 1
            yield _of_unit(unit, line.line)

    def _found_at(self, location: str) -> Iterable[Goods]:
        """What a person who counts there would find: everything in stock that is not missing."""
        for unit in self.units.values():
            if (
                unit.status in IN_STOCK
                and "missing" not in unit.flags
                and self._inside(unit.location, location)
            ):
                yield _of_unit(unit, 0)

    def _inside(self, location: str, outer: str) -> bool:
        for _ in range(len(self.parents) + 1):
            if location == outer or not location:
                return location == outer != ""
            location = self.parents.get(location, "")
        return False

    def _recalled(self, document: Document) -> Iterable[Goods]:
        """What of a recall is still in the house: a part that is built in comes with its product."""
        found: dict[tuple[str, str], Goods] = {}
        for line in document.lines:
            for serial in line.serials:
                unit = self.units.get((line.item, serial))
                for _ in range(DEPTH_MAX):
                    if unit is None or unit.installed_in is None:
                        break
                    unit = self.units.get((unit.installed_in.item, unit.installed_in.serial))
                if unit is not None and unit.status in IN_STOCK:
                    found[unit.item, unit.serial] = _of_unit(unit, line.line)
        yield from found.values()


def _of_unit(unit: OpeningUnit, line: int) -> Goods:
    return Goods(item=unit.item, line=line, serial=unit.serial, lot=unit.lot, expiry=unit.expiry)
