"""Crockford's base 32: numbers in an alphabet that people can read aloud and copy.

Source: Douglas Crockford, "Base 32" (crockford.com/base32). The alphabet leaves out I, L, O and U; on reading, I and L
count as 1, O as 0, case does not matter and hyphens are passed over. Its optional check symbols are not used: ``~``
and ``$`` are not in the characters of AI 21. Put a check character of :mod:`tracking.numbering.check` behind it.
"""

from __future__ import annotations

from tracking.numbering.errors import NumberingError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SYMBOLS_MAX = 26
"""Symbols of one number: 128 bits."""
TEXT_CHARS_MAX = 64
"""Characters looked at when reading, hyphens included."""

_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)} | {"I": 1, "L": 1, "O": 0}


def encode(number: int, width: int = 1) -> str:
    """``number`` (0 to 32**26 - 1) in capitals, filled with zeros on the left to ``width`` symbols (1 to 26).

    A number that needs more than ``width`` symbols gets more. Raises :class:`NumberingError` out of these bounds.
    """
    if not 1 <= width <= SYMBOLS_MAX:
        raise NumberingError(f"a width of {width} symbols is not from 1 to {SYMBOLS_MAX}")
    if number < 0:
        raise NumberingError("a negative number cannot be written in base 32")
    if number >= 32**SYMBOLS_MAX:
        raise NumberingError(f"the number needs more than {SYMBOLS_MAX} symbols")
    symbols = []
    while number:
        number, value = divmod(number, 32)
        symbols.append(ALPHABET[value])
    return "".join(reversed(symbols)).rjust(width, "0")


def canonical(text: str) -> str:
    """The text as :func:`encode` would write it: capitals, no hyphens, I and L as 1, O as 0; leading zeros kept.

    Raises :class:`NumberingError` for anything that is no symbol (U too), for nothing, and for more than 26 symbols.
    """
    if len(text) > TEXT_CHARS_MAX:
        raise NumberingError(f"{len(text)} characters are more than a base 32 number has")
    # Letters outside ASCII first: some become I or S as capitals, and would pass for symbols.
    strange = next((char for char in text if not char.isascii()), "")
    symbols = text.upper().replace("-", "")
    strange = strange or next((char for char in symbols if char not in _VALUES), "")
    if strange:
        raise NumberingError(f"{strange!a} is no base 32 symbol: they are {ALPHABET}")
    if not 1 <= len(symbols) <= SYMBOLS_MAX:
        raise NumberingError(f"{len(symbols)} symbols are not from 1 to {SYMBOLS_MAX}")
    return "".join(ALPHABET[_VALUES[symbol]] for symbol in symbols)


def decode(text: str) -> int:
    """The number of a text, read as leniently as :func:`canonical` does. Raises :class:`NumberingError` like it."""
    number = 0
    for symbol in canonical(text):
        number = number * 32 + _VALUES[symbol]
    return number
