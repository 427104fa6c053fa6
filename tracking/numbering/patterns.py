"""Serial number patterns: what a template says, checked as a whole, written and read back.

Rules of the whole (sources: GS1 General Specifications, AI 21: up to 20 characters of CSET 82; ISO 8601 weeks):
a pattern has one sequence; a week and a month do not mix, since they count different years; a week or a month has its
year, since without it numbers come again; the check character is the last.
"""

from __future__ import annotations

from datetime import date

import msgspec

from tracking.numbering import base32, calendars, check
from tracking.numbering.errors import NumberingError
from tracking.numbering.template import DATES, Part, read
from tracking.site import PATTERN_CHARS_MAX

AI_21_CHARS_MAX = 20
CSET_82 = frozenset("!\"%&'()*+,-./:;<=>?_" + check.ALPHANUMERIC + check.LETTERS.lower())
CHARS_MAX = 48
"""Longest serial number of a pattern that is not meant for AI 21: what a handheld shows in one line."""


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """What is embedded in a serial number beside its sequence. Fields that the pattern does not have are ignored."""

    site: str = ""
    line: str = ""
    product: str = ""
    made: date | None = None
    """The site's own calendar day on which the number is given."""


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """A serial number taken apart. Fields that the pattern does not have are empty, their numbers -1."""

    number: int
    """The sequence number."""
    site: str = ""
    line: str = ""
    product: str = ""
    year: int = -1
    """As written: two digits or four. The ISO year where there is a week."""
    week: int = -1
    month: int = -1
    day: int = -1


class Misfit(msgspec.Struct, frozen=True):
    """Why a text is no serial number of a pattern, as the end of the sentence "The serial number ..."."""

    reason: str


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """A compiled template; made by :func:`compile_pattern`."""

    template: str
    parts: tuple[Part, ...]

    @property
    def length(self) -> int:
        """Characters of each of its serial numbers."""
        return sum(part.width for part in self.parts)

    @property
    def capacity(self) -> int:
        """How many numbers its sequence has: 0 to ``capacity - 1``."""
        part = self._part("seq")
        return int(len(part.alphabet) ** part.width)

    @property
    def regex(self) -> str:
        """The regular expression that it implies, anchored, for an item's ``serial_pattern`` (at most 200 characters).

        It cannot compute: the check character, week 53 and day 31 are left to :meth:`parse`.
        """
        return "^" + "".join(part.regex for part in self.parts) + "$"

    @property
    def item_check(self) -> str:
        """What to enter as ``check`` of a site file's item: ``none`` where that check would not see what ours does.

        The item's check runs over the whole serial number, so literal text outside its alphabet rules it out; and
        it knows Luhn for digits only.
        """
        last = self.parts[-1]
        if last.scheme is None or last.scheme.name == "verhoeff" or last.scheme.alphabet:
            return "none"
        covered = all(_covers(part, last.alphabet) for part in self.parts)
        return last.scheme.name if covered else "none"

    def format(self, fields: Fields, number: int) -> str:
        """The serial number with these fields and this sequence number (0 to ``capacity - 1``).

        Raises :class:`NumberingError` where a field is missing, has the wrong length or characters, or the number
        has no place in the sequence.
        """
        if not 0 <= number < self.capacity:
            raise NumberingError(
                f"number {number} is not from 0 to {self.capacity - 1}, which is all that {self.template} can hold"
            )
        text = "".join(self._written(part, fields, number) for part in self.parts if part.scheme is None)
        scheme = self.parts[-1].scheme
        return text if scheme is None else text + check.compute(_guarded(text, scheme), scheme)

    def parse(self, serial: str) -> Parsed | Misfit:
        """What a serial number says, or why it is none of this pattern. Never raises, whatever the text."""
        if len(serial) != self.length:
            return Misfit(f"has {len(serial)} characters, where {self.length} are needed")
        found: dict[str, str] = {}
        place = 0
        for part in self.parts:
            text = serial[place : place + part.width]
            wrong = _misfit(part, text, place + 1)
            if wrong:
                return Misfit(wrong)
            found[part.name] = text
            place += part.width
        wrong = calendars.misfit(found)
        scheme = self.parts[-1].scheme
        if not wrong and scheme is not None:
            fitting = check.fits(_guarded(serial[:-1], scheme) + serial[-1], scheme)
            wrong = "" if fitting else f"ends in {serial[-1]}, and that check character does not fit the rest"
        if wrong:
            return Misfit(wrong)
        return Parsed(
            number=_number(self._part("seq"), found["seq"]),
            site=found.get("site", ""),
            line=found.get("line", ""),
            product=found.get("product", ""),
            year=int(found.get("yyyy", found.get("yy", "-1"))),
            week=int(found.get("ww", "-1")),
            month=int(found.get("mm", "-1")),
            day=int(found.get("dd", "-1")),
        )

    def _part(self, name: str) -> Part:
        return next(part for part in self.parts if part.name == name)

    def _written(self, part: Part, fields: Fields, number: int) -> str:
        if part.name == "literal":
            return part.alphabet
        if part.name == "seq":
            digits = part.alphabet == check.DIGITS
            return str(number).zfill(part.width) if digits else base32.encode(number, part.width)
        if part.name in DATES:
            if fields.made is None:
                raise NumberingError(f"{self.template} has a date in it: give the day of making")
            return calendars.written(
                part.name, fields.made, weeks=any(other.name == "ww" for other in self.parts)
            )
        text = {"site": fields.site, "line": fields.line, "product": fields.product}[part.name]
        if len(text) != part.width or not set(text) <= set(part.alphabet):
            raise NumberingError(
                f"{part.name} {text[:40]!a} does not fit {self.template}: it takes {part.width} of {part.alphabet}"
            )
        return text


def compile_pattern(source: str, *, ai_21: bool = True) -> Pattern:
    """The pattern of a template such as ``{site:2}{yy}{ww}{line}{seq:5}{check}``.

    ``ai_21``: hold it to what a GS1 label can carry in AI 21, 20 characters of CSET 82; otherwise to 48 printable
    ASCII characters. Raises :class:`NumberingError` with a sentence that names what is wrong.
    """
    parts = read(source)
    wrong = _shape(parts) or _guardable(parts)
    if not wrong:
        wrong = _bounds(Pattern(template=source, parts=parts), ai_21=ai_21)
    if wrong:
        raise NumberingError(f"{source[:60]!a}: {wrong}")
    return Pattern(template=source, parts=parts)


def _shape(parts: tuple[Part, ...]) -> str:
    names = [part.name for part in parts if part.name != "literal"]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        return f"{{{twice}}} is in it twice"
    if "seq" not in names:
        return "it has no {seq}, so every serial number would be the same"
    if "check" in names and parts[-1].name != "check":
        return "{check} is not the last, where it guards all the others"
    return calendars.shape(frozenset(names))


def _guardable(parts: tuple[Part, ...]) -> str:
    """A field whose characters the check has no values for would go unguarded: better said than done silently."""
    scheme = parts[-1].scheme
    if scheme is None:
        return ""
    for part in parts:
        if part.name != "literal" and not set(part.alphabet) <= set(scheme.symbols):
            return (
                f"{{{part.name}}} may have characters that {scheme.name} does not know: write"
                f" {{{part.name}:{part.width}:digits}}, or take another check"
            )
    return ""


def _bounds(pattern: Pattern, *, ai_21: bool) -> str:
    most = AI_21_CHARS_MAX if ai_21 else CHARS_MAX
    if pattern.length > most:
        return f"its serial numbers have {pattern.length} characters, and {most} are the most" + (
            " in AI 21" if ai_21 else ""
        )
    literals = "".join(part.alphabet for part in pattern.parts if part.name == "literal")
    strange = next((char for char in literals if char not in CSET_82), "") if ai_21 else ""
    if strange:
        return f"AI 21 cannot carry {strange}"
    if pattern.parts[0].name == "literal" and literals[0] in "%]":
        return f"it begins with {literals[0]}, as commands and symbology identifiers do"
    if len(pattern.regex) > PATTERN_CHARS_MAX:
        return f"its regular expression is longer than {PATTERN_CHARS_MAX} characters"
    return ""


def _covers(part: Part, symbols: str) -> bool:
    return set(part.alphabet) <= set(symbols)


def _guarded(text: str, scheme: check.Scheme) -> str:
    """What the check guards: all but literal text that it has no values for. That text is known anyway."""
    return "".join(char for char in text if char in scheme.symbols)


def _misfit(part: Part, text: str, place: int) -> str:
    if part.name == "literal":
        return (
            "" if text == part.alphabet else f"has {text!a} at place {place}, where {part.alphabet!a} belongs"
        )
    if not set(text) <= set(part.alphabet):
        return f"has {text!a} at place {place}, where {{{part.name}}} takes {part.alphabet}"
    return ""


def _number(part: Part, text: str) -> int:
    return int(text) if part.alphabet == check.DIGITS else base32.decode(text)
