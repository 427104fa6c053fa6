"""Element strings taken apart, and every value judged: layers ``syntax`` and ``content``.

The order is that of a reader with a finger on the label: from left to right, each part of a value by length, character
set and checks; the first fault is the one that is told. A fault of content does not stop the splitting, so that the
operator can be told what else stands there; a fault of syntax does, since nothing is certain behind it.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from tracking.identifiers.gs1_linters import cset_fault
from tracking.identifiers.gs1_table import Entry, entry_at

GS = "\x1d"


class Split(NamedTuple):
    """The elements in the label's order, and the first fault with its layer."""

    pairs: list[tuple[str, str]]
    error: str = ""
    layer: str = ""


def split(body: str, today: date) -> Split:
    """Elements of a string whose leading separator (FNC1) is taken off."""
    pairs: list[tuple[str, str]] = []
    error = layer = ""
    place = 0
    while place < len(body):
        found = entry_at(body, place)
        if found is None:
            shown = body[place : place + 4].replace(GS, "a second separator")
            return Split(pairs, error or f"no element begins with {shown}", layer or "syntax")
        place += len(found.ai)
        end = body.find(GS, place)
        end = len(body) if end < 0 else end
        if found.fixed:
            end = min(end, place + sum(part.chars_max for part in found.components))
        value = body[place:end]
        why, kind = fault(found, value, today)
        if why and not error:
            error, layer = why, kind
        pairs.append((found.ai, value))
        if kind == "syntax":
            return Split(pairs[:-1], error, layer)
        place = end
        if body[place : place + 1] == GS:
            place += 1
    return Split(pairs, error, layer)


def fault(found: Entry, value: str, today: date) -> tuple[str, str]:
    """Why a value is none of its AI's, and the layer; two empty strings where it is sound."""
    if not value:
        return f"({found.ai}) is empty", "syntax"
    place = 0
    for part in found.components:
        rest = len(value) - place
        if part.optional and not rest:
            continue
        if rest < part.chars_min:
            return f"({found.ai}) is too short", "syntax"
        piece = value[place : place + part.chars_max]
        why = cset_fault(part.cset, piece)
        for linter in part.linters:
            why = why or linter(piece, today)
        if why:
            return f"({found.ai}) {why}", "content"
        place += len(piece)
    return ("", "") if place == len(value) else (f"({found.ai}) is too long", "syntax")
