"""GS1 Composite symbols: a linear code and a two-dimensional part above it, sent as one text with ``|]e0`` between.

Sources: ISO/IEC 24723, GS1 General Specifications 5.9. Both parts are about one thing and are judged together.
"""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from tracking.identifiers import gs1, trade
from tracking.identifiers.gs1_reading import reading
from tracking.identifiers.gs1_values import GS, Split, split
from tracking.identifiers.reading import Reading

_REASON = "composite symbol"


def parse(text: str, symbology_id: str, today: date) -> list[Reading]:
    """The one reading of both parts; empty where the text is no composite."""
    linear, mark, rest = text.partition(gs1.COMPOSITE)
    if not mark or rest[:1] not in {"0", "1", "2"}:
        return []
    below = _linear(linear, symbology_id, today)
    above = split(rest[1:].removeprefix(GS), today)
    both = Split(below.pairs + above.pairs, below.error or above.error, below.layer or above.layer)
    if not above.pairs and not both.error:
        both = Split(below.pairs, "nothing stands in the upper part", "syntax")
    found = reading(both, today, _REASON)
    written_out = GS not in text and gs1.SUBSTITUTES.search(rest) is not None
    warn = (f"What scanners send for a separator stands in it: {gs1.MAY_BE_MISSING}.",) if written_out else ()
    doubt = gs1.MAY_BE_MISSING if written_out else ""
    return [replace(found, details=found.details | {"composite": True}, warn=warn, doubt=doubt)]


def _linear(text: str, symbology_id: str, today: date) -> Split:
    """Elements of the linear part: a bare number or an element string."""
    if symbology_id not in gs1.GS1_SYMBOLOGIES:
        for found in trade.parse(text, symbology_id, today):
            pairs = list(found.elements.items())
            return Split(pairs, found.error, "content" if found.error else "")
    return split(text.removeprefix(GS), today)
