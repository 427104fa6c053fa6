"""GS1 element strings (GS1 General Specifications, sections 3 and 7.8), read by biip and judged around it.

biip reports a wrong check digit *beside* the value; here it makes the reading unsound, in layer ``content``.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tracking.dates import from_yymmdd
from tracking.identifiers.reading import Reading

if TYPE_CHECKING:
    from biip.gs1_element_strings import GS1ElementString
    from biip.gs1_messages import GS1Message

GS = "\x1d"
GS1_SYMBOLOGIES = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1", "]z1"})
"""AIM identifiers that say FNC1 is in first position: element strings and nothing else."""

PLAIN_SYMBOLOGIES = frozenset({"]C0", "]d1", "]Q1", "]A0", "]z0"})
"""AIM identifiers that say it is *not* GS1, whatever the content looks like."""

_CSET82 = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}")
_DATES = {"11": "made", "15": "", "17": "expiry"}
# A label that begins so and goes on in digits may be GS1 sent without an AIM id; anything less is guessing.
_LOOKS_GS1 = re.compile(r"(?:01\d{14}|00\d{18}$|02\d{14}37)")


def parse(text: str, symbology_id: str, today: date) -> list[Reading]:
    """Readings of an element string; empty where the text is none."""
    if symbology_id in PLAIN_SYMBOLOGIES:
        return []
    declared = symbology_id in GS1_SYMBOLOGIES
    leading = text.startswith(GS)
    body = text.strip(GS)
    if not declared and not leading and GS not in text and not _LOOKS_GS1.match(text):
        return []
    if not body:
        return [_unsound("an empty element string", "syntax", declared)]
    reading = _read(body, today)
    if reading is None and not declared and not leading:
        return []
    why = (
        "AIM identifier says GS1"
        if declared
        else "a separator, as only GS1 has it"
        if GS in text
        else "looks like GS1"
    )
    if reading is None:
        return [
            _unsound(
                "no known element begins here, or its value is too short or too long", "syntax", declared
            )
        ]
    return [replace(reading, reason=why)]


def _unsound(error: str, layer: str, declared: bool) -> Reading:
    reason = "AIM identifier says GS1" if declared else "a separator, as only GS1 has it"
    return Reading(kind="unit", reason=reason, error=error, layer=layer)


def _read(body: str, today: date) -> Reading | None:
    from biip import ParseConfig, ParseError
    from biip.gs1_messages import GS1Message

    try:
        message = GS1Message.parse(body, config=ParseConfig(gs1_element_strings_verify_date=False))
    except ParseError:
        return None
    return _judged(message, today)


def _judged(message: GS1Message, today: date) -> Reading:
    elements: dict[str, str] = {}
    fields: dict[str, str] = {}
    error = layer = ""
    quantity = 0
    for element in message.element_strings:
        ai, value = element.ai.ai, element.value
        if elements.get(ai, value) != value:
            error, layer = f"({ai}) is there twice with different values", "association"
        elements[ai] = value
        wrong = _content_error(element, today)
        if wrong and layer != "content":
            error, layer = wrong, "content"
        if _DATES.get(ai):
            day = from_yymmdd(value, today)
            fields[_DATES[ai]] = day.isoformat() if day else ""
        elif ai in {"30", "37"} and value.isdecimal():
            quantity = int(value)
    name = {"01": "gtin", "02": "content_gtin", "00": "sscc", "10": "lot", "21": "serial", "414": "gln"}
    fields.update({name[ai]: value for ai, value in elements.items() if ai in name})
    kind, partial = _kind(elements)
    reading = Reading(
        kind=kind, elements=elements, quantity=quantity, partial=partial, error=error, layer=layer
    )
    return replace(reading, **fields)


def _content_error(element: GS1ElementString, today: date) -> str:
    for wrong in (element.gtin_error, element.sscc_error, element.gln_error):
        if wrong:
            return f"({element.ai.ai}) check digit does not fit"
    if element.ai.ai in {"11", "12", "13", "15", "16", "17"} and from_yymmdd(element.value, today) is None:
        return f"({element.ai.ai}) {element.value} is no date"
    if element.ai.ai in {"10", "21"} and not _CSET82.fullmatch(element.value):
        return f"({element.ai.ai}) has a character that GS1 does not allow there"
    return ""


def _kind(elements: dict[str, str]) -> tuple[str, bool]:
    """What the set of elements identifies, and whether it is only part of a label."""
    if "00" in elements:
        return "container", False
    if "01" in elements:
        return ("unit" if "21" in elements else "lot" if "10" in elements else "item"), False
    if "02" in elements:
        return "container", False
    if "21" in elements:
        return "unit", True
    if "10" in elements:
        return "lot", True
    for ai, kind in (
        ("8003", "asset"),
        ("8004", "asset"),
        ("8018", "badge"),
        ("400", "document"),
        ("414", "location"),
    ):
        if ai in elements:
            return kind, False
    return "lot", True
