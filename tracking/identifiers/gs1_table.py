"""The application identifiers (AIs) of GS1, looked up in the Syntax Dictionary and compiled when first needed.

Only an index is made at first use; an AI's line is taken apart when that AI turns up. A label uses a handful.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from tracking.identifiers.gs1_linters import LINTERS, Linter


class Component(NamedTuple):
    """One part of a value: its character set, its length in characters, and what is checked on it."""

    cset: str
    """``N`` digits, ``X`` CSET 82, ``Y`` CSET 39, ``Z`` file-safe base 64."""
    chars_min: int
    chars_max: int
    optional: bool
    linters: tuple[Linter, ...]


class Entry(NamedTuple):
    """One AI: the parts of its value, and the company it needs or must not keep."""

    ai: str
    title: str
    fixed: bool
    """Predefined length: no separator follows it (GS1 General Specifications 7.8.5)."""
    attribute: bool
    """It may be a data attribute in the query of a Digital Link."""
    components: tuple[Component, ...]
    required: tuple[tuple[tuple[str, ...], ...], ...]
    """Every group must be met; a group is met by one of its alternatives, whose patterns must all be present."""
    excluded: tuple[str, ...]
    """Patterns of AIs that must not stand beside it; ``n`` is any digit."""
    key: tuple[tuple[str, ...], ...]
    """For a primary key of Digital Links: its orders of qualifiers, ``()`` alone for none. Empty if it is no key."""


@cache
def _index() -> dict[str, str]:
    """AI -> the line that describes it."""
    from tracking.identifiers.data.gs1_dictionary import ROWS

    index: dict[str, str] = {}
    for row in ROWS.splitlines():
        first, _, last = row[: row.index(" ")].partition("-")
        for number in range(int(first), int(last or first) + 1):
            index[f"{number:0{len(first)}d}"] = row
    return index


@cache
def _ai_chars() -> dict[str, int]:
    """First two digits -> digits of an AI that begins so: GS1 allots them so that two digits tell the length."""
    return {ai[:2]: len(ai) for ai in _index()}


def entry(ai: str) -> Entry | None:
    """The AI's entry, or None if there is no such AI."""
    return _compiled(ai) if ai in _index() else None


def entry_at(text: str, place: int) -> Entry | None:
    """The entry of the AI that begins at this place of an element string, or None."""
    chars = _ai_chars().get(text[place : place + 2])
    if chars is None:
        return None
    return entry(text[place : place + chars])


def known(ai: str) -> bool:
    """Whether there is such an AI."""
    return ai in _index()


def matches(ai: str, pattern: str) -> bool:
    """Whether an AI fits a pattern such as ``310n``."""
    return len(ai) == len(pattern) and ai.startswith(pattern.rstrip("n"))


@cache
def _compiled(ai: str) -> Entry:
    """Asked for AIs of the index only, so that the cache stays as small as the dictionary."""
    body, _, title = _index()[ai].partition(" # ")
    words = body.split()[1:]
    flags = words.pop(0) if not words[0][0].isalpha() and words[0][0] != "[" else ""
    components = [_component(word) for word in words if "=" not in word and not word.startswith("dlpkey")]
    required: list[tuple[tuple[str, ...], ...]] = []
    excluded: tuple[str, ...] = ()
    key: tuple[tuple[str, ...], ...] = ()
    for word in words:
        name, _, value = word.partition("=")
        if name == "req":
            required.append(tuple(tuple(group.split("+")) for group in value.split(",")))
        elif name == "ex":
            excluded = tuple(value.split(","))
        elif name == "dlpkey":
            key = tuple(tuple(order.split(",")) if order else () for order in value.split("|"))
    return Entry(ai, title, "*" in flags, "?" in flags, tuple(components), tuple(required), excluded, key)


def _component(word: str) -> Component:
    """``N6,yymmd0``, ``X..20``, ``[X..17]``, ``[N6],yymmdd``."""
    kind, *linters = word.split(",")
    optional = kind.startswith("[")
    kind = kind.strip("[]")
    cset, length = kind[0], kind[1:]
    variable = length.startswith("..")
    chars_max = int(length.lstrip("."))
    return Component(
        cset, 1 if variable else chars_max, chars_max, optional, tuple(LINTERS[name] for name in linters)
    )
