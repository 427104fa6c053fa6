"""The calibration card: what is printed on it, and what a scan of it tells of the scanner.

The card is one code of two elements with a separator between them, printed square (Data Matrix or QR) and as a line
(GS1-128). Its letters, digits and signs come out differently for each pair of keyboard layouts, so whatever arrives
can be compared with what each pair would have made of it: the layouts and Caps Lock follow from that, the separator's
form stands between the elements, and what else the scanner sends stands around them.

It begins with the prefix of command cards, which no serial number, lot or order may begin with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from config.keyboard_layouts import LAYOUTS
from config.keyboard_text import Retyping, typed
from scanner_app.scanners.profile import FORM_CHARS_MAX, TERMINATORS, Profile
from tracking.identifiers.retyped import AIM_IDS
from tracking.site import COMMAND_PREFIX

MARK: Final = f"{COMMAND_PREFIX}CARD"
END_MARK: Final = "%DRAC"
"""How it begins and ends; by either a scan of half a card is known to be one."""
GS: Final = "\x1d"

SQUARE: Final = (
    f"91{MARK}abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    f"920123456789-_/.,:;<>?!&*%=0+0'0\"0{END_MARK}",
)
"""The two elements of the square code, with their identifiers 91 and 92, which GS1 leaves to each company."""
LINE: Final = (f"91{MARK}qyYM", f'92015;-/_=0"0{END_MARK}')
"""The same for the line, which has room for less: what tells the layouts apart."""

CARDS: Final = (SQUARE, LINE)

FAULTS: Final = ("card_half", "card_swallowed", "card_separator")
"""Why a scan of a card teaches nothing, as the catalogue's prompts are named: only part of it arrived; the host
swallows signs; the separator cannot be told from a character of the codes.
"""


class Lesson(NamedTuple):
    """What a scan of the card taught: a profile, or one of :data:`FAULTS`."""

    profile: Profile | None
    fault: str = ""


class _Found(NamedTuple):
    """The card in a scan: what stands before, between and behind its elements, and the layouts that explain it."""

    head: str
    middle: str
    tail: str
    way: Retyping


def text_of(card: tuple[str, str]) -> str:
    """What a scanner sends of a card that changes nothing and names no AIM identifier."""
    return GS.join(card)


def is_card(text: str) -> bool:
    """Whether a scan is of the card, whole or not, whatever the layouts made of it."""
    return len(text) > len(MARK) and _marks().search(text) is not None


def learn(text: str, *, symbology_id: str = "", terminator: str = "") -> Lesson:
    """What a scan of the card says about its scanner. ``text`` is as it arrived."""
    body = text.rstrip(TERMINATORS)
    terminator = text[len(body) :] or terminator
    explained = list(_explained(body))
    if not explained:
        return Lesson(None, "card_swallowed" if _complete(body) else "card_half")
    # Some pairs of layouts differ in a few signs only: what stands in front of the card tells them apart.
    found = next((one for one in explained if not _head(one)[0]), explained[0])
    if _mistakable(found):
        return Lesson(None, "card_separator")
    prefix, aim = _head(found)
    return Lesson(
        Profile(
            scanner=found.way.scanner,
            host=found.way.host,
            caps=found.way.caps,
            prefix=prefix,
            suffix=found.tail,
            gs="" if found.middle == GS else found.middle,
            gs_lost=not found.middle,
            aim=aim or bool(symbology_id),
            terminator=terminator,
        )
    )


@cache
def _ways() -> tuple[Retyping, ...]:
    """Every pair of layouts, the likeliest first: none changed anything, the scanner is as it left the factory."""
    likely = ["us", *(name for name in LAYOUTS if name != "us")]
    pairs = [("us", "us"), *((scanner, host) for scanner in likely for host in likely if scanner != host)]
    return tuple(Retyping(scanner, host, caps) for caps in (False, True) for scanner, host in pairs)


@cache
def _marks() -> re.Pattern[str]:
    """The card's mark as each pair of layouts shows it, and its end."""
    shown = {typed(mark, way) for way in _ways() for mark in (MARK, END_MARK)}
    return re.compile("|".join(sorted(map(re.escape, shown))))


def _explained(body: str) -> Iterator[_Found]:
    """The ways in which the text is a whole card."""
    for card in CARDS:
        for way in _ways():
            first, second = (typed(element, way) for element in card)
            head, one, rest = body.partition(first)
            middle, two, tail = rest.partition(second)
            if one and two and max(map(len, (head, middle, tail))) <= FORM_CHARS_MAX:
                yield _Found(head, middle, tail, way)


def _complete(body: str) -> bool:
    """Whether beginning and end are there, so that what is missing was lost on the way and not by the scanner."""
    return any(
        typed(MARK, way) in body and typed(END_MARK, way) in body.partition(typed(MARK, way))[2]
        for way in _ways()
    )


def _head(found: _Found) -> tuple[str, bool]:
    """What the scanner sends in front of a code, and whether an AIM identifier follows it."""
    head = found.head.removesuffix(found.middle) if found.middle else found.head
    for identifier in AIM_IDS:
        shown = typed(identifier, found.way)
        if head.endswith(shown):
            return head.removesuffix(shown), True
    return head, False


def _mistakable(found: _Found) -> bool:
    """Whether the separator arrives as a character that codes are made of."""
    if len(found.middle) != 1 or found.middle == GS:
        return False
    return found.middle in "".join(typed(element, found.way) for element in SQUARE)
