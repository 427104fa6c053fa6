"""From a scan's text to its readings: AIM id first, then content. Context is the next step, not here.

All readings are kept, best first, each with its reason; unsound ones come last, so that the operator can be told
what was nearly there. Reading never raises, whatever was scanned.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from tracking.identifiers import commands, gs1, trade
from tracking.identifiers.reading import Reading

TEXT_CHARS_MAX = 4096
"""Longer than any code on a label that means one thing; beyond it a scan is unreadable."""

Parser = Callable[[str, str, date], list[Reading]]

PARSERS: tuple[Parser, ...] = (commands.parse, gs1.parse, trade.parse)
"""In the order of asking. Each returns nothing for text that is not its own."""

TERMINATORS = "\r\n\t"
"""What a device may send after a code; never part of one."""

_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_SEPARATORS = frozenset("\x1c\x1d\x1e\x1f\x04")


def split_aim(text: str, symbology_id: str) -> tuple[str, str]:
    """``(text, AIM id)``: an identifier in front of the data is taken off where the device did not report one."""
    if not symbology_id and _AIM.match(text):
        return text[3:], text[:3]
    return text, symbology_id


def _damage(text: str) -> str:
    """Why a text cannot be a code; empty where it can."""
    if not text.strip():
        return "nothing was read"
    if len(text) > TEXT_CHARS_MAX:
        return f"{len(text)} characters are more than a label holds"
    if "\ufffd" in text:
        return "some of its bytes are no text"
    strange = next(
        (char for char in text if (ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0) and char not in _SEPARATORS),
        "",
    )
    return f"it contains the control character 0x{ord(strange):02x}" if strange else ""


def read(text: str, symbology_id: str = "", *, today: date) -> tuple[Reading, ...]:
    """All readings of a scan, best first; never empty, never raises."""
    body, aim = split_aim(text.rstrip(TERMINATORS), symbology_id)
    damage = _damage(body)
    if damage:
        return (Reading(kind="text", text=body[:TEXT_CHARS_MAX], reason="damaged", error=damage),)
    found: list[Reading] = []
    for parse in PARSERS:
        found += parse(body, aim, today)
        if found and found[0].kind == "command":
            return tuple(found)
    separated = any(char in _SEPARATORS for char in body)
    declared = aim in gs1.GS1_SYMBOLOGIES or (aim in trade.EAN_SYMBOLOGIES and bool(found))
    if not separated and not declared:
        found.append(Reading(kind="text", text=body, reason="plain text"))
    if not found:
        found.append(
            Reading(
                kind="text", text=body, reason="control characters", error="no standard of ours begins so"
            )
        )
    return tuple(sorted(found, key=lambda reading: not reading.ok))
