"""The template of a serial number, read: ``SN{site:2}{yy}{ww}{line}{seq:5}{check}`` as a row of parts.

Literal text stands for itself; a token in braces is ``{name}``, ``{name:width}`` or ``{name:width:alphabet}``, and
``{check}``, ``{check:scheme}`` or ``{check:luhn:alphabet}``. All parts have a fixed width, so that a serial number is
taken apart without guessing.
"""

from __future__ import annotations

import re

import msgspec

from tracking.numbering import base32, check
from tracking.numbering.errors import NumberingError

TEMPLATE_CHARS_MAX = 200
WIDTH_MAX = 20

ALPHABETS = {
    "digits": (check.DIGITS, "[0-9]"),
    "letters": (check.LETTERS, "[A-Z]"),
    "alnum": (check.ALPHANUMERIC, "[0-9A-Z]"),
    "base32": (base32.ALPHABET, "[0-9A-HJKMNP-TV-Z]"),
}
"""Name -> (its characters, the class of a regular expression that takes just these)."""

TEXTS = {"site": 2, "line": 1, "product": 3}
"""Fields of text and the width that they have where the template names none."""

DATES = {
    "yyyy": (4, "[0-9]{4}"),
    "yy": (2, "[0-9]{2}"),
    "ww": (2, "(?:0[1-9]|[1-4][0-9]|5[0-3])"),
    "mm": (2, "(?:0[1-9]|1[0-2])"),
    "dd": (2, "(?:0[1-9]|[12][0-9]|3[01])"),
}
"""Parts of a date, with width and regular expression. With ``ww`` the year is the ISO year, else the calendar's."""

SEQUENCE_WIDTH = 5
_TOKEN = re.compile(r"\{([^{}]*)\}|([^{}]+)|([{}])")


class Part(msgspec.Struct, frozen=True):
    """One part of a template: literal text, or a token with its width in characters."""

    name: str
    """``literal``, ``check``, ``seq``, one of :data:`TEXTS` or one of :data:`DATES`."""
    width: int
    alphabet: str = ""
    """The characters it may have; for literal text, the text itself."""
    regex: str = ""
    scheme: check.Scheme | None = None


def read(template: str) -> tuple[Part, ...]:
    """The parts of a template, left to right. Raises :class:`NumberingError` naming the part that is wrong."""
    if len(template) > TEMPLATE_CHARS_MAX:
        raise NumberingError(f"the template is longer than {TEMPLATE_CHARS_MAX} characters")
    parts = []
    for token, literal, brace in _TOKEN.findall(template):
        if brace:
            raise NumberingError(
                f"a brace {brace} stands alone in the template: a token is written like {{seq:5}}"
            )
        parts.append(_literal(literal) if literal else _token(token))
    return tuple(parts)


def _literal(text: str) -> Part:
    strange = next((char for char in text if not "!" <= char <= "~"), "")
    if strange:
        raise NumberingError(f"{strange!a} cannot be printed in a serial number: use ASCII without blanks")
    return Part(name="literal", width=len(text), alphabet=text, regex=re.escape(text))


def _token(token: str) -> Part:
    name, *settings = token.split(":")
    if len(settings) > 2:
        raise NumberingError(f"{{{token}}} has too many colons: at most {{name:width:alphabet}}")
    if name == "check":
        return _check(token, settings)
    if name in DATES:
        if settings:
            raise NumberingError(
                f"{{{token}}}: {{{name}}} takes no width, it always has {DATES[name][0]} digits"
            )
        return Part(name=name, width=DATES[name][0], alphabet=check.DIGITS, regex=DATES[name][1])
    if name != "seq" and name not in TEXTS:
        known = ", ".join(["seq", *TEXTS, *DATES, "check"])
        raise NumberingError(f"{{{token}}} is no token: there are {known}")
    width = _width(token, settings[0] if settings else "", TEXTS.get(name, SEQUENCE_WIDTH))
    kind = settings[1] if len(settings) > 1 else "digits" if name == "seq" else "alnum"
    if kind not in ALPHABETS or (name == "seq" and kind not in {"digits", "base32"}):
        allowed = ("digits", "base32") if name == "seq" else tuple(ALPHABETS)
        raise NumberingError(f"{{{token}}}: {kind!a} is no alphabet of {{{name}}}: take {', '.join(allowed)}")
    alphabet, one = ALPHABETS[kind]
    return Part(name=name, width=width, alphabet=alphabet, regex=f"{one}{{{width}}}")


def _width(token: str, text: str, default: int) -> int:
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= WIDTH_MAX):
        raise NumberingError(f"{{{token}}}: the width {text!a} is not a number from 1 to {WIDTH_MAX}")
    return int(text)


def _check(token: str, settings: list[str]) -> Part:
    name = settings[0] if settings and settings[0] else "mod37_36"
    found = next((known for known in check.NAMES if known == name), None)
    if found is None:
        raise NumberingError(f"{{{token}}}: no check is called {name!a}: there are {', '.join(check.NAMES)}")
    alphabet = ""
    if len(settings) > 1:
        if settings[1] not in ALPHABETS:
            raise NumberingError(f"{{{token}}}: {settings[1]!a} is no alphabet: take {', '.join(ALPHABETS)}")
        alphabet = ALPHABETS[settings[1]][0]
    scheme = check.Scheme(found, alphabet)
    wrong = check.problem(scheme)
    if wrong:
        raise NumberingError(f"{{{token}}}: {wrong}")
    one = next(regex for symbols, regex in ALPHABETS.values() if symbols == scheme.symbols)
    return Part(name="check", width=1, alphabet=scheme.symbols, regex=one, scheme=scheme)
