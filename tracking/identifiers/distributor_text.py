"""Distributors' own QR labels of ``name:value`` pairs. They follow no standard, so nothing in them is believed; but
the operator is told what was scanned, and the whole text is never taken for a serial number.
"""

from __future__ import annotations

import re
from datetime import date

from tracking.identifiers.reading import Reading

_PAIRS = (
    re.compile(r"\{(?:[a-z]{1,4}:[^,{}]*,){2,}[a-z]{1,4}:[^,{}]*\}"),
    re.compile(r"QTY:[0-9]+ (?:PN|MPN|PO|CPO|MFR):\S"),
)


def parse(text: str, _symbology_id: str, _today: date) -> list[Reading]:
    """An unsound reading that says what it is; empty for other text."""
    if text[:1] not in "{Q" or not any(shape.match(text) for shape in _PAIRS):
        return []
    error = "a distributor's own list of fields, no standard: scan the part or serial number's code"
    return [Reading(kind="item", reason="pairs of name and value", error=error)]
