"""HIBC supplier labels (ANSI/HIBC 2.6): primary, secondary, both joined by a slash, or several lines in one code.

A line is ``+``, data and a check character, modulo 43 over all that is before it. The check character may be a blank,
so a scan must not be trimmed before it comes here.
"""

from __future__ import annotations

import re
from datetime import date

from tracking.identifiers.hibc_data import Fault, Found, secondary, supplement
from tracking.identifiers.reading import Reading

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)}
_PRIMARY = re.compile(r"([A-Z][A-Z0-9]{3})([A-Z0-9]{1,18})([0-9])")
_WITHOUT_FLAG = re.compile(
    r"[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]/(?:\$|[0-9]{5})[$+A-Z0-9/.-]*[-0-9A-Z. $/+%]"
)
_TELEPHONE = re.compile(r"\+[0-9 ()/.-]+")
CHARS_MAX = 200
"""Three lines of the longest fields come to less."""


def check_character(text: str) -> str:
    """The character that makes ``text`` whole: the sum of all values modulo 43. ``KeyError`` outside the alphabet."""
    return _ALPHABET[sum(_VALUES[char] for char in text) % 43]


def parse(text: str, _symbology_id: str, today: date) -> list[Reading]:
    """The reading of a HIBC label; empty where the text is none."""
    if len(text) > 2 and text[0] == text[-1] == "*":
        text = text[1:-1]  # start and stop of Code 39, shown by some scanners
    text = text.lstrip(" ")
    if not text.startswith("+"):
        return _without_flag(text)
    try:
        return [_whole(text, today)]
    except Fault as fault:
        blank = _trimmed(text, today)
        if blank is not None:
            return [blank]
        weak = _TELEPHONE.fullmatch(text) is not None
        return [
            Reading(
                kind="item", reason="begins with the HIBC flag", error=str(fault), layer="content", weak=weak
            )
        ]


def _trimmed(text: str, today: date) -> Reading | None:
    """The reading if a blank was cut off the end; a person has to confirm it."""
    try:
        reading = _whole(text + " ", today)
    except Fault:
        return None
    return _confirm(reading, "The check character, a blank, is missing; the scanner may cut blanks off.")


def _confirm(reading: Reading, sentence: str) -> Reading:
    from msgspec.structs import replace

    return replace(reading, warn=(*reading.warn, sentence))


def _without_flag(text: str) -> list[Reading]:
    if not _WITHOUT_FLAG.fullmatch(text) or len(text) > CHARS_MAX:
        return []
    if text[-1] not in {check_character(text[:-1]), check_character("+" + text[:-1])}:
        return []
    return [
        Reading(
            kind="item",
            reason="shape of a HIBC label",
            error="the flag + in front is missing",
            layer="syntax",
        )
    ]


def _whole(text: str, today: date) -> Reading:
    if len(text) > CHARS_MAX:
        raise Fault("longer than a HIBC label can be")
    if len(text) < 4:
        raise Fault("too short for a HIBC label")
    strange = next((char for char in text if char not in _VALUES), "")
    if strange:
        raise Fault(f"{strange!r} is no character of a HIBC label; it has capital letters and digits")
    lines = _lines(text)
    for line in lines:
        wanted = check_character(line[:-1])
        if line[-1] != wanted:
            raise Fault(f"the check character is {line[-1]!r}, {wanted!r} would fit")
    found = Found(today)
    form = _one_line(lines[0], found) if len(lines) == 1 else _many_lines(lines, found)
    return _reading(found, form)


def _lines(text: str) -> list[str]:
    """The lines of one scan, told apart by their check characters."""
    middle = text.find("+", 1)
    for end in (middle, middle + 1):
        if middle > 0 and text[end : end + 1] == "+" and _PRIMARY.fullmatch(text[1 : end - 1]):
            if _fits(text[:end]):
                return [text[:end], *_secondary_lines(text[end:])]
    return [text]


def _secondary_lines(text: str) -> list[str]:
    start = 4 if text.startswith("+$$+") else 3 if text.startswith("+$+") else 1
    place = text.find("+", start)
    while place > 0:
        if len(text) - place >= 4 and _fits(text[:place]) and _fits(text[place:]):
            return [text[:place], text[place:]]
        place = text.find("+", place + 1)
    return [text]


def _fits(line: str) -> bool:
    return len(line) >= 4 and check_character(line[:-1]) == line[-1]


def _one_line(line: str, found: Found) -> str:
    head, slash, rest = line[1:-1].partition("/")
    primary = _PRIMARY.fullmatch(head)
    if primary:
        found.primary(*primary.groups())
        if not slash:
            return "primary"
        first, *others = rest.split("/")
        secondary(first, found)
        for other in others:
            supplement(other, found)
        return "concatenated"
    found.link = line[-2]
    _secondary_body(line[1:-2], found)
    return "secondary"


def _many_lines(lines: list[str], found: Found) -> str:
    primary = _PRIMARY.fullmatch(lines[0][1:-1])
    if primary is None:
        raise Fault("the first line is no primary line")
    found.primary(*primary.groups())
    for line in lines[1:]:
        if line[-2] != lines[0][-1]:
            raise Fault("the link character does not fit: the lines are of two labels")
        _secondary_body(line[1:-2], found)
    return "two_lines"


def _secondary_body(body: str, found: Found) -> None:
    first, *others = body.split("/")
    secondary(first, found)
    for other in others:
        supplement(other, found)


def _reading(found: Found, form: str) -> Reading:
    kind = "unit" if found.text("serial") else "lot" if found.text("lot") else "item"
    elements = {name: str(value) for name, value in found.values.items() if name in _ELEMENTS}
    details: dict[str, str | int | bool] = {"form": form}
    details |= {name: value for name, value in found.values.items() if name in _DETAILS}
    if "lic" in details:
        details["udi_di"] = f"{details['lic']}{details['pcn']}{details['unit_of_measure']}"
    else:
        details["link"] = found.link
    return Reading(
        kind=kind,
        reason="HIBC, its check character fits",
        elements=elements,
        details=details,
        serial=found.text("serial"),
        lot=found.text("lot"),
        expiry=found.text("expiry"),
        made=found.text("production_date"),
        quantity=int(found.values.get("quantity", 0)),
        partial=form == "secondary",
    )


_ELEMENTS = frozenset({"lic", "pcn", "unit_of_measure", "lot", "serial", "expiry", "quantity"})
_DETAILS = frozenset({"lic", "pcn", "unit_of_measure", "expiry_month", "expiry_hour", "production_date"})
