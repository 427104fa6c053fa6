"""Text that went through two keyboard layouts: how it comes out, and what it was before.

A scanner set to one layout presses keys, a host set to another reads them. Where a key is dead on the host, its accent
joins the letter that follows, as Linux consoles and Windows do it: ``´`` and ``e`` become ``é``, ``´`` and ``x`` stay
two, ``´`` and a blank become ``´`` alone.

>>> typed("]C1SN-1[", Retyping("us", "de"))
'+C1SNß1ü'
>>> meant("+C1SNß1ü", Retyping("us", "de"))
(']C1SN-1[',)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

from config.keyboard_layouts import LAYOUTS, SPACE_KEY, Layout, Stroke

CANDIDATES_MAX: Final = 8
"""Texts that could have come out as the same one. With more, undoing says nothing."""

SEARCHED_CHARS_MAX: Final = 500
"""A longer text with accents is not undone: addresses and envelopes on labels are shorter."""
ACCENTS_MAX: Final = 1
"""A dead key that is pressed twice, or with a blank behind it, shows as one that is pressed once. That is thought of in
texts with one accent; one with more is an address with many ``=``, where it means nothing."""

_COMBINING: Final = {"´": "\u0301", "`": "\u0300", "^": "\u0302", "¨": "\u0308", "~": "\u0303"}


class Retyping(NamedTuple):
    """One way in which text can be changed between a scanner and its host."""

    scanner: str = "us"
    """The layout whose keys the scanner presses, a name of :data:`config.keyboard_layouts.LAYOUTS`."""
    host: str = "us"
    """The layout by which the host reads them."""
    caps: bool = False
    """Caps Lock is on at the host."""

    @property
    def harmless(self) -> bool:
        """True when text comes out as it was."""
        return self.scanner == self.host and not self.caps


RETYPINGS: Final = tuple(
    Retyping("us", host, caps) for host in LAYOUTS for caps in (False, True) if (host, caps) != ("us", False)
)
"""What happens to a scanner as it leaves the factory, which types as on a US keyboard."""


def typed(text: str, retyping: Retyping) -> str:
    """What the host shows of a text. Control characters, and what no key types, come out as they are."""
    outputs = _outputs(retyping)
    shown: list[str] = []
    accent = ""
    for character in text:
        for out, dead in outputs.get(character, ((character, False),)):
            if accent:
                shown.append(_joined(accent, out, dead=dead))
                accent = out if dead and out != accent else ""
            elif dead:
                accent = out
            else:
                shown.append(out)
    return "".join(shown) + accent


def meant(text: str, retyping: Retyping) -> tuple[str, ...]:
    """The texts that come out as this one; none where it cannot have been typed so, or where too many could."""
    if retyping.harmless:
        return (text,)
    alone = _alone(retyping)
    if all(character in alone or _untyped(character) for character in text):
        return ("".join(alone.get(character, character) for character in text),)
    if len(text) > SEARCHED_CHARS_MAX:
        return ()
    accents = sum(any(dead for _, dead in _sources(retyping).get(one, ())) for one in text)
    found = [""]
    at = [0]
    while any(place < len(text) for place in at):
        further: dict[tuple[str, int], None] = {}
        for before, place in zip(found, at, strict=True):
            if place == len(text):
                further[before, place] = None
            pieces = _pieces(text, place, retyping, pressed_once=accents > ACCENTS_MAX)
            for piece, size in pieces if place < len(text) else ():
                further[before + piece, place + size] = None
        if not 0 < len(further) <= 4 * CANDIDATES_MAX:
            return ()
        found, at = [before for before, _ in further], [place for _, place in further]
    sure = tuple(dict.fromkeys(one for one in found if typed(one, retyping) == text))
    return sure if len(sure) <= CANDIDATES_MAX else ()


def _untyped(character: str) -> bool:
    """Control characters, and the pictures that stand for them: no key types them, and no layout changes them."""
    return character < " " or "\u2400" <= character <= "\u243f"


def _joined(accent: str, out: str, *, dead: bool) -> str:
    """What is shown when ``out`` follows an accent that waits: both, joined where there is such a letter."""
    if out == " " or (dead and out == accent):
        return accent
    whole = "" if dead or not out else unicodedata.normalize("NFC", out + _COMBINING[accent])
    return whole if len(whole) == 1 else accent + ("" if dead else out)


@cache
def _outputs(retyping: Retyping) -> Mapping[str, tuple[tuple[str, bool], ...]]:
    """Character -> what the host makes of each key press that types it, and whether that press is dead there."""
    scanner, host = LAYOUTS[retyping.scanner], LAYOUTS[retyping.host]
    return MappingProxyType(
        {
            character: tuple(
                (host.at(one, caps=retyping.caps), one in host.dead) for one in _presses(scanner, stroke)
            )
            for character, stroke in scanner.strokes.items()
        }
    )


def _presses(scanner: Layout, stroke: Stroke) -> tuple[Stroke, ...]:
    """A sign on a dead key is typed with a blank behind it."""
    return (stroke, Stroke(SPACE_KEY, 0)) if stroke in scanner.dead else (stroke,)


@cache
def _sources(retyping: Retyping) -> Mapping[str, tuple[tuple[str, bool], ...]]:
    """What a host shows of one character -> the characters that it can be, and whether by a dead key."""
    found: dict[str, list[tuple[str, bool]]] = {}
    for character, outs in _outputs(retyping).items():
        if len(outs) == 1:
            found.setdefault(outs[0][0], []).append((character, outs[0][1]))
        else:
            # A dead key of the scanner with its blank: two signs, or one where it is dead on the host as well.
            shown = typed(character, retyping)
            found.setdefault(shown[:1], []).append((character, len(shown) == 1 and outs[0][1]))
    found.pop("", None)
    return MappingProxyType({shown: tuple(sources) for shown, sources in found.items()})


@cache
def _alone(retyping: Retyping) -> Mapping[str, str]:
    """The characters of the host that can be one character only, whatever stands around them."""
    sources = _sources(retyping)
    composed = {
        unicodedata.normalize("NFC", letter + _COMBINING[accent])
        for accent, ones in sources.items()
        if any(dead for _, dead in ones)
        for letter in sources
        if len(letter) == 1
    }
    two = {ones[0][0] for ones in _outputs(retyping).values() if len(ones) > 1}
    return MappingProxyType(
        {
            shown: ones[0][0]
            for shown, ones in sources.items()
            if len(ones) == 1 and not ones[0][1] and shown not in composed and shown not in two
        }
    )


def _pieces(text: str, place: int, retyping: Retyping, *, pressed_once: bool) -> Iterator[tuple[str, int]]:
    """What the host's text at this place can have been, and how many of its characters that takes."""
    shown, sources = text[place], _sources(retyping)
    if _untyped(shown):
        yield shown, 1
    for character, dead in sources.get(shown, ()):
        for size in range(len(typed(character, retyping)), 0, -1):
            yield character, size
        if dead and not pressed_once:
            yield character + " ", 1
            yield character + character, 1
    parts = unicodedata.normalize("NFD", shown)
    accent = next((one for one, mark in _COMBINING.items() if parts[1:] == mark), "")
    for character, dead in sources.get(accent, ()) if accent else ():
        for letter, letter_dead in sources.get(parts[0], ()) if dead else ():
            if not letter_dead:
                yield character + letter, 1
