"""Every unit a site has or had: bought, built of others, sold, returned, written off, announced."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from msgspec import convert

from scanner_app.label_serials import capacity, serial_for
from scanner_app.sample.catalogue import BOMS, CUSTOMERS, SUPPLIER_OF, Json
from scanner_app.sample.incidents import add_incidents
from scanner_app.sample.orders import BOOKED, NOTICES, WORK_ORDERS
from scanner_app.sample.places import area_for, bins
from tracking.site import Item

Plan = dict[str, dict[str, int]]

UNITS_TOTAL = {"HAM": 3200, "MEM": 1800}
"""Units of each site; 5,000 together."""

FILLER_ITEM = "SENSOR-5"

_BUILT: dict[str, Plan] = {
    "HAM": {
        "PUMP-100": {"produced": 70, "shipped": 110, "in_service": 18, "returned": 9, "written_off": 5},
        "PUMP-250": {"produced": 30, "shipped": 60, "in_service": 8, "returned": 3},
        "GEAR-500": {"produced": 25, "shipped": 40, "returned": 2},
        "TRAILER-2": {"produced": 6, "shipped": 16, "in_service": 4},
        "SKID-1": {"produced": 20, "shipped": 10},
    },
    "MEM": {"SKID-1": {"produced": 20, "shipped": 55, "in_service": 6, "returned": 3, "written_off": 1}},
}
_BOUGHT: dict[str, Plan] = {
    "HAM": {
        "MOTOR-7": {"received": 160, "written_off": 6},
        "VALVE-9": {"received": 150, "shipped": 60, "written_off": 4},
        "BOARD-4": {"received": 130, "written_off": 3},
        "MSEAL-30": {"received": 110, "shipped": 40},
        "DRIVE-3": {"received": 150, "shipped": 60, "in_service": 6, "returned": 5},
        "DRIVE-11": {"received": 60, "shipped": 30, "returned": 2},
        "METER-20": {"received": 100, "shipped": 80, "in_service": 20, "returned": 6},
        "METER-20M": {"received": 60, "shipped": 70, "in_service": 8, "returned": 2},
    },
    "MEM": {
        "PUMP-100": {"received": 110, "shipped": 150, "in_service": 15, "returned": 9},
        "PUMP-250": {"received": 40, "shipped": 90, "returned": 4},
        "GEAR-500": {"received": 30, "shipped": 60},
        "TRAILER-2": {"received": 5, "shipped": 9},
        "DRIVE-3": {"received": 80, "shipped": 80, "returned": 6, "written_off": 3},
        "DRIVE-11": {"received": 30, "shipped": 50},
        "VALVE-9": {"received": 60, "shipped": 20},
        "SENSOR-5": {"received": 60},
        "MSEAL-30": {"received": 60, "shipped": 40},
        "METER-20": {"received": 80, "shipped": 70, "in_service": 6, "returned": 4},
        "METER-20M": {"received": 40, "shipped": 40, "returned": 2},
    },
}
_FIRST_NUMBER = {"HAM": 0.05, "MEM": 0.30}
_HISTORIC = {"HAM": ("PO-46", "SO-29", "WO-39"), "MEM": ("PO-51", "SO-34", "WO-40")}
SOLD_DAYS_MIN, SOLD_DAYS_MAX = 5, 1200
LOT_UNITS_MIN, LOT_UNITS_MAX = 12, 40
NUMBER_STEPS = (1, 1, 1, 1, 1, 1, 1, 1, 2, 4)
"""Serials mostly follow each other; some are missing because the maker sold them elsewhere."""


class Stock:
    """One site's units while they are being made; *rng* is its own, so that nothing else shifts them."""

    def __init__(self, site: str, items: list[Json], today: date, rng: Random) -> None:
        self.site, self.today, self.rng = site, today, rng
        self.items = {item["item"]: convert(item, Item) for item in items}
        self.units: list[Json] = []
        self._number = {
            code: int(capacity(item) * _FIRST_NUMBER[site]) + rng.randrange(max(1, capacity(item) // 10))
            for code, item in self.items.items()
            if item.tracking == "serial"
        }
        self._lot: dict[str, tuple[str, str, int]] = {}
        self._lots = rng.randrange(100, 140)

    def bought(self, item: str, status: str, document: str = "") -> Json:
        """A unit that came from a supplier."""
        unit = self._unit(item, status, document)
        unit["supplier"] = SUPPLIER_OF.get(item, "ALSTER-HAM")
        return unit

    def built(self, item: str, status: str, document: str = "") -> Json:
        """A unit that this site built, after the components that went into it on the same work order."""
        order = self._historic("produced")
        parts = [
            self._component(component, order)
            for component, each, _ in BOMS[item]
            if component in self._number
            for _ in range(each)
        ]
        unit = self._unit(item, status, document or (order if status == "produced" else ""))
        for part in parts:
            part["installed_in"] = {"item": item, "serial": unit["serial"]}
        return unit

    def _component(self, item: str, order: str) -> Json:
        make = self.built if item in _BUILT[self.site] else self.bought
        return make(item, "consumed", order)

    def _unit(self, item: str, status: str, document: str = "") -> Json:
        lot, expiry = self._next_lot(item)
        unit: Json = {
            "item": item,
            "serial": self._next_serial(item),
            "status": status,
            "lot": lot,
            "flags": [],
            "document": document or self._historic(status),
        }
        if expiry:
            unit["expiry"] = expiry
        if status in ("received", "produced", "returned", "booked"):
            unit["location"] = self.rng.choice(bins(self.site, area_for(self.site, item, status)))
        if status in ("shipped", "in_service", "returned"):
            days = self.rng.randint(SOLD_DAYS_MIN, SOLD_DAYS_MAX)
            unit["customer"] = self.rng.choice(CUSTOMERS[self.site])
            unit["sold_on"] = (self.today - timedelta(days=days)).isoformat()
        self.units.append(unit)
        return unit

    def _next_serial(self, item: str) -> str:
        self._number[item] += self.rng.choice(NUMBER_STEPS)
        serial = serial_for(self.items[item], self._number[item])
        if serial is None:
            raise ValueError(f"the pattern of {item} holds no serial number {self._number[item]}")
        return serial

    def new_deliveries(self) -> None:
        """From here on every item comes in a new lot."""
        self._lot.clear()

    def _next_lot(self, item: str) -> tuple[str, str]:
        """Lot and expiry of the next unit; a lot ends after some dozen units, as deliveries do."""
        lot, expiry, left = self._lot.get(item, ("", "", 0))
        if not left:
            self._lots += self.rng.randint(1, 3)
            mark = "" if item in SUPPLIER_OF else self.site[0] if item in _BUILT[self.site] else "H"
            lot = f"{mark}{self.today.year % 100:02d}-{self._lots}"
            left = self.rng.randint(LOT_UNITS_MIN, LOT_UNITS_MAX)
            days = self.items[item].shelf_life_days
            expiry = (
                (self.today + timedelta(days=self.rng.randint(days // 3, days))).isoformat() if days else ""
            )
        self._lot[item] = (lot, expiry, left - 1)
        return lot, expiry

    def _historic(self, status: str) -> str:
        """The closed document that brought a unit where it is; those are no longer in the paperwork."""
        purchase, sale, build = _HISTORIC[self.site]
        if status == "written_off":
            return ""
        prefix = {"received": purchase, "produced": build}.get(status, sale)
        return f"{prefix}{self.rng.randrange(100):02d}"


def site_units(site: str, items: list[Json], today: date, rng: Random) -> list[Json]:
    """All units of a site, :data:`UNITS_TOTAL` of them, flags included."""
    stock = Stock(site, items, today, rng)
    for make, plans in ((stock.built, _BUILT[site]), (stock.bought, _BOUGHT[site])):
        for item, status in [
            (item, status)
            for item, plan in plans.items()
            for status, count in plan.items()
            for _ in range(count)
        ]:
            make(item, status)
    stock.new_deliveries()
    for number, (supplier, item, count) in NOTICES[site].items():
        for _ in range(count):
            stock.bought(item, "planned", number)["supplier"] = supplier
    order = BOOKED[site]
    product, count = WORK_ORDERS[site][order]
    for component, each, _ in BOMS[product]:
        for _ in range(each * count if stock.items[component].tracking == "serial" else 0):
            stock.bought(component, "booked", order)
    for spare in range(UNITS_TOTAL[site] - len(stock.units)):
        stock.bought(FILLER_ITEM, "shipped" if spare % 4 == 0 else "received")
    add_incidents(site, stock.units, today, rng)
    return stock.units
