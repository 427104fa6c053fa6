"""The open paperwork of both sites: orders, notices, work orders, a count, a return and a recall each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from scanner_app.sample.catalogue import BOMS, Json
from scanner_app.sample.places import bin_name

Line = tuple[str, int]

# number -> (supplier, blind, lines). The first is the one a newcomer receives: small, of several kinds.
PURCHASE_ORDERS: dict[str, dict[str, tuple[str, bool, Sequence[Line]]]] = {
    "HAM": {
        "PO-4711": ("ACME", False, [("MOTOR-7", 8), ("VALVE-9", 4), ("SEAL-KIT", 40)]),
        "PO-4712": ("NORDEL", False, [("DRIVE-3", 32), ("SENSOR-5", 24)]),
        "PO-4713": ("HELIX", False, [("METER-20", 22), ("METER-20M", 10), ("CAL-FLUID", 24)]),
        "PO-4714": ("DICHTA", False, [("MSEAL-30", 20), ("GREASE-40", 12)]),
        "PO-4715": ("PLATINEX", False, [("BOARD-4", 40)]),
        "PO-4716": ("KONTOR", False, [("BOX-L", 100), ("SCREW-M6", 200), ("MANUAL-5", 250)]),
    },
    "MEM": {
        "PO-5201": ("HELIX", False, [("METER-20", 6), ("CAL-FLUID", 12)]),
        "PO-5202": ("NORDEL", False, [("DRIVE-3", 16), ("DRIVE-11", 8), ("SENSOR-5", 30)]),
        "PO-5203": ("DICHTA", True, [("MSEAL-30", 12), ("GREASE-40", 24)]),
        "PO-5204": ("KONTOR", False, [("BOX-L", 150), ("MANUAL-5", 60)]),
    },
}

# number -> (supplier, item, count): the units themselves are planned, with their serials.
NOTICES: dict[str, dict[str, tuple[str, str, int]]] = {
    "HAM": {"ASN-9001": ("ACME", "VALVE-9", 18), "ASN-9002": ("NORDEL", "DRIVE-11", 12)},
    "MEM": {"ASN-9101": ("ALSTER-HAM", "PUMP-100", 24), "ASN-9102": ("HELIX", "METER-20M", 15)},
}

# number -> (customer, lines)
SALES_ORDERS: dict[str, dict[str, tuple[str, Sequence[Line]]]] = {
    "HAM": {
        "SO-3004": ("NORTH", [("PUMP-100", 10), ("METER-20", 4)]),
        "SO-3005": ("ELBTAL", [("DRIVE-3", 8), ("DRIVE-11", 4), ("SCREW-M6", 20)]),
        "SO-3006": ("BIOFARM", [("GEAR-500", 5), ("PUMP-250", 5), ("SEAL-KIT", 10)]),
        "SO-3007": ("SOUTHPORT", [("TRAILER-2", 2), ("METER-20M", 6)]),
        "SO-3008": ("NORTH", [("SENSOR-5", 12), ("MSEAL-30", 6)]),
        "SO-3009": ("ELBTAL", [("SKID-1", 2), ("PUMP-100", 4)]),
    },
    "MEM": {
        "SO-3504": ("DELTA", [("PUMP-100", 6), ("DRIVE-3", 6)]),
        "SO-3505": ("RIVERBEND", [("SKID-1", 3), ("GREASE-40", 6)]),
        "SO-3506": ("OZARK", [("METER-20", 8), ("METER-20M", 4), ("CAL-FLUID", 8)]),
        "SO-3507": ("DELTA", [("GEAR-500", 4), ("PUMP-250", 3)]),
        "SO-3508": ("OZARK", [("SENSOR-5", 20), ("TRAILER-2", 1)]),
    },
}

# number -> (product, how many)
WORK_ORDERS: dict[str, dict[str, tuple[str, int]]] = {
    "HAM": {"WO-4001": ("GEAR-500", 2), "WO-4002": ("PUMP-100", 6), "WO-4003": ("TRAILER-2", 1)},
    "MEM": {"WO-4101": ("SKID-1", 3), "WO-4102": ("SKID-1", 2)},
}

# Components that are already booked: all of the first order, none of the others.
BOOKED: dict[str, str] = {"HAM": "WO-4001", "MEM": "WO-4101"}

RECALLED_ITEM: dict[str, str] = {"HAM": "BOARD-4", "MEM": "SENSOR-5"}
_NUMBERS = {"HAM": ("CS-6001", "RMA-7001", "RC-8001"), "MEM": ("CS-6101", "RMA-7101", "RC-8101")}
RETURNED_ITEM = {"HAM": "PUMP-100", "MEM": "DRIVE-3"}
RETURNS = 3


def documents(site: str, units: list[Json]) -> list[Json]:
    """Every open document of a site; what they name of units is taken from *units*, complete by now."""
    rows: list[Json] = []
    for number, (supplier, blind, lines) in PURCHASE_ORDERS[site].items():
        rows.append(
            {
                "type": "purchase_order",
                "number": number,
                "party": supplier,
                "blind": blind,
                "lines": _lines(lines),
            }
        )
    for number, (supplier, item, count) in NOTICES[site].items():
        line = {
            "line": 1,
            "item": item,
            "quantity": count,
            "serials": [unit["serial"] for unit in units if unit.get("document") == number],
        }
        rows.append({"type": "asn", "number": number, "party": supplier, "lines": [line]})
    for number, (customer, lines) in SALES_ORDERS[site].items():
        rows.append({"type": "sales_order", "number": number, "party": customer, "lines": _lines(lines)})
    for number, (product, count) in WORK_ORDERS[site].items():
        bom = [
            {"item": item, "quantity": each, "position": position} for item, each, position in BOMS[product]
        ]
        rows.append(
            {
                "type": "work_order",
                "number": number,
                "product": product,
                "lines": _lines([(product, count)]),
                "bom": bom,
            }
        )
    return [*rows, _count_sheet(site, units), _return(site, units), _recall(site, units)]


def _lines(lines: Sequence[Line]) -> list[Json]:
    return [
        {"line": number, "item": item, "quantity": quantity}
        for number, (item, quantity) in enumerate(lines, start=1)
    ]


def _count_sheet(site: str, units: list[Json]) -> Json:
    """A blind count of the first meter bin, with what the books say is in it."""
    place = bin_name(site, "M", 0)
    found = Counter(unit["item"] for unit in units if unit.get("location") == place)
    return {
        "type": "count_sheet",
        "number": _NUMBERS[site][0],
        "location": place,
        "blind": True,
        "lines": _lines(sorted(found.items())),
    }


def _return(site: str, units: list[Json]) -> Json:
    """A customer's return of some units, in and out of warranty: the oldest, the middle, the newest sale."""
    sold = sorted(
        (unit["customer"], unit["sold_on"], unit["serial"])
        for unit in units
        if unit["item"] == RETURNED_ITEM[site] and unit["status"] == "shipped" and not unit["flags"]
    )
    customer = sold[0][0]
    theirs = [serial for code, _, serial in sold if code == customer]
    serials = [theirs[0], theirs[len(theirs) // 2], theirs[-1]][:RETURNS]
    line = {"line": 1, "item": RETURNED_ITEM[site], "quantity": len(serials), "serials": serials}
    return {"type": "rma", "number": _NUMBERS[site][1], "party": customer, "lines": [line]}


def _recall(site: str, units: list[Json]) -> Json:
    """The recall of one supplier lot: every unit of it that the site ever had."""
    item = RECALLED_ITEM[site]
    hit = [unit for unit in units if unit["item"] == item and "recalled" in unit["flags"]]
    line = {
        "line": 1,
        "item": item,
        "quantity": len(hit),
        "serials": [unit["serial"] for unit in hit],
        "lot": hit[0]["lot"],
    }
    return {"type": "recall", "number": _NUMBERS[site][2], "party": hit[0]["supplier"], "lines": [line]}
