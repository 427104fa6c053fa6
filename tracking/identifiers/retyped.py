"""Codes that a keyboard layout or Caps Lock has changed: recognised by what no label holds, undone only with proof.

In which ways a text can have been changed is a matter of the devices and is handed in as values. Here it is judged:

* *sign*: the text as it stands is unsound, or has characters that hardly any code has but a foreign layout gives;
* *proof*: a check digit, a check character, an AIM identifier or a header that only fits if the text is undone so;
* one text alone that is proven is taken, and a person is asked to confirm it. Without that the code is refused, or
  doubted where it is plain text. A code without a sign stays as it is, whatever else it could have been.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from tracking.identifiers.reader import read, split_aim
from tracking.identifiers.reading import NATIVE_KINDS, Reading
from tracking.identifiers.symbologies import EAN_SYMBOLOGIES, GS1_SYMBOLOGIES
from tracking.later import pattern

Way = Callable[[str], Sequence[str]]
"""Undoes one kind of damage: the texts that can have come out as the one given."""

AIM_IDS = frozenset(
    f"]{code}{modifier}" for code in "ABCEFGHIJKLMNOPQRSTUXdehz" for modifier in "0123456789ABCabc"
)
"""Identifiers of ISO/IEC 15424 that scanners of ours may send; ``]c1`` and ``]D2`` are ones that Caps Lock turned."""

HEADS = (
    *("(0", "(1", "(2", "(3", "(4", "(7", "(8"),
    *("http://", "https://", "urn:", "URN:", "[)>", "%CMD:", "=/", "=,", "+"),
)
"""How codes begin that declare themselves; where a way of damage turns one, the result is a sign of it."""


class Ways(NamedTuple):
    """What may have happened to the codes of a scanner that nobody knows: a matter of the devices, so handed in."""

    undo: tuple[Way, ...]
    heads: re.Pattern[str]
    """What becomes of :data:`HEADS` where it does not stay itself."""


CHANGED = "keyboard layout changed it: scan the calibration card"
DOUBT = "A keyboard layout may have changed its characters: scan the calibration card with this scanner."
CONFIRM = "A keyboard layout had changed its characters: compare with the label, scan the calibration card."

MENDED_CHARS_MAX = 500
"""A longer text is no label of ours; what happened to it is not looked for."""

_HEAD = pattern(r"\][A-Za-z][0-9A-Za-z]")
_DIGIT_SIGNS = pattern(r"[&\"'(_].*[&\"'(]")
"""Two of the signs that the French digits give, among them at least one that labels hardly have."""
_FOREIGN = pattern(r"[\u00a1-\u024f\u1e00-\u1eff€]")
"""What the layouts of Europe have instead of the signs of ASCII, with the letters that their accents make."""
_TURNED_URL = pattern(r"(?:\]..)?HTTPS?://(?=[^/?]*[A-Z])[A-Z0-9.:-]+[/?].*[a-z]", re.DOTALL)
"""A capital scheme is for the alphabet of QR codes that has no small letters: where there are some, Caps Lock is on."""


def considered(
    text: str, symbology_id: str, readings: tuple[Reading, ...], ways: Ways, today: date
) -> tuple[str, tuple[Reading, ...]]:
    """The text as the label has it and its readings, where the damage is proven; else both as given, or doubted."""
    best = readings[0]
    if len(text) > MENDED_CHARS_MAX:
        return text, readings
    turned = _is_turned(text, symbology_id)
    visible = turned or _has_sign(text, best, ways.heads)
    proven = _proves(text, symbology_id, best)
    if best.usable and not turned and (proven or not visible):
        return text, _unless_twofold(text, symbology_id, readings, ways, today)
    found = _sound(text, symbology_id, ways, today, visible=visible)
    if len(found) == 1:
        ((meant, undone),) = found.items()
        return meant, (_confirmed(undone[0]), *undone[1:])
    if best.usable:
        return text, (doubted(best, CHANGED, DOUBT), *readings[1:])
    return text, readings


def _sound(
    text: str, symbology_id: str, ways: Ways, today: date, *, visible: bool
) -> dict[str, tuple[Reading, ...]]:
    """The texts that can have become this one and that something in them proves, with their readings."""
    found: dict[str, tuple[Reading, ...]] = {}
    for meant in {meant: None for way in ways.undo for meant in way(text)}:
        if meant != text and (visible or (not symbology_id and declares(meant) and not declares(text))):
            readings = read(meant, symbology_id, today=today)
            if _proves(meant, symbology_id, readings[0]) and (visible or readings[0].kind != "text"):
                found[meant] = readings
    return found


def _unless_twofold(
    text: str, symbology_id: str, readings: tuple[Reading, ...], ways: Ways, today: date
) -> tuple[Reading, ...]:
    """The readings; doubted where a HIBC label, by its check character, is a code with an AIM identifier as well."""
    head = f"]{text[1:3]}"
    twofold = text.startswith("+") and not {head, head.swapcase()}.isdisjoint(
        GS1_SYMBOLOGIES | EAN_SYMBOLOGIES
    )
    if symbology_id or not twofold or not _sound(text, "", ways, today, visible=False):
        return readings
    return (doubted(readings[0], CHANGED, DOUBT), *readings[1:])


def doubted(reading: Reading, doubt: str, sentence: str) -> Reading:
    """The reading, to be settled by a person because of this."""
    return replace(reading, doubt=doubt, warn=(*reading.warn, sentence))


def _confirmed(reading: Reading) -> Reading:
    return replace(
        reading,
        repaired=True,
        reason=f"{reading.reason}, a keyboard layout undone",
        warn=(*reading.warn, CONFIRM),
    )


def _is_turned(text: str, symbology_id: str) -> bool:
    """Whether Caps Lock shows by an identifier or an address that nobody writes so."""
    head = _HEAD.match(text) is not None and not symbology_id
    return _TURNED_URL.match(text) is not None or (head and not declares(text))


def _has_sign(text: str, best: Reading, heads: re.Pattern[str]) -> bool:
    return (
        _FOREIGN.search(text) is not None
        or (best.kind == "text" and heads.match(text) is not None)
        or (best.kind == "text" and _DIGIT_SIGNS.search(text) is not None)
    )


def declares(text: str) -> bool:
    """Whether it begins with an AIM identifier."""
    return split_aim(text, "")[1] in AIM_IDS


def _proves(text: str, symbology_id: str, best: Reading) -> bool:
    """Whether the text is what a label says: by an identifier in front of it, a check, or a header of its own."""
    if not best.usable:
        return False
    _, aim = split_aim(text, symbology_id)
    if not symbology_id and aim in AIM_IDS and (_FOREIGN.search(text) is None or aim in GS1_SYMBOLOGIES):
        return True
    if best.kind in {"text", "url"}:
        return False
    if best.kind in NATIVE_KINDS:
        return best.kind != "vin" or bool(best.details.get("check_match"))
    if aim in GS1_SYMBOLOGIES | EAN_SYMBOLOGIES:
        return True
    checked = best.gtin or best.sscc or best.content_gtin or best.gln
    return bool(checked) or best.kind == "command" or not (best.bare or best.weak)
