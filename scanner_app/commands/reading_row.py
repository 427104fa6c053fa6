"""One reading in the names and shapes that ``scanner read --json`` promises."""

from __future__ import annotations

from typing import Any

from tracking.identifiers.reading import Reading

_FIELDS = (
    "gtin",
    "serial",
    "lot",
    "expiry",
    "made",
    "sscc",
    "content_gtin",
    "gln",
    "quantity",
    "text",
    "command",
    "argument",
    "partial",
    "repaired",
)
_NUMBERS = frozenset({"unit_of_measure", "quantity"})
"""Elements that are numbers on the outside; all others are text, leading zeros and all."""


def shortcuts(reading: Reading) -> dict[str, Any]:
    """Elements, and what they mean by name; what a reading does not hold is left out."""
    row: dict[str, Any] = {"elements": _elements(reading.elements), **reading.details}
    row |= {name: value for name in _FIELDS if (value := getattr(reading, name))}
    return row


def reading_row(reading: Reading) -> dict[str, Any]:
    """One of several readings, with its reason."""
    row: dict[str, Any] = {"ok": reading.ok, "kind": reading.kind, "reason": reading.reason}
    row |= shortcuts(reading)
    row |= {name: value for name in ("error", "layer", "bare", "weak") if (value := getattr(reading, name))}
    if reading.warn:
        row["warn"] = list(reading.warn)
    return row


def _elements(elements: dict[str, str]) -> dict[str, str | int]:
    return {
        name: int(value) if name in _NUMBERS and value.isdecimal() else value
        for name, value in elements.items()
    }
