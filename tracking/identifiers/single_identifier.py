"""One data identifier alone in a linear code (``1PABC-123``, ``Q250``): old, common, and never sure.

Half of all serial numbers begin with a letter that is also a data identifier. So this is a bare reading: known values
and the items' patterns come first, and it always asks to be confirmed.
"""

from __future__ import annotations

import re
from datetime import date

from msgspec.structs import replace

from tracking.identifiers.data_identifiers import KNOWN, Fault, judged, split
from tracking.identifiers.reading import Reading

_FIELD = re.compile(r"([0-9]{0,2}[A-Z])([0-9A-Z][0-9A-Za-z./+#_ -]{0,49})")
_LINEAR = re.compile(r"\](?:A|C[02]|G|F)")
"""AIM identifiers of the linear codes that carry data identifiers: Code 39, Code 128, Code 93, Codabar."""
_CODE39 = "]A"
_PREFIXES = {"K": ("PO", "P0", "SO"), "P": (), "S": (), "T": (), "V": (), "Q": (), "D": (), "J": (), "I": ()}
"""Single letters, and how a value may begin that is no digit: letters alone say nothing."""


def parse(text: str, symbology_id: str, today: date) -> list[Reading]:
    """The reading of a single data identifier that is on labels in use; weak unless a linear code carries it."""
    found = _FIELD.fullmatch(text)
    if found is None or found[1] not in KNOWN or found[1] in {"I", "25S"}:
        return []
    name, value = found.groups()
    try:
        reading = judged(split([text]), today, "di", f"{name} may be a data identifier")
    except Fault:
        return []
    likely = bool(_LINEAR.match(symbology_id)) and _likely(name, value, symbology_id)
    return [
        replace(
            reading,
            details={**reading.details, "ambiguous": True},
            warn=(f"{name} may be a data identifier in front of {value}, or part of the value.",),
            bare=True,
            weak=not likely,
        )
    ]


def _likely(name: str, value: str, symbology_id: str) -> bool:
    if name == "4L":
        return len(value) == 2 and value.isalpha()
    if len(name) > 1:
        return True
    if value[0].isdigit() or value.startswith(_PREFIXES.get(name, ())):
        return True
    # Code 39 is where such labels come from; a part number has a digit somewhere.
    return name == "P" and symbology_id.startswith(_CODE39) and any(char.isdigit() for char in value)
