"""GS1 element strings (GS1 General Specifications, sections 3 and 7.8): what is one, and what it says.

Three layers are judged in this order: ``syntax`` (it cannot be split), ``content`` (a value is bad), ``association``
(the values are sound, but their set is not). A set that only waits for another code of its label is ``partial``.
"""

from __future__ import annotations

import re
from datetime import date

from msgspec.structs import replace

from tracking.dates import from_yymmdd
from tracking.identifiers.gs1_linters import mod10_fits
from tracking.identifiers.gs1_reading import reading
from tracking.identifiers.gs1_values import GS, Split, split
from tracking.identifiers.reading import Reading
from tracking.identifiers.symbologies import COMPOSITE as COMPOSITE
from tracking.identifiers.symbologies import GS1_SYMBOLOGIES as GS1_SYMBOLOGIES
from tracking.identifiers.symbologies import LOOKS_GS1 as LOOKS_GS1
from tracking.identifiers.symbologies import MAY_BE_MISSING as MAY_BE_MISSING

_UNTOLD = frozenset({"", "]X0"})
"""No identifier, or the one for "other": the content has to say what it is."""

SUBSTITUTES = re.compile(r"\{GS\}|<GS>|\[GS\]|\{FNC1\}|<FNC1>|\u241d|\u00e8|\u00c8|Alt\+?029", re.IGNORECASE)
"""What keyboard wedges type where the label has a separator, of those that are recognisable for themselves."""

_OTHER_ENVELOPE = re.compile(r"(?:\]?>?\[\)>|[+=&])")
_DATED_END = re.compile(r"(.+?)(1[1-7])(\d{6})")
_NUMBERED_END = re.compile(r"(.+?)01(\d{14})")


def parse(text: str, symbology_id: str, today: date) -> list[Reading]:
    """Readings of an element string; empty where the text is none."""
    declared = symbology_id in GS1_SYMBOLOGIES
    if COMPOSITE in text:
        return []
    if not declared and (symbology_id not in _UNTOLD or _OTHER_ENVELOPE.match(text)):
        return []
    text = text if declared else text.strip(" ")
    # A device that sends one real separator sends them all.
    plain = text if GS in text else SUBSTITUTES.sub(GS, text)
    body = plain[1:] if plain.startswith(GS) else plain
    if not declared and not plain.startswith(GS) and not _looks_gs1(body, today):
        return []
    reason = (
        "AIM identifier says GS1"
        if declared
        else "a separator, as only GS1 has it"
        if GS in text
        else LOOKS_GS1
    )
    if not body:
        return [Reading(kind="unit", reason=reason, error="an empty element string", layer="syntax")]
    found = split(body, today)
    if not declared and not found.pairs:
        return []
    if plain != text and found.error:
        # What was put in for the separators does not make it sound: judge what was really scanned.
        found = split(text.removeprefix(GS), today)
        plain = text
    judged = reading(found, today, reason)
    return [_warned(judged, found, replaced=plain != text, separates=GS in text)]


def _looks_gs1(body: str, today: date) -> bool:
    """Whether text without an AIM identifier may be taken for an element string: by a separator, by its key's check
    digit, or by elements behind the key that are all sound. Anything less is guessing.
    """
    if GS in body:
        return True
    chars = 18 if body.startswith("00") else 14
    key = body[2 : 2 + chars]
    if (
        body[:2] not in {"00", "01", "02", "03"}
        or len(key) < chars
        or not (key.isascii() and key.isdecimal())
    ):
        return False
    if mod10_fits(key):
        return len(body) == 20 if chars == 18 else True
    behind = split(body[2 + chars :], today)
    return bool(behind.pairs) and not behind.error


def _warned(found: Reading, parts: Split, *, replaced: bool, separates: bool) -> Reading:
    warn = []
    doubt = ""
    if replaced:
        warn.append("The scanner replaced the separators: please check lot and serial against the label.")
    for ai, value in parts.pairs if found.ok else ():
        if not separates and SUBSTITUTES.search(value):
            doubt = MAY_BE_MISSING
            warn.append(f"({ai}) contains what scanners send for a separator: {MAY_BE_MISSING}.")
        if ai in {"10", "21", "240", "241", "250"} and _swallowed(value):
            doubt = MAY_BE_MISSING
            warn.append(f"({ai}) ends like another element: {MAY_BE_MISSING}.")
    return replace(found, warn=tuple(warn), doubt=doubt) if warn else found


def _swallowed(value: str) -> bool:
    """Whether a value ends in what would be a whole element with a date or check digit behind a separator."""
    dated = _DATED_END.fullmatch(value)
    if dated and from_yymmdd(dated[3], date(2000, 1, 1)) is not None:
        return True
    numbered = _NUMBERED_END.fullmatch(value)
    return numbered is not None and mod10_fits(numbered[2])
