"""Check characters: one character at the end of a serial number that shows when the others were misread or mistyped.

| scheme | alphabet | one wrong character | two neighbours swapped | source |
|---|---|---|---|---|
| ``mod37_36`` | digits and A to Z | always seen | 99.8 % seen | ISO/IEC 7064, MOD 37,36 |
| ``damm`` | digits | always seen | always seen | H. M. Damm, thesis, Marburg 2004 |
| ``verhoeff`` | digits | always seen | always seen | J. Verhoeff, Mathematical Centre Tracts 29, 1969 |
| ``luhn`` | any of even size | always seen | all but the first with the last symbol | ISO/IEC 7812-1, mod N |

The arithmetic is python-stdnum's. What is added: characters are held to the alphabet first (``int()`` also takes
full-width and Arabic digits), and Luhn to alphabets of even size, since with an odd one it misses single errors.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from tracking.numbering.errors import NumberingError

Name = Literal["mod37_36", "damm", "verhoeff", "luhn"]
NAMES: tuple[Name, ...] = get_args(Name)

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHANUMERIC = DIGITS + LETTERS
TEXT_CHARS_MAX = 200
"""Characters that one check character is asked to guard; longer text is refused before any arithmetic."""
SYMBOLS_MAX = 94
"""The printable characters of ASCII without the blank."""


class Scheme(msgspec.Struct, frozen=True):
    """A scheme with its alphabet; without one it is the scheme's own (digits for Luhn)."""

    name: Name = "mod37_36"
    alphabet: str = ""

    @property
    def symbols(self) -> str:
        """The characters that text and check character are made of, in order of their values."""
        return self.alphabet or (ALPHANUMERIC if self.name == "mod37_36" else DIGITS)


DEFAULT = Scheme()


def problem(scheme: Scheme) -> str:
    """Why a scheme cannot be used, as a sentence; empty where it can."""
    if scheme.name not in NAMES:
        return f"no check is called {scheme.name!a}: there are {', '.join(NAMES)}"
    alphabet = scheme.alphabet
    if not alphabet:
        return ""
    if scheme.name != "luhn":
        return f"{scheme.name} has its own alphabet: leave the alphabet out, or use luhn"
    if len(set(alphabet)) != len(alphabet):
        return "a character is in the alphabet twice: each has one value"
    if not all("!" <= char <= "~" for char in alphabet):
        return "an alphabet has printable ASCII characters without the blank"
    if not 2 <= len(alphabet) <= SYMBOLS_MAX or len(alphabet) % 2:
        return (
            f"an alphabet of {len(alphabet)} characters does not serve Luhn: with an odd number of them it misses"
            f" single errors. Take an even number from 2 to {SYMBOLS_MAX}"
        )
    return ""


def compute(text: str, scheme: Scheme = DEFAULT) -> str:
    """The check character to put behind ``text`` (1 to 200 characters of the scheme's alphabet).

    Raises :class:`NumberingError` for a scheme that cannot be used and for text outside its alphabet or bounds.
    """
    fault = problem(scheme) or _text_problem(text, scheme)
    if fault:
        raise NumberingError(fault)
    from stdnum import damm, luhn, verhoeff
    from stdnum.iso7064 import mod_37_36

    match scheme.name:
        case "mod37_36":
            made = mod_37_36.calc_check_digit(text)
        case "damm":
            made = damm.calc_check_digit(text)
        case "verhoeff":
            made = verhoeff.calc_check_digit(text)
        case "luhn":
            made = luhn.calc_check_digit(text, alphabet=scheme.symbols)
    return str(made)


def append(text: str, scheme: Scheme = DEFAULT) -> str:
    """``text`` with its check character behind it. Raises :class:`NumberingError` as :func:`compute` does."""
    return text + compute(text, scheme)


def fits(text: str, scheme: Scheme = DEFAULT) -> bool:
    """True when the last character of ``text`` is the check character of those before it.

    False for text of fewer than two characters, outside the alphabet, or too long. Raises :class:`NumberingError`
    only for a scheme that cannot be used.
    """
    fault = problem(scheme)
    if fault:
        raise NumberingError(fault)
    body = text[:-1]
    return not _text_problem(body, scheme) and compute(body, scheme) == text[-1]


def _text_problem(text: str, scheme: Scheme) -> str:
    if not 1 <= len(text) <= TEXT_CHARS_MAX:
        return f"{len(text)} characters cannot have a check character: 1 to {TEXT_CHARS_MAX} can"
    strange = next((char for char in text if char not in scheme.symbols), "")
    return f"{strange!a} is not in the alphabet of {scheme.name}, {scheme.symbols}" if strange else ""
