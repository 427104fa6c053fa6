"""Vehicle identification numbers (ISO 3779; 49 CFR 565 in North America; GB 16735 in China).

The check character in place 9 and the letters of the model year bind for makers of North America (1 to 5) and China
(L). Elsewhere place 9 is any character.
"""

from __future__ import annotations

import re
from datetime import date

from tracking.check_characters import vin_check_character
from tracking.identifiers.reading import Reading

_SHAPE = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_LIKELY = re.compile(r"(?=.{0,10}[A-Z])[A-HJ-NPR-Z0-9]{13}[0-9]{4}")
_LOOK_ALIKES = str.maketrans("IOQ", "100")
_YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"
_FIRST_YEAR = 1980
_BINDING = frozenset("12345L")
_NORTH_AMERICA = frozenset("12345")
_LABEL = re.compile(r"VIN[ :.#-]{1,3}", re.IGNORECASE)


def parse(text: str, _symbology_id: str, _today: date) -> list[Reading]:
    """The reading of a bare VIN, also with a label's word, Code 39 stars or the data identifier I in front."""
    if not 15 <= len(text) <= 24:
        return []
    body = _LABEL.sub("", text.strip("*"), count=1).upper()
    if not (body.isascii() and body.isalnum()):
        return []
    if len(body) == 18 and body[0] == "I" and _SHAPE.fullmatch(body[1:]):
        body = body[1:]
    labelled = len(text) - len(body) > 3
    if len(body) != 17:
        return [_unsound(body, f"a VIN has 17 characters, this has {len(body)}", weak=not labelled)]
    if not _SHAPE.fullmatch(body):
        return _forbidden_letter(body)
    return [_judged(body, weak=not labelled and not _LIKELY.fullmatch(body))]


def _unsound(body: str, error: str, *, weak: bool) -> Reading:
    return Reading(kind="vin", reason="shape of a VIN", text=body, error=error, bare=True, weak=weak)


def _forbidden_letter(body: str) -> list[Reading]:
    """I, O and Q are in no VIN. Surely misread only where 1 and 0 in their place make the check character fit."""
    likely = body.translate(_LOOK_ALIKES)
    sure = (
        likely[0] in _BINDING and bool(_LIKELY.fullmatch(likely)) and vin_check_character(likely) == likely[8]
    )
    return [_unsound(body, "a VIN has no letters I, O or Q", weak=not sure)]


def _judged(vin: str, *, weak: bool) -> Reading:
    wanted = vin_check_character(vin)
    binding, small = vin[0] in _BINDING, vin[2] == "9"
    error = ""
    if binding and vin[9] not in _YEAR_CODES:
        error = f"'{vin[9]}' in place 10 is no model year"
    elif binding and vin[8] != wanted:
        error = f"the check character in place 9 is '{vin[8]}', '{wanted}' would fit"
    details: dict[str, str | int | bool] = {
        "vin": vin,
        "wmi": vin[:3] + vin[11:14] if small else vin[:3],
        "check_expected": wanted,
        "check_match": vin[8] == wanted,
        "check_mandatory": binding,
        "small_manufacturer": small,
    }
    if vin[0] in _NORTH_AMERICA and not error:
        details["model_year"] = _model_year(vin)
    return Reading(
        kind="vin",
        reason="shape and check character of a VIN" if vin[8] == wanted else "shape of a VIN",
        serial=vin,
        elements={"wmi": vin[:3], "vds": vin[3:9], "vis": vin[9:]},
        details=details,
        error=error,
        bare=True,
        weak=weak,
    )


def _model_year(vin: str) -> int:
    """A hint: a letter in place 7 means 2010 and later, which holds for cars and light trucks (49 CFR 565.15)."""
    return _FIRST_YEAR + _YEAR_CODES.index(vin[9]) + (30 if vin[6].isalpha() else 0)
