"""Rows of a site file that are refused one by one, while all the rest of it is taken.

What makes a file unreadable or contradictory refuses it whole (:mod:`tracking.site`). An item with a GTIN that no label
can carry is somebody's slip of the finger in a list of thousands: the item is left as it was, and named.
"""

from __future__ import annotations

import msgspec

from tracking.containers import check_digit
from tracking.site import Item, Site

GTIN_DIGITS = range(8, 15)
"""As written: 8, 12, 13 or 14 digits, and what a spreadsheet leaves of those that begin with zeros."""


def gtin_fault(gtin: str) -> str:
    """What is wrong with a GTIN's check digit, with the right one; empty where it fits or where this is no GTIN."""
    if not (gtin.isascii() and gtin.isdecimal()) or len(gtin) not in GTIN_DIGITS:
        return ""
    right = check_digit(gtin[:-1])
    return "" if gtin[-1] == right else f"GTIN {gtin} ends in {gtin[-1]}, its check digit is {right}"


def without_refused(site: Site) -> tuple[Site, tuple[str, ...]]:
    """The site without the items that are refused, and a sentence for each: row, value, what would be right."""
    refused: list[str] = []
    taken: list[Item] = []
    for row, item in enumerate(site.items, 1):
        faults = [fault for gtin in item.gtins if (fault := gtin_fault(gtin))]
        if faults:
            refused.append(f"row {row} of items, {item.item}: {'; '.join(faults)}")
        else:
            taken.append(item)
    return (msgspec.structs.replace(site, items=tuple(taken)) if refused else site), tuple(refused)
