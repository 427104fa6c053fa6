"""A badge is nothing else: what an import may not bring beside what is registered already.

The site file is held against itself when it is read (:mod:`tracking.site`); here it is held against the server, where
other files brought other people and other goods. A terminal takes a code that is both for the badge, everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from server.storage import Reader
from tracking.site import Site, SiteError


def refuse_badges(reader: Reader, site: Site) -> None:
    """Raises :class:`tracking.site.SiteError` naming the code that is a badge and something else as well."""
    badges = {
        str(row[0]) for row in reader.rows("SELECT key FROM replica WHERE tbl = 'operator' AND op = 'put'")
    }
    folded = {badge.upper() for badge in badges}
    for kind, code in _codes(site):
        if code.upper() in folded:
            raise SiteError(f"{kind} {code!r} is also a badge: change one of them")
    for operator in site.operators:
        kind = _registered_as(reader, operator.badge) if operator.badge not in badges else ""
        if kind:
            raise SiteError(f"badge {operator.badge!r} is also {kind}: change one of them")


def _codes(site: Site) -> Iterator[tuple[str, str]]:
    """Everything of a file that a person may scan, with what it is."""
    for item in site.items:
        yield "item", item.item
    for place in site.locations:
        yield "location", place.location
    for document in site.documents:
        yield "document", document.number
        for line in document.lines:
            for serial in line.serials:
                yield "serial", serial
            if line.lot:
                yield "lot", line.lot
    for unit in site.units:
        yield "serial", unit.serial
        if unit.lot:
            yield "lot", unit.lot


def _registered_as(reader: Reader, badge: str) -> str:
    """What a new badge is already; empty for nothing."""
    if reader.row("SELECT 1 FROM unit WHERE serial = ?", badge) is not None:
        return "a serial number"
    sql = "SELECT tbl FROM replica WHERE key = ? AND tbl IN ('item', 'location', 'document') AND op = 'put'"
    row = reader.row(sql, badge)
    return f"a registered {row[0]}" if row is not None else ""
