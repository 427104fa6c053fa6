"""From GS1 elements to a reading: what the set identifies, and the fields that workflows ask for by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec.structs import replace

from tracking.dates import from_yymmdd
from tracking.identifiers import gs1_company
from tracking.identifiers.gs1_values import Split
from tracking.identifiers.reading import Reading

_FIELDS = {
    "00": "sscc",
    "01": "gtin",
    "02": "content_gtin",
    "10": "lot",
    "21": "serial",
    "414": "gln",
}
_KINDS = (
    ("00", "container"),
    ("02", "container"),
    ("8026", "container"),
    ("8003", "asset"),
    ("8004", "asset"),
    ("7023", "asset"),
    ("8017", "badge"),
    ("8018", "badge"),
    ("400", "document"),
    ("401", "document"),
    ("402", "document"),
    ("253", "document"),
    ("255", "document"),
    ("414", "location"),
    ("410", "location"),
    ("411", "location"),
    ("412", "location"),
    ("413", "location"),
    ("415", "location"),
    ("416", "location"),
    ("417", "location"),
)
_TRADE_ITEMS = ("01", "03", "8006", "8013", "8010")
_WAITING_FIELDS = ("gtin", "serial", "lot", "expiry", "made", "quantity", "content_gtin")


def reading(split: Split, today: date, reason: str) -> Reading:
    """The reading of elements that were split and judged by value; here they are judged by their company."""
    elements = dict(split.pairs)
    fields = _fields(elements, today)
    company = gs1_company.judge(split.pairs) if not split.error else gs1_company.Company()
    found = Reading(
        kind=_kind(elements),
        reason=reason,
        elements=elements,
        quantity=_quantity(elements),
        error=split.error or company.error,
        layer=split.layer or ("association" if company.error else ""),
    )
    found = replace(found, details=_details(elements, fields), **fields)
    waits = company.waiting and any(getattr(found, name) for name in _WAITING_FIELDS)
    return replace(found, partial=True) if waits else found


def _fields(elements: Mapping[str, str], today: date) -> dict[str, str]:
    fields = {_FIELDS[ai]: value for ai, value in elements.items() if ai in _FIELDS}
    for name, value in (
        ("expiry", elements.get("17") or elements.get("7003", "")[:6]),
        ("made", elements.get("11") or elements.get("8008", "")[:6]),
    ):
        day = from_yymmdd(value, today)
        if day is not None:
            fields[name] = day.isoformat()
    return fields


def _details(elements: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, str | int | bool]:
    details: dict[str, str | int | bool] = {}
    if fields.get("made"):
        details["production_date"] = fields["made"]
    if "03" in elements:
        details["mto_gtin"] = elements["03"]
    return details


def _quantity(elements: Mapping[str, str]) -> int:
    count = elements.get("37") or elements.get("30") or ""
    return int(count) if count.isascii() and count.isdecimal() and len(count) <= 8 else 0


def _kind(elements: Mapping[str, str]) -> str:
    if "00" in elements:
        return "container"
    if any(ai in elements for ai in _TRADE_ITEMS):
        if "21" in elements or "8011" in elements:
            return "unit"
        return "lot" if "10" in elements else "item"
    for ai, kind in _KINDS:
        if ai in elements:
            return kind
    if "21" in elements:
        return "unit"
    return "lot" if any(ai in elements for ai in ("10", "11", "17", "30")) else "document"
