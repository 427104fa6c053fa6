"""EUI-48 (MAC address) and EUI-64 (IEEE 802): octets with colons or hyphens, groups of four with dots, or bare.

No list of makers is asked: an address of a maker that nobody listed is still an address.
"""

from __future__ import annotations

import re
from datetime import date

from tracking.identifiers.reading import Reading

_LABEL = re.compile(
    r"(?:(?:W?LAN|WI-?FI|BT|BLUETOOTH|BLE|ETH|ETHERNET)[ -]?)?"
    r"(?:MAC(?:[ -]?(?:ID|ADDR(?:ESS)?|[0-9]))?|EUI-?(?:48|64)?)"
    r"[ :.#=]{1,3}",
    re.IGNORECASE,
)
_FORMS = re.compile(
    r"[0-9A-F]{2}(?:([:-])[0-9A-F]{2})(?:\1[0-9A-F]{2}){4}(?:(?:\1[0-9A-F]{2}){2})?"
    r"|[0-9A-F]{4}(?:\.[0-9A-F]{4}){2,3}|[0-9A-F]{6}-[0-9A-F]{6}|[0-9A-F]{12}(?:[0-9A-F]{4})?"
)
_NEARLY = re.compile(r"[0-9A-Z]{2}(?::[0-9A-Z]{1,2}){4,8}")
_GAPS = str.maketrans("", "", ":-.")
HEX_LETTERS_MIN = 3
"""Fewer letters in a bare number, and it is more likely decimal behind a letter."""
CHARS_MAX = 50


def parse(text: str, _symbology_id: str, _today: date) -> list[Reading]:
    """The reading of an address; unsound where no single device has it."""
    if not 12 <= len(text) <= CHARS_MAX or not text.isascii():
        return []
    label = _LABEL.match(text)
    body = text[label.end() if label else 0 :].strip().upper()
    if not _FORMS.fullmatch(body):
        if label or _NEARLY.fullmatch(body):
            return [_unsound("eui48", "an address has 6 or 8 pairs of hexadecimal digits")]
        return []
    value = body.translate(_GAPS)
    kind = "eui48" if len(value) == 12 else "eui64"
    # Digits alone are more likely a number of another kind, unless pairs or a name show it.
    letters = sum(char.isalpha() for char in value)
    weak = letters < HEX_LETTERS_MIN and not label and len(body) == len(value)
    return [_judged(value, kind, weak=weak)]


def _unsound(kind: str, error: str, *, weak: bool = False) -> Reading:
    return Reading(kind=kind, reason="shape of an address", error=error, bare=True, weak=weak)


def _judged(value: str, kind: str, *, weak: bool) -> Reading:
    first = int(value[:2], 16)
    if set(value) <= {"F"} or set(value) <= {"0"}:
        return _unsound(kind, "this address stands for all devices or for none", weak=weak)
    if first & 1:
        return _unsound(kind, "this is a group's address, no device's", weak=weak)
    local = bool(first & 2)
    return Reading(
        kind=kind,
        reason=f"{len(value)} hexadecimal digits of an address",
        serial=value,
        elements={"oui": value[:6]},
        details={
            "canonical": ":".join(value[place : place + 2] for place in range(0, len(value), 2)),
            "locally_administered": local,
        },
        warn=("The address is locally administered: it may change and repeat.",) if local else (),
        bare=True,
        weak=weak,
    )
