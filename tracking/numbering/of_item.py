"""The numbers that an item's own template gives: whether they can be that item's, and what they are.

A site names the template with its item (``numbering``). Terminals know their site and the day; a template that wants
more, or whose numbers the item itself would refuse, is refused where the site file is loaded.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from tracking import check_characters
from tracking.numbering.errors import NumberingError
from tracking.numbering.patterns import Fields, Misfit, Pattern, compile_pattern
from tracking.rules import fits_pattern
from tracking.site import Item, refuse_code

PATTERNS_KEPT_MAX = 64
_A_DAY = date(2026, 12, 31)
"""Any day: which one it is changes no width."""


@lru_cache(maxsize=PATTERNS_KEPT_MAX)
def pattern_of(template: str) -> Pattern:
    """The compiled template. Raises :class:`NumberingError`."""
    return compile_pattern(template)


def serial_of(item: Item, site: str, day: date, number: int) -> str:
    """The serial number of the item with this sequence number. Raises :class:`NumberingError`."""
    return pattern_of(item.numbering).format(Fields(site=site, made=day), number)


def number_of(item: Item, serial: str) -> int:
    """The sequence number in a serial number; -1 where it is none of the template."""
    try:
        parsed = pattern_of(item.numbering).parse(serial)
    except NumberingError:
        return -1
    return -1 if isinstance(parsed, Misfit) else parsed.number


def fault(item: Item, site: str) -> str:
    """Why the item cannot be numbered by its template, as the end of a sentence; empty where it can."""
    if item.tracking != "serial":
        return "is for items with serial numbers only"
    try:
        pattern = pattern_of(item.numbering)
        samples = [
            serial_of(item, site, _A_DAY, number)
            for number in (*range(min(4, pattern.capacity)), pattern.capacity - 1)
        ]
    except NumberingError as error:
        return str(error)
    for sample in samples:
        if not fits_pattern(item, sample):
            return f"gives numbers like {sample}, which do not fit its serial_pattern"
        wrong = check_characters.fault(item.check, sample) if item.check_policy == "block" else ""
        if wrong:
            return f"gives numbers like {sample}, which its check {item.check} refuses: {wrong}"
        refused = refuse_code(sample)
        if refused:
            return f"gives numbers like {sample}, and that {refused}"
    return ""
