"""A look-up of a code that nobody knows against one of a known unit, however many items the units are of.

Where a code is no unit's it may be the end of a serial number, or a lot: both are asked of the whole company's units,
and a person waits for the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from time import perf_counter_ns

import msgspec

from bench.company_units import SERIAL_CHARS, SERIAL_LETTERS
from bench.figures import Figure, Result, median, p99
from bench.room import Room
from bench.workplace import UNITS_PER_PUT, Workplace, detailed
from scanner_app.inputs import Command
from tracking.units import UnitState

UNITS = (1_000_000, 5000)
ITEMS = (10, 1000, 50_000)
ASKED = (200, 5)
UNITS_A_LOT = 500
STORY_EVERY = 4
"""One unit in so many is the site's own, with a story that no other unit shares."""
SEED = 3
BUDGET = 4.0
"""Times a known unit's look-up: a few more questions of the same trees, and no walk."""


def run(room: Room) -> Result:
    """The same questions over few items and over many."""
    units, asked = room.size(*UNITS), room.size(*ASKED)
    figures: list[Figure] = []
    for items in ITEMS:
        place = Workplace(room.folder / f"unknown-{items}")
        place.handheld.journal.connection.execute("PRAGMA synchronous=OFF")
        serials = _fill(place, units, items)
        place.session.handle(Command(name="workflow", argument="look_up"))
        known = [_us(place, serial, "looked_up") for serial in serials[:asked]]
        whole = [_us(place, f"QX0I{number:06d}", "unknown_code") for number in range(asked)]
        ends = [_us(place, f"I{number:04d}", "unknown_code") for number in range(asked)]
        place.close()
        base, named = median(known), f"{items:,} items"
        figures += [
            Figure(name=f"unknown / known, {named}", value=median(whole) / base, unit="x", budget=BUDGET),
            Figure(name=f"unknown, {named}, p99", value=p99(whole) / 1e3, unit="ms"),
            Figure(name=f"unknown, five characters, {named}, p99", value=p99(ends) / 1e3, unit="ms"),
        ]
    return Result(
        benchmark="unknown",
        against=f"the look-up of a known one among {units:,} units",
        figures=tuple(figures),
    )


def _fill(place: Workplace, units: int, items: int) -> Sequence[str]:
    """Fills the cache a page at a time; some of the serial numbers."""
    random, told, made = Random(SEED), list[str](), _units(units, items, Random(SEED))
    cache = place.handheld.cache
    for _ in range(0, units, UNITS_PER_PUT):
        page = [unit for _, unit in zip(range(UNITS_PER_PUT), made, strict=False)]
        with cache.transaction():
            cache.put_units(page)
        told += [unit.serial for unit in random.sample(page, len(page) // 20 or 1)]
    random.shuffle(told)
    return told


def _units(count: int, items: int, random: Random) -> Iterator[UnitState]:
    for number in range(count):
        serial = "".join(random.choices(SERIAL_LETTERS, k=SERIAL_CHARS))
        unit = UnitState(item=f"ITEM-{number % items:05d}", serial=serial, status="shipped")
        lot = f"L{number // UNITS_A_LOT:06d}"
        yield msgspec.structs.replace(unit, lot=lot) if number % STORY_EVERY else detailed(unit, number)


def _us(place: Workplace, text: str, code: str) -> float:
    """Microseconds from the scan to the answer; no two of one code, so nothing kept from before answers."""
    given = place.scan(text)
    begin = perf_counter_ns()
    answer = place.session.handle(given)
    took = (perf_counter_ns() - begin) / 1e3
    assert answer.verdict.code == code, answer
    if answer.verdict.stops:
        place.session.handle(Command(name="ack"))
    return took
