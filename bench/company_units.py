"""A company's units, as nobody could guess them: what they are, and how much information that is."""

from __future__ import annotations

from collections.abc import Iterator
from math import log2
from random import Random
from typing import NamedTuple

from tracking.units import UnitState

SERIAL_CHARS, SERIAL_LETTERS = 12, "23456789ABCDEFGHJKMNPQRSTVWXYZ"
ITEMS, CUSTOMERS, DAYS, UNITS_A_SALE = 20, 200, 700, 40
STATUSES = {"shipped": 0.7, "in_service": 0.2, "written_off": 0.06, "returned": 0.04}
STOLEN = 0.002
SEED = 6


class Sale(NamedTuple):
    """What some forty units share: who bought them when, and of which lot they are."""

    item: str
    customer: str
    sold_on: str
    lot: str


def units(count: int, site: str) -> Iterator[UnitState]:
    """So many, of another site than the handheld's; each of a sale that its serial number says nothing of."""
    random = Random(SEED)
    sales = [_sale(random) for _ in range(_sales(count))]
    for _ in range(count):
        sale = random.choice(sales)
        yield UnitState(
            item=sale.item, serial="".join(random.choices(SERIAL_LETTERS, k=SERIAL_CHARS)), lot=sale.lot,
            status=random.choices(list(STATUSES), list(STATUSES.values()))[0],
            flags=("stolen",) if random.random() < STOLEN else (),
            site=site, customer=sale.customer, sold_on=sale.sold_on,
        )  # fmt: skip


def _sales(count: int) -> int:
    return max(1, count // UNITS_A_SALE)


def _sale(random: Random) -> Sale:
    day = random.randrange(DAYS)
    return Sale(
        item=f"ITEM-{random.randrange(ITEMS):03d}",
        customer=f"CUST-{random.randrange(CUSTOMERS):04d}",
        sold_on=f"{2025 + day // 365}-{day % 365 // 31 + 1:02d}-{day % 31 + 1:02d}",
        lot=f"L{random.randrange(10**6):06d}",
    )


def entropy_bytes(count: int) -> float:
    """How many bytes a unit takes at the very least: its serial number, status and flag, which sale it is of, and its
    share of what the sales are. No credit is taken for the order of the file, which says nothing.
    """
    serial = SERIAL_CHARS * log2(len(SERIAL_LETTERS))
    status = -sum(share * log2(share) for share in STATUSES.values())
    flag = -(STOLEN * log2(STOLEN) + (1 - STOLEN) * log2(1 - STOLEN))
    sale = log2(ITEMS) + log2(CUSTOMERS) + log2(DAYS) + log2(10**6)
    return (serial + status + flag + log2(_sales(count)) + sale / UNITS_A_SALE) / 8
