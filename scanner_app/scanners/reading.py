"""From what a scanner sent to readings: its profile undone, and damage mended where that can be proven."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from datetime import date
from functools import cache, partial
from typing import NamedTuple

from msgspec.structs import replace

from config.keyboard_text import RETYPINGS, meant, typed
from scanner_app.scanners.profile import NOTHING_KNOWN, Profile, undone
from tracking.identifiers import parsers, retyped
from tracking.identifiers.reader import read, split_aim
from tracking.identifiers.reading import Reading
from tracking.identifiers.symbologies import COMPOSITE, GS1_SYMBOLOGIES, LOOKS_GS1, MAY_BE_MISSING
from tracking.later import pattern

_UNSOUND_URL = pattern(r"https?:.*(?: |==)", re.IGNORECASE | re.DOTALL)
"""Addresses write such signs with a percent sign; here they stand for a dead key that was pressed once."""


@cache
def ways() -> retyped.Ways:
    """What may have happened to the codes of a scanner that nobody knows."""
    shown = {typed(head, way) for head in retyped.HEADS for way in RETYPINGS} - set(retyped.HEADS)
    heads = re.compile("|".join(map(re.escape, sorted(shown))))
    return retyped.Ways(tuple(partial(meant, retyping=way) for way in RETYPINGS), heads)


def load_all() -> None:
    """Loads every standard and the ways of damage: in a pause, so that no code waits for that."""
    parsers.load_all()
    ways()
    importlib.import_module("tracking.identifiers.lost_separators")


class Understood(NamedTuple):
    """A code as the label has it, as far as that can be told, and its readings, best first."""

    text: str
    readings: tuple[Reading, ...]


def understood(
    text: str, symbology_id: str = "", profile: Profile = NOTHING_KNOWN, *, today: date
) -> Understood:
    """The readings of what a scanner with this profile sent. Never raises."""
    found = undone(profile, text)
    if len(found.texts) > 1:
        return _one_of(found.texts, symbology_id, profile, today)
    plain = found.texts[0]
    readings = _read(plain, symbology_id, profile, today)
    if found.fits and not profile.way.harmless:
        return Understood(plain, readings)
    mended, readings = retyped.considered(plain, symbology_id, readings, ways(), today)
    if not found.fits and readings[0].usable and not readings[0].warn:
        readings = (retyped.doubted(readings[0], retyped.CHANGED, retyped.DOUBT), *readings[1:])
    return Understood(mended, readings)


def _read(text: str, symbology_id: str, profile: Profile, today: date) -> tuple[Reading, ...]:
    readings = read(text, symbology_id, today=today)
    if profile.separates:
        return tuple(_undoubted(reading) for reading in readings)
    body, aim = split_aim(text, symbology_id)
    composite = profile.gs_lost and COMPOSITE in body
    if aim not in GS1_SYMBOLOGIES and readings[0].reason != LOOKS_GS1 and not composite:
        return readings
    from tracking.identifiers import lost_separators

    return lost_separators.considered(body, aim, readings, today, lost=profile.gs_lost)


def _undoubted(reading: Reading) -> Reading:
    """Without the doubt that a separator may be missing."""
    if not reading.doubt:
        return reading
    warn = tuple(sentence for sentence in reading.warn if MAY_BE_MISSING not in sentence)
    return replace(reading, doubt="", warn=warn)


def _one_of(texts: Sequence[str], symbology_id: str, profile: Profile, today: date) -> Understood:
    """Several texts look alike at the host: the one that alone is sound, else the likeliest, to be confirmed."""
    declared = [text for text in texts if retyped.declares(text)]
    texts = declared or [text for text in texts if not _UNSOUND_URL.match(text)] or texts
    all_read = [Understood(text, _read(text, symbology_id, profile, today)) for text in texts]
    sound = [one for one in all_read if one.readings[0].usable]
    if len(sound) == 1:
        return sound[0]
    first = (sound or all_read)[0]
    best = first.readings[0]
    if best.usable:
        told = " or ".join(one.text for one in sound[:3])
        best = retyped.doubted(best, "two labels look like this", f"Two labels look like this: {told}.")
    return Understood(first.text, (best, *first.readings[1:]))
