"""The compressed form of Digital Links: one segment of file-safe base 64 in place of key, qualifiers and attributes.

Source: GS1 Digital Link Standard 1.1, section 3.9 (compression). The bits are AIs of four bits a digit, each followed
by its value; a first digit above 9 begins a frequent sequence of AIs, and F a parameter of the owner's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tracking.identifiers.gs1_table import entry

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_SEGMENT = re.compile(r"[A-Za-z0-9_\-]{6,600}")
_HEX = "0123456789ABCDEF"

_SEQUENCES = {
    "0A": "01 22",
    "0B": "01 10",
    "0C": "01 21",
    "0D": "01 17",
    "0E": "01 7003",
    "0F": "01 30",
    "1A": "01 10 17 21",
    "1B": "01 15",
    "1C": "01 11",
    "1D": "01 16",
    "1E": "01 91",
    "1F": "01 10 15",
    "9A": "8010 8011",
    "9B": "8017 8019",
    "9C": "8018 8019",
    "9D": "414 254",
    **{f"2{_HEX[10 + place]}": f"01 310{place}" for place in range(6)},
    **{f"3{_HEX[10 + place]}": f"01 320{place}" for place in range(6)},
    **{f"A{place}": f"01 392{place}" for place in range(10)},
    **{f"C{place}": f"255 390{place}" for place in range(10)},
    **{f"C{_HEX[10 + place]}": f"255 394{place}" for place in range(4)},
}
"""Two hexadecimal digits -> the AIs whose values follow, in this order."""

_OTHER_ORDER = {"1A": "01 10 21 17"}
"""As published in one place and as written by programs in another: the values' checks have to tell them apart."""

Pairs = list[tuple[str, str]]


class _Broken(Exception):
    """The bits are no compressed link."""


class _Bits:
    """Takes bits from the left."""

    def __init__(self, segment: str) -> None:
        self._bits = "".join(f"{_ALPHABET.index(char):06b}" for char in segment)
        self._place = 0

    def left(self) -> int:
        return len(self._bits) - self._place

    def number(self, count: int) -> int:
        taken = self._bits[self._place : self._place + count]
        if len(taken) < count:
            raise _Broken
        self._place += count
        return int(taken or "0", 2)


def decompressed(segment: str) -> list[Pairs]:
    """The elements of a segment in their order; none if it is no compressed link, two if it can mean two things."""
    if not _SEGMENT.fullmatch(segment):
        return []
    tables = (_SEQUENCES, _SEQUENCES | _OTHER_ORDER)
    found = [pairs for table in tables if (pairs := _elements(segment, table)) is not None]
    return found[:1] if len(found) == 2 and found[0] == found[1] else found


def _elements(segment: str, sequences: Mapping[str, str]) -> Pairs | None:
    bits = _Bits(segment)
    pairs: Pairs = []
    try:
        # What is left after the last element only fills up the last character.
        while bits.left() >= 8:
            _next(bits, pairs, sequences)
    except _Broken:
        return None
    return pairs if len(dict(pairs)) == len(pairs) and pairs else None


def _next(bits: _Bits, pairs: Pairs, sequences: Mapping[str, str]) -> None:
    first = _HEX[bits.number(4)]
    if first == "F":
        _skip_parameter(bits)
        return
    second = _HEX[bits.number(4)]
    if first + second in sequences:
        pairs += [(ai, _value(bits, ai)) for ai in sequences[first + second].split()]
        return
    ai = first + second
    while ai.isdecimal() and len(ai) < 4 and entry(ai) is None:
        ai += _HEX[bits.number(4)]
    pairs.append((ai, _value(bits, ai)))


def _value(bits: _Bits, ai: str) -> str:
    value = ""
    for cset, chars, fixed in _parts(ai):
        if cset == "N":
            count = chars if fixed else bits.number(chars.bit_length())
            value += _digits(bits, count) if count else ""
        else:
            coding = bits.number(3)
            count = chars if fixed else bits.number(chars.bit_length())
            value += _text(bits, coding, count)
    return value


def _parts(ai: str) -> list[tuple[str, int, bool]]:
    """Character set, characters and whether fixed, as the compression counts them: neighbouring fixed numbers are one
    number, and optional ones that follow are one variable number.
    """
    found = entry(ai)
    if found is None:
        raise _Broken
    parts: list[tuple[str, int, bool]] = []
    for part in found.components:
        fixed = part.chars_min == part.chars_max and not part.optional
        cset = "N" if part.cset == "N" else "X"
        if parts and cset == "N" == parts[-1][0] and fixed == parts[-1][2]:
            parts[-1] = (cset, parts[-1][1] + part.chars_max, fixed)
        else:
            parts.append((cset, part.chars_max, fixed))
    return parts


def _digits(bits: _Bits, count: int) -> str:
    number = str(bits.number((10**count - 1).bit_length()))
    if len(number) > count:
        raise _Broken
    return number.zfill(count)


def _text(bits: _Bits, coding: int, count: int) -> str:
    """Text in one of five codings: digits, hexadecimal in small or capital letters, base 64, ASCII."""
    if coding == 0:
        return _digits(bits, count) if count else ""
    if coding in {1, 2}:
        text = "".join(_HEX[bits.number(4)] for _ in range(count))
        return text.lower() if coding == 1 else text
    if coding == 3:
        return "".join(_ALPHABET[bits.number(6)] for _ in range(count))
    if coding == 4:
        return "".join(chr(bits.number(7)) for _ in range(count))
    raise _Broken


def _skip_parameter(bits: _Bits) -> None:
    """A name and a value that are no GS1 element."""
    for _ in range(bits.number(7)):
        bits.number(6)
    coding = bits.number(3)
    _text(bits, coding, bits.number(7))
