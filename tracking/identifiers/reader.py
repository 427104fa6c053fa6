"""From a scan's text to its readings: AIM id first, then content. Context is the next step, not here.

All readings are kept, best first, each with its reason:

1. sound, and declared by the AIM id or by syntax of its own;
2. sound by its shape and a check character;
3. declared so, but unsound: never to be taken for something else;
4. shape of a checked number whose check fails;
5. plain text;
6. what only a length or an alphabet suggests.

Reading never raises, whatever was scanned.
"""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from tracking.identifiers.parsers import OF_EAN, OF_GS1, PARSERS, Parser, beginning
from tracking.identifiers.reading import Reading
from tracking.identifiers.symbologies import EAN_SYMBOLOGIES, GS1_SYMBOLOGIES
from tracking.later import pattern

TEXT_CHARS_MAX = 4096
"""Longer than any code on a label that means one thing; beyond it a scan is unreadable."""

TERMINATORS = "\r\n\t"
"""What a device may send after a code; never part of one."""

_AIM = pattern(r"\][A-Za-z][0-9A-Za-z]")
_SEPARATORS = frozenset("\x1c\x1d\x1e\x1f\x04")
_STRANGE = pattern(r"[\x00-\x03\x05-\x1b\x7f-\x9f]")
"""Control characters other than those separators."""


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
    strange = _STRANGE.search(text)
    if strange is not None:
        return f"it contains the control character 0x{ord(strange[0]):02x}"
    if text.isdecimal() and not text.isascii():
        return "its digits are not those of a code"
    return ""


def read(text: str, symbology_id: str = "", *, today: date) -> tuple[Reading, ...]:
    """All readings of a scan, best first; never empty, never raises."""
    body, aim = split_aim(text.rstrip(TERMINATORS), symbology_id)
    damage = _damage(body)
    if damage:
        return (Reading(kind="text", text=body[:TEXT_CHARS_MAX], reason="damaged", error=damage),)
    trimmed = body.strip(" ")
    found: list[Reading] = []
    for parser in _asked(aim, body, trimmed):
        found += parser.parse(body if parser.untrimmed else trimmed, aim, today)
        if found and found[0].kind == "command":
            return tuple(found)
    found = [_undeclared(reading, trimmed, aim) for reading in found]
    declared = aim in GS1_SYMBOLOGIES or (aim in EAN_SYMBOLOGIES and bool(found))
    if not _SEPARATORS.intersection(trimmed) and not declared:
        found.append(Reading(kind="text", text=trimmed, reason="plain text"))
    if not found:
        error = "no standard of ours begins so"
        found.append(Reading(kind="text", text=trimmed, reason="control characters", error=error))
    return tuple(sorted(found, key=_rank))


def _asked(aim: str, body: str, trimmed: str) -> tuple[Parser, ...] | list[Parser]:
    if aim in GS1_SYMBOLOGIES:
        return OF_GS1
    if aim in EAN_SYMBOLOGIES:
        return OF_EAN
    if body == trimmed:
        return [parser for parser in beginning(body[0]) if parser.glance(body)]
    return [parser for parser in PARSERS if parser.glance(body if parser.untrimmed else trimmed)]


def _undeclared(reading: Reading, text: str, aim: str) -> Reading:
    """A trade number that only its length suggests is bare, like any other number."""
    if reading.kind not in {"item", "container"} or not text.isdecimal() or aim in EAN_SYMBOLOGIES:
        return reading
    return replace(reading, bare=True)


def _rank(reading: Reading) -> int:
    if reading.weak:
        return 6 if reading.ok else 7
    if reading.kind == "text":
        return 5
    if reading.ok:
        return 2 if reading.bare else 1
    return 4 if reading.bare else 3
