"""Which AIs may stand together: layer ``association`` (GS1 General Specifications 4.13 and 4.14, as the Syntax
Dictionary lists them).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tracking.identifiers.gs1_table import entry, matches

_SERIAL_BEHIND = {"253": 13, "255": 13, "8003": 14}
"""Keys with an optional serial part behind so many digits; a digital signature (8030) signs one thing, so needs it."""


class Company(NamedTuple):
    """What is wrong with a set of elements; ``waiting`` if another code of the same label can put it right."""

    error: str = ""
    waiting: bool = False


def judge(pairs: Iterable[tuple[str, str]]) -> Company:
    """The first thing that is wrong with elements standing together."""
    elements: dict[str, str] = {}
    for ai, value in pairs:
        if elements.setdefault(ai, value) != value:
            return Company(f"({ai}) is there twice with different values")
    clash = _clash(elements)
    if clash:
        return Company(clash)
    if "8030" in elements:
        for ai, digits in _SERIAL_BEHIND.items():
            if ai in elements and len(elements[ai]) <= digits:
                return Company(f"({ai}) needs its serial part beside the signature (8030)")
    missing = _missing(elements)
    return Company(missing, waiting=bool(missing))


def _clash(elements: dict[str, str]) -> str:
    for ai in elements:
        found = entry(ai)
        for pattern in found.excluded if found else ():
            for other in elements:
                if other != ai and matches(other, pattern):
                    return f"({ai}) must not stand beside ({other})"
    return ""


def _missing(elements: dict[str, str]) -> str:
    for ai in elements:
        found = entry(ai)
        for alternatives in found.required if found else ():
            if not any(_present(group, elements) for group in alternatives):
                wanted = " or ".join(" with ".join(f"({ai})" for ai in group) for group in alternatives)
                return f"({ai}) needs {wanted} on the same label"
    return ""


def _present(group: tuple[str, ...], elements: dict[str, str]) -> bool:
    return all(any(matches(ai, pattern) for ai in elements) for pattern in group)
