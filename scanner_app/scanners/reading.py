"""From what a scanner sent to readings: its profile undone, and damage mended where that can be proven."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from config.keyboard_text import RETYPINGS, meant
from scanner_app.scanners.profile import NOTHING_KNOWN, Profile, undone
from tracking.identifiers import gs1, lost_separators, retyped
from tracking.identifiers.reader import read, split_aim
from tracking.identifiers.reading import Reading

WAYS: tuple[Callable[[str], Sequence[str]], ...] = tuple(
    partial(meant, retyping=retyping) for retyping in RETYPINGS
)
"""What may have happened to the codes of a scanner that nobody knows."""


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
    return Understood(*retyped.considered(plain, symbology_id, readings, WAYS, today))


def _read(text: str, symbology_id: str, profile: Profile, today: date) -> tuple[Reading, ...]:
    readings = read(text, symbology_id, today=today)
    if profile.separates:
        return tuple(_undoubted(reading) for reading in readings)
    body, aim = split_aim(text, symbology_id)
    return lost_separators.considered(body, aim, readings, today, lost=profile.gs_lost)


def _undoubted(reading: Reading) -> Reading:
    """Without the doubt that a separator may be missing."""
    if not reading.doubt:
        return reading
    warn = tuple(sentence for sentence in reading.warn if gs1.MAY_BE_MISSING not in sentence)
    return replace(reading, doubt="", warn=warn)


def _one_of(texts: Sequence[str], symbology_id: str, profile: Profile, today: date) -> Understood:
    """Several texts look alike at the host: the one that alone is sound, else the likeliest, to be confirmed."""
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
