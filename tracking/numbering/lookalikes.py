"""Which serial numbers of one item a person would take for each other: O and 0, I and 1, B and 8, S and 5, Z and 2.

Two serial numbers with the same :func:`key` look alike. Within one item that is a trap (typed evidence, torn labels,
a voice on the phone); across items it is not, because the item tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from tracking.numbering.errors import NumberingError

SERIALS_MAX = 1_000_000
"""Serial numbers of one item compared in one call."""


class LookAlikes(msgspec.Struct, frozen=True):
    """What is confused. Each group is read as its first character; a character is in one group at most."""

    groups: tuple[str, ...] = ("0O", "1IL", "8B", "5S", "2Z")
    fold_case: bool = True
    """Small and capital letters look alike too: with caps lock, in handwriting, on the phone."""


DEFAULT = LookAlikes()


def problem(rules: LookAlikes) -> str:
    """Why rules cannot be used, as a sentence; empty where they can."""
    seen: set[str] = set()
    for group in rules.groups:
        letters = set(_folded(group, rules))
        if len(letters) < 2 or not group.isascii():
            return f"the look-alike group {group!a} needs two or more different ASCII characters"
        if letters & seen:
            return f"{min(letters & seen)!a} is in two look-alike groups: join them into one"
        seen |= letters
    return ""


def key(serial: str, rules: LookAlikes = DEFAULT) -> str:
    """The form under which look-alikes are equal; of use for comparing only, never shown or registered.

    Raises :class:`NumberingError` for rules that cannot be used.
    """
    fault = problem(rules)
    if fault:
        raise NumberingError(fault)
    return _folded(serial, rules).translate(_table(rules))


def index(serials: Iterable[str], rules: LookAlikes = DEFAULT) -> dict[str, str]:
    """The first serial number of each key, for :func:`confused_with` and registration; at most 1,000,000 of them."""
    return {found: group[0] for found, group in _grouped(serials, rules).items()}


def confused_with(serial: str, known: Mapping[str, str], rules: LookAlikes = DEFAULT) -> str:
    """The *other* serial number of the item that this one would be taken for; empty where there is none.

    ``known`` is what :func:`index` gives, or anything that looks keys up in a database.
    """
    other = known.get(key(serial, rules), "")
    return other if other != serial else ""


def collisions(serials: Iterable[str], rules: LookAlikes = DEFAULT) -> tuple[tuple[str, ...], ...]:
    """Groups of two or more different serial numbers of *one item* that look alike, in the order of their first.

    Raises :class:`NumberingError` beyond 1,000,000 serial numbers.
    """
    return tuple(tuple(group) for group in _grouped(serials, rules).values() if len(group) > 1)


def _grouped(serials: Iterable[str], rules: LookAlikes) -> dict[str, list[str]]:
    fault = problem(rules)
    if fault:
        raise NumberingError(fault)
    table = _table(rules)
    groups: dict[str, list[str]] = {}
    for count, serial in enumerate(dict.fromkeys(serials), 1):
        if count > SERIALS_MAX:
            raise NumberingError(f"more than {SERIALS_MAX} serial numbers: compare them item by item")
        groups.setdefault(_folded(serial, rules).translate(table), []).append(serial)
    return groups


def _table(rules: LookAlikes) -> dict[int, str]:
    # Folded on both sides, so that a group may be written in small letters.
    folded = (_folded(group, rules) for group in rules.groups)
    return {ord(char): group[0] for group in folded for char in group}


def _folded(text: str, rules: LookAlikes) -> str:
    return text.upper() if rules.fold_case else text
