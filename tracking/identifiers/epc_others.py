"""EPC schemes without a GS1 key: aircraft parts, defence assets, shipping boxes, vessels, and general numbers.

GS1 EPC Tag Data Standard 6.3: ADI (ATA Spec 2000), USDOD, BIC (ISO 6346), IMOVN (IMO ship number), GID.
"""

from __future__ import annotations

import re
from typing import Final

from tracking.identifiers.reading import Reading

_CAGE: Final = r"[0-9A-HJ-NP-Z]{5}|[0-9A-HJ-NP-Z]{6}"
_SHAPES: Final = {
    "adi": re.compile(
        rf"(?P<maker>{_CAGE})\.(?P<part>[A-Z0-9\-/]{{0,32}})\.(?P<serial>#?[A-Z0-9\-/]{{1,30}})"
    ),
    "usdod": re.compile(rf"(?P<maker>{_CAGE})\.(?P<serial>\d{{1,11}})"),
    "bic": re.compile(r"(?P<serial>[A-Z]{3}[JUZ]\d{7})"),
    "imovn": re.compile(r"(?P<serial>\d{7})"),
    "gid": re.compile(r"(?P<maker>\d{1,9})\.(?P<part>\d{1,8})\.(?P<serial>\d{1,11})"),
}
_ESCAPE: Final = re.compile(r"%(2F|23)", re.IGNORECASE)
_USDOD_SERIAL_MAX: Final = 2**36 - 1
_LETTERS: Final = dict(
    zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (value for value in range(10, 39) if value % 11), strict=True)
)
"""ISO 6346: letters count from 10 on, multiples of 11 left out."""


def parse(form: str, scheme: str, name: str, reason: str) -> Reading | None:
    """The reading of a URN of one of these schemes; None for every other scheme."""
    shape = _SHAPES.get(scheme)
    if shape is None or form != "id":
        return None
    plain = _ESCAPE.sub(lambda hit: chr(int(hit[1], 16)), name)
    found = shape.fullmatch(plain)
    if found is None or "/" in name or "#" in name:
        return Reading(kind="unit", reason=reason, error="a part of it is missing", layer="syntax")
    parts = found.groupdict()
    if not _fits(scheme, parts["serial"]):
        return Reading(kind="unit", reason=reason, error="the check digit does not fit", layer="content")
    details: dict[str, str | int | bool] = {"scheme": scheme}
    if parts.get("maker"):
        details["manufacturer"] = parts["maker"]
    if parts.get("part"):
        details["part"] = parts["part"]
    kind = "container" if scheme == "bic" else "asset" if scheme == "imovn" else "unit"
    return Reading(
        kind=kind,
        reason=reason,
        elements={key: value for key, value in parts.items() if value},
        details=details | ({"license_plate": parts["serial"]} if kind == "container" else {}),
        serial="" if kind == "container" else parts["serial"],
    )


def _fits(scheme: str, number: str) -> bool:
    if scheme == "imovn":
        return sum(
            int(digit) * weight for digit, weight in zip(number, range(7, 1, -1), strict=False)
        ) % 10 == int(number[6])
    if scheme == "bic":
        values = [_LETTERS[char] if char in _LETTERS else int(char) for char in number[:10]]
        return sum(value << place for place, value in enumerate(values)) % 11 % 10 == int(number[10])
    return scheme != "usdod" or int(number) <= _USDOD_SERIAL_MAX
