"""What of a site file is refused row by row, while all the rest of it is taken.

What makes a file unreadable or contradictory refuses it whole (:mod:`tracking.site`). A GTIN that no label can carry is
somebody's slip of the finger in a list of thousands: it is left out and named. The item is taken all the same, so that
its serial numbers and orders count; where it is known already it stays as it was, with the GTINs that it has.
"""

from __future__ import annotations

from collections.abc import Callable

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


def without_refused(
    site: Site, is_known: Callable[[str], bool] = lambda item: False
) -> tuple[Site, tuple[str, ...]]:
    """The site without what is refused, and a sentence for each row: row, value, what would be right.

    ``is_known``: whether there is an item of that name already, which a row with a slip in it does not change.
    """
    refused: list[str] = []
    taken: list[Item] = []
    for row, item in enumerate(site.items, 1):
        faults = {gtin: fault for gtin in item.gtins if (fault := gtin_fault(gtin))}
        if not faults:
            taken.append(item)
            continue
        refused.append(f"row {row} of items, {item.item}: {'; '.join(faults.values())}")
        if not is_known(item.item):
            right = tuple(gtin for gtin in item.gtins if gtin not in faults)
            taken.append(msgspec.structs.replace(item, gtins=right))
    return (msgspec.structs.replace(site, items=tuple(taken)) if refused else site), tuple(refused)
