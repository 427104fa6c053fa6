"""What went wrong with some of the sample's units: held, recalled, stolen, missing, expired; and twins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from scanner_app.sample.catalogue import Json
from scanner_app.sample.orders import RECALLED_ITEM
from scanner_app.sample.places import bins

IN_STOCK = ("received", "produced")
TWINS = 5
HELD_EACH, STOLEN_EACH, MISSING_EACH = 3, 2, 1
EXPIRED_DAYS = 17
"""How long ago one lot of each perishable item expired."""

_HELD_ITEMS = ("PUMP-100", "PUMP-250", "DRIVE-3", "METER-20", "VALVE-9")
_STOLEN_ITEMS = ("PUMP-100", "DRIVE-3", "METER-20M")
_MISSING_ITEMS = ("DRIVE-3", "DRIVE-11", "METER-20", "METER-20M", "GEAR-500")
_EXPIRED_ITEMS = ("METER-20", "MSEAL-30")


def add_incidents(site: str, units: list[Json], today: date, rng: Random) -> None:
    """Marks units in place. Each one gets at most one mark, apart from a recall, which asks nobody."""

    def pick(item: str, statuses: tuple[str, ...], count: int) -> list[Json]:
        return _pick(units, rng, count, lambda unit: unit["item"] == item and unit["status"] in statuses)

    _twins(units, rng)
    _recall(site, units)
    for item in _HELD_ITEMS:
        for unit in pick(item, IN_STOCK, HELD_EACH):
            unit["flags"] = ["held"]
            unit["location"] = rng.choice(bins(site, "Q"))
    for item in _STOLEN_ITEMS:
        for unit in pick(item, IN_STOCK, STOLEN_EACH) + pick(item, ("shipped",), STOLEN_EACH):
            unit["flags"] = ["stolen"]
    for item in _MISSING_ITEMS:
        for unit in pick(item, IN_STOCK, MISSING_EACH):
            unit["flags"] = ["missing"]
    for item in _EXPIRED_ITEMS:
        [past] = pick(item, IN_STOCK, 1)
        for unit in units:
            if unit["item"] == item and unit["lot"] == past["lot"]:
                unit["expiry"] = (today - timedelta(days=EXPIRED_DAYS)).isoformat()


def _pick(units: list[Json], rng: Random, count: int, wanted: Callable[[Json], bool]) -> list[Json]:
    clean = [unit for unit in units if wanted(unit) and not unit["flags"]]
    return rng.sample(clean, min(count, len(clean)))


def _twins(units: list[Json], rng: Random) -> None:
    """Some valves carry the very text of a pump's serial: two items, two units."""
    pumps = _pick(units, rng, TWINS, lambda unit: unit["item"] == "PUMP-100" and unit["status"] == "shipped")
    valves = _pick(units, rng, TWINS, lambda unit: unit["item"] == "VALVE-9" and unit["status"] == "received")
    for pump, valve in zip(pumps, valves, strict=True):
        valve["serial"] = pump["serial"]


def _recall(site: str, units: list[Json]) -> None:
    """The lot of the recalled item whose units met the most different fates, and all that holds them."""
    products = {(unit["item"], unit["serial"]): unit for unit in units}

    def chain(unit: Json) -> list[Json]:
        found = [unit]
        while parent := found[-1].get("installed_in"):
            found.append(products[parent["item"], parent["serial"]])
        return found

    lots: defaultdict[str, list[list[Json]]] = defaultdict(list)
    for unit in units:
        if unit["item"] == RECALLED_ITEM[site]:
            lots[unit["lot"]].append(chain(unit))
    fates = {lot: {(one[-1]["item"], one[-1]["status"]) for one in chains} for lot, chains in lots.items()}
    worst = max(lots, key=lambda lot: (len(fates[lot]), lot))
    for one in lots[worst]:
        for unit in one:
            unit["flags"] = ["recalled"]
