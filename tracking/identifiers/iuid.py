"""The unique item identifier of MIL-STD-130, put together from data identifiers or text elements.

Construct 1 is issuing agency, enterprise and serial number; construct 2 has the original part number in between.
"""

from __future__ import annotations

_AGENCIES = {"17V": "D", "12V": "UN", "7L": "LD", "18V": ""}
"""Data identifier of the enterprise -> the issuing agency's code; 18V begins with it already."""
_ENTERPRISES = {"MFR": "D", "SPL": "D", "CAG": "D", "DUN": "UN", "EUC": ""}
"""Text element of the enterprise -> the issuing agency's code."""


def item_identifier(elements: dict[str, str]) -> dict[str, str | int | bool]:
    """``uii`` and its construct as ``iuid``; empty where the label holds neither."""
    if elements.get("25S"):
        return {"uii": elements["25S"]}
    if elements.get("18S"):
        return {"uii": "D" + elements["18S"], "iuid": 1}
    enterprise = next((agency + elements[di] for di, agency in _AGENCIES.items() if elements.get(di)), "")
    serial, part = elements.get("S", ""), elements.get("1P", "")
    if not enterprise or not serial:
        return {}
    return {"uii": enterprise + part + serial, "iuid": 2 if part else 1}


def of_text_elements(elements: dict[str, str]) -> dict[str, str | int | bool]:
    """The same from text elements: SER is unique within the enterprise, SEQ within the part."""
    for name in ("UID", "UII"):
        if elements.get(name):
            return {"uii": elements[name]}
    if elements.get("USN"):
        return {"uii": "D" + elements["USN"], "iuid": 1}
    enterprise = next(
        (code + elements[name] for name, code in _ENTERPRISES.items() if elements.get(name)), ""
    )
    part = elements.get("PNO") or elements.get("PNR", "")
    if enterprise and elements.get("SEQ") and part:
        return {"uii": enterprise + part + elements["SEQ"], "iuid": 2}
    if enterprise and elements.get("SER"):
        return {"uii": enterprise + elements["SER"], "iuid": 1}
    return {}
