"""Codes that a keyboard layout or Caps Lock has changed: recognised by what no label holds, undone only with proof.

In which ways a text can have been changed is a matter of the devices and is handed in as values. Here it is judged:

* *sign*: the text as it stands is unsound, or has characters that hardly any code has but a foreign layout gives;
* *proof*: a check digit, a check character, an AIM identifier or a header that only fits if the text is undone so;
* one text alone that is proven is taken, and a person is asked to confirm it. Without that the code is refused, or
  doubted where it is plain text. A code without a sign stays as it is, whatever else it could have been.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from msgspec.structs import replace

from tracking.identifiers.gs1 import GS1_SYMBOLOGIES
from tracking.identifiers.reader import read, split_aim
from tracking.identifiers.reading import NATIVE_KINDS, Reading
from tracking.identifiers.trade import EAN_SYMBOLOGIES

Way = Callable[[str], Sequence[str]]
"""Undoes one kind of damage: the texts that can have come out as the one given."""

AIM_IDS = frozenset(
    f"]{code}{modifier}" for code in "ACEFGHILMNPQSXZdehjoz" for modifier in "0123456789ABCabc"
)
"""Identifiers of ISO/IEC 15424 that scanners of ours may send; ``]c1`` is one that Caps Lock has turned."""

CHANGED = "keyboard layout changed it: scan the calibration card"
DOUBT = "A keyboard layout may have changed its characters: scan the calibration card with this scanner."
CONFIRM = "A keyboard layout had changed its characters: compare with the label, scan the calibration card."

_HEAD = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_DIGIT_SIGNS = re.compile(r"[&\"'(_].*[&\"'(]")
"""Two of the signs that the French digits give, among them at least one that labels hardly have."""
_FOREIGN = frozenset("ßäöüÄÖÜẞ§²³µ°éèàùçÉÈÀÙÇñÑìòº·ª¡¿´¨£¬¦€¤")
"""What the layouts of Europe have instead of the signs of ASCII."""


def considered(
    text: str, symbology_id: str, readings: tuple[Reading, ...], ways: Iterable[Way], today: date
) -> tuple[str, tuple[Reading, ...]]:
    """The text as the label has it and its readings, where the damage is proven; else both as given, or doubted."""
    best = readings[0]
    visible = _has_sign(text, best)
    if (best.usable and not visible) or (best.usable and _proves(text, symbology_id, best)):
        return text, readings
    proven: dict[str, tuple[Reading, ...]] = {}
    for meant in {meant: None for way in ways for meant in way(text)}:
        if meant != text and (visible or (not symbology_id and _declares(meant) and not _declares(text))):
            found = read(meant, symbology_id, today=today)
            if _proves(meant, symbology_id, found[0]) and (visible or found[0].kind != "text"):
                proven[meant] = found
    if len(proven) == 1:
        ((meant, found),) = proven.items()
        return meant, (_confirmed(found[0]), *found[1:])
    if best.usable:
        return text, (doubted(best, CHANGED, DOUBT), *readings[1:])
    return text, readings


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


def _has_sign(text: str, best: Reading) -> bool:
    return (
        not _FOREIGN.isdisjoint(text)
        or (_HEAD.match(text) is not None and not _declares(text))
        or (best.kind == "text" and _DIGIT_SIGNS.search(text) is not None)
    )


def _declares(text: str) -> bool:
    """Whether it begins with an AIM identifier."""
    return split_aim(text, "")[1] in AIM_IDS


def _proves(text: str, symbology_id: str, best: Reading) -> bool:
    """Whether the text is what a label says: by an identifier in front of it, a check, or a header of its own."""
    if not best.usable:
        return False
    _, aim = split_aim(text, symbology_id)
    if not symbology_id and aim in AIM_IDS and (_FOREIGN.isdisjoint(text) or aim in GS1_SYMBOLOGIES):
        return True
    if best.kind in {"text", "url"}:
        return False
    if best.kind in NATIVE_KINDS:
        return best.kind != "vin" or bool(best.details.get("check_match"))
    if aim in GS1_SYMBOLOGIES | EAN_SYMBOLOGIES:
        return True
    checked = best.gtin or best.sscc or best.content_gtin or best.gln
    return bool(checked) or best.kind == "command" or not (best.bare or best.weak)
