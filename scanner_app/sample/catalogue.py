"""What the sample company makes, buys and sells, and with whom: items, bills of material, parties."""

from __future__ import annotations

from typing import Any

from stdnum import ean

Json = dict[str, Any]

COMPANY_PREFIX = "9521234"
"""Begins with 952, which GS1 keeps for demonstrations: no real product can carry these numbers."""


def gtin14(reference: int) -> str:
    """The GTIN-14 of the item with this reference (0-99999) under the company's prefix."""
    body = f"0{COMPANY_PREFIX}{reference:05d}"
    return body + ean.calc_check_digit(body)


def gln13(reference: int) -> str:
    """The GLN (13 digits) of the location with this reference (0-99999)."""
    body = f"{COMPANY_PREFIX}{reference:05d}"
    return body + ean.calc_check_digit(body)


def _serial(item: str, description: str, reference: int, revision: str, pattern: str, **more: Any) -> Json:
    return {
        "item": item,
        "description": description,
        "gtins": [gtin14(reference)],
        "revision": revision,
        "tracking": "serial",
        "serial_pattern": pattern,
        "check": "none",
        "check_policy": "off",
        "shelf_life_days": 0,
        "warranty_months": 24,
        "requires": [],
        **more,
    }


def _bulk(item: str, description: str, references: list[int], tracking: str, **more: Any) -> Json:
    return {
        "item": item,
        "description": description,
        "gtins": [gtin14(one) for one in references],
        "revision": "",
        "tracking": tracking,
        "serial_pattern": "",
        "check": "none",
        "check_policy": "off",
        "shelf_life_days": 0,
        "warranty_months": 0,
        "requires": [],
        **more,
    }


def items() -> list[Json]:
    """Every item, fresh dicts. PUMP-100 and VALVE-9 share a pattern: the same text may be two units."""
    return [*_products(), *_components(), *_meters(), *_supplies()]


def _products() -> list[Json]:
    return [
        _serial("PUMP-100", "Dosing pump 100 l/h", 54321, "C", r"^SN-\d{6}$"),
        _serial("PUMP-250", "Transfer pump 250 l/h", 54322, "B", r"^P250-\d{6}$"),
        _serial(
            "GEAR-500",
            "Gear pump 500 l/h",
            54323,
            "A",
            r"^G-\d{4}$",
            numbering="G-{seq:4}",
            label_when_built=True,
            warranty_months=36,
        ),
        _serial("SKID-1", "Dosing skid, ready to connect", 54324, "A", r"^SK1-\d{5}$"),
        _serial(
            "TRAILER-2",
            "Pump trailer 2 t",
            54325,
            "D",
            r"^1U9PT24S[0-9X]TH952\d{3}$",
            check="vin",
            check_policy="block",
            warranty_months=36,
        ),
    ]


def _components() -> list[Json]:
    return [
        _serial("DRIVE-3", "Frequency drive 3 kW", 61001, "F", r"^D3[A-F]\d{6}$"),
        _serial(
            "DRIVE-11",
            "Frequency drive 11 kW",
            61002,
            "E",
            r"^D11\d{6}[0-9A-Z]$",
            check="mod37_36",
            check_policy="block",
        ),
        _serial("MOTOR-7", "Stepper motor, flange 86", 61003, "", r"^M7-\d{5}$", warranty_months=12),
        _serial(
            "VALVE-9",
            "Solenoid valve 1/2 in",
            61004,
            "B",
            r"^SN-\d{6}$",
            warranty_months=12,
            requires=["lot"],
        ),
        _serial(
            "BOARD-4",
            "Control board",
            61005,
            "G",
            r"^CB4[0-9A-HJ-NP-Z]{6}$",
            warranty_months=12,
            requires=["lot"],
        ),
        _serial(
            "MSEAL-30",
            "Mechanical seal cartridge 30 mm",
            61006,
            "",
            r"^MS30-\d{6}$",
            warranty_months=6,
            shelf_life_days=1460,
            requires=["lot", "expiry"],
        ),
        _serial(
            "SENSOR-5",
            "Pressure sensor 0-16 bar",
            61007,
            "A",
            r"^\d{10}$",
            check="luhn",
            check_policy="block",
        ),
    ]


def _meters() -> list[Json]:
    return [
        _serial(
            "METER-20",
            "Handheld flow meter, calibrated",
            62001,
            "C",
            r"^FM20-\d{6}$",
            shelf_life_days=365,
            requires=["lot", "expiry"],
        ),
        _serial(
            "METER-20M",
            "Handheld flow meter with modem",
            62002,
            "A",
            r"^00952123\d{7}$",
            check="imei",
            check_policy="warn",
        ),
    ]


def _supplies() -> list[Json]:
    return [
        _bulk("SEAL-KIT", "Seal kit FKM", [63001], "lot", shelf_life_days=1825, requires=["lot", "expiry"]),
        _bulk(
            "GREASE-40",
            "Food-grade grease 400 g",
            [63002],
            "lot",
            shelf_life_days=730,
            requires=["lot", "expiry"],
        ),
        _bulk(
            "CAL-FLUID",
            "Calibration fluid 500 ml",
            [63003],
            "lot",
            shelf_life_days=365,
            requires=["lot", "expiry"],
        ),
        _bulk("SCREW-M6", "Screw set M6, stainless", [64001, 64011], "none"),
        _bulk("BOX-L", "Carton L, double wall", [64002], "none"),
        _bulk("MANUAL-5", "Operating manual, five languages", [64003], "none"),
    ]


BOMS: dict[str, list[tuple[str, int, str]]] = {
    "PUMP-100": [("MOTOR-7", 1, "A"), ("BOARD-4", 1, "B"), ("MSEAL-30", 1, "C")],
    "PUMP-250": [("DRIVE-3", 1, "A"), ("MOTOR-7", 1, "B"), ("SEAL-KIT", 1, "C")],
    "GEAR-500": [("MOTOR-7", 1, "A"), ("VALVE-9", 2, "B"), ("SEAL-KIT", 1, "C")],
    "SKID-1": [("PUMP-100", 1, "A"), ("DRIVE-3", 1, "B"), ("SENSOR-5", 2, "C"), ("SEAL-KIT", 1, "D")],
    "TRAILER-2": [("PUMP-250", 1, "A"), ("METER-20M", 1, "B"), ("SCREW-M6", 4, "C")],
}
"""Product -> (component, quantity for one product, position)."""

SUPPLIER_OF: dict[str, str] = {
    "MOTOR-7": "ACME",
    "VALVE-9": "ACME",
    "SEAL-KIT": "ACME",
    "DRIVE-3": "NORDEL",
    "DRIVE-11": "NORDEL",
    "SENSOR-5": "NORDEL",
    "BOARD-4": "PLATINEX",
    "METER-20": "HELIX",
    "METER-20M": "HELIX",
    "CAL-FLUID": "HELIX",
    "MSEAL-30": "DICHTA",
    "GREASE-40": "DICHTA",
    "SCREW-M6": "KONTOR",
    "BOX-L": "KONTOR",
    "MANUAL-5": "KONTOR",
}
"""Who delivers a bought item. Items that are not here are built by the company itself."""

_PARTIES = (
    ("ACME", "ACME Motion Parts", "supplier"),
    ("NORDEL", "Nordel Electric AB", "supplier"),
    ("PLATINEX", "Platinex Elektronik GmbH", "supplier"),
    ("HELIX", "Helix Measuring Ltd", "supplier"),
    ("DICHTA", "Dichta Seals GmbH", "supplier"),
    ("KONTOR", "Kontor Packaging", "supplier"),
    ("ALSTER-HAM", "Alster Pumps, Hamburg plant", "supplier"),
    ("NORTH", "North Ltd", "customer"),
    ("ELBTAL", "Elbtal Wasserwerke", "customer"),
    ("BIOFARM", "Biofarm Dairy ApS", "customer"),
    ("SOUTHPORT", "Southport Marine Services", "customer"),
    ("DELTA", "Delta Irrigation Co.", "customer"),
    ("RIVERBEND", "Riverbend Breweries", "customer"),
    ("OZARK", "Ozark Utilities", "customer"),
)


def parties() -> list[Json]:
    """Every supplier and customer, fresh dicts."""
    return [{"party": code, "name": name, "role": role} for code, name, role in _PARTIES]


CUSTOMERS: dict[str, list[str]] = {
    "HAM": ["NORTH", "ELBTAL", "BIOFARM", "SOUTHPORT"],
    "MEM": ["DELTA", "RIVERBEND", "OZARK"],
}
"""Who buys from which site."""
