"""A handheld at work for the benchmarks: the sample company, one long purchase order, and as many units as wanted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec

from drivers.scan import Scan
from scanner_app.cache import Cache
from scanner_app.cache_feed import load_site
from scanner_app.clockwork import SkippingClock
from scanner_app.handheld import Handheld
from scanner_app.inputs import Command, SignIn
from scanner_app.sample import company
from scanner_app.session import Session, SessionSettings
from tracking.documents import Line
from tracking.site import DocumentEntry, Item, LineEntry, Site
from tracking.units import UnitState

SITE = "HAM"
BADGE = "OP-7"
ITEM = "BENCH-1"
ORDER = "PO-BENCH"
ORDER_QUANTITY = 1_000_000
UNITS_PER_PUT = 5000
"""As a page of the feed."""


def site(today: date = date(2026, 11, 23)) -> Site:
    """The sample company's site with an item and a purchase order of our own."""
    base = company(today).site(SITE)
    item = Item(item=ITEM, description="Benchmark unit", revision="A", serial_pattern=r"^B\d{9}$")
    line = LineEntry(**msgspec.structs.asdict(Line(line=1, item=ITEM, quantity=ORDER_QUANTITY)))
    order = DocumentEntry(type="purchase_order", number=ORDER, party=base.parties[0].party, lines=(line,))
    return msgspec.structs.replace(
        base, today="", items=(*base.items, item), documents=(*base.documents, order)
    )


def serial(number: int) -> str:
    """The serial number of a unit that nobody has seen yet."""
    return f"B{number:09d}"


def known_serial(number: int) -> str:
    """The serial number of the n-th unit that the cache knows."""
    return f"K{number:09d}"


def known_units(count: int, *, first: int = 0) -> Iterator[UnitState]:
    """Units as the whole company's list has them: item, serial, status and now and then a flag."""
    for number in range(first, first + count):
        flags = ("stolen",) if number % 1000 == 7 else ()
        yield UnitState(item=ITEM, serial=known_serial(number), status="shipped", flags=flags)


def detailed(unit: UnitState, number: int) -> UnitState:
    """The unit with everything that its own site knows of it."""
    return msgspec.structs.replace(
        unit,
        status="received",
        lot=f"L{number // 500:06d}",
        revision="A",
        site=SITE,
        location=f"HAM-A-{number % 40:02d}-{number % 4}",
        supplier="ACME",
        evidence="scanned",
        document=f"PO-{number // 120:06d}",
        step="receiving",
        at="2026-11-23T09:14:02.117+01:00",
        operator=BADGE,
        device="hh-5f2c11ab",
        ref=f"hh-5f2c11ab/1/{number}",
    )


def fill(cache: Cache, units: Iterator[UnitState], count: int) -> None:
    """Puts units into the cache a page at a time, as the feed does."""
    for _ in range(0, count, UNITS_PER_PUT):
        with cache.transaction():
            cache.put_units(unit for _, unit in zip(range(UNITS_PER_PUT), units, strict=False))


class Workplace:
    """A data directory with a session that stands at the serial prompt of a receipt."""

    def __init__(self, folder: Path, *, units: int = 0) -> None:
        self.clock = SkippingClock()
        self.handheld = Handheld(folder, self.clock, SessionSettings(app="bench"))
        load_site(self.handheld.cache, site())
        fill(self.handheld.cache, known_units(units), units)
        self.session: Session = self.handheld.renew_session()
        self.session.handle(SignIn(badge=BADGE))
        self.session.handle(Command(name="workflow", argument="receiving"))
        opened = self.session.handle(self.scan(ORDER))
        assert opened.verdict.code == "document_opened", opened
        self.pause()

    def pause(self) -> None:
        """What the session's thread does when nothing comes in for a moment."""
        self.handheld.journal.checkpoint()
        self.handheld.journal.lengthen_log()

    def scan(self, text: str) -> Scan:
        """A scan that comes in now."""
        return Scan(
            raw=text.encode(), source="bench", mono_ns=self.clock.mono_ns(), wall_ms=self.clock.wall_ms()
        )

    def close(self) -> None:
        """Closes its files."""
        self.handheld.close()
