"""GS1 in human-readable form, as it stands under the bars: ``(01)09521234543213(21)SN-42`` (GS1 General
Specifications 4.15). Typed by hand or sent by scanners that were told to; brackets are never part of the symbol itself.

A bracket inside a value cannot be told from one around an AI unless it is escaped, so it makes the text unsound.
"""

from __future__ import annotations

import re
from datetime import date

from tracking.identifiers.gs1_reading import reading
from tracking.identifiers.gs1_table import entry
from tracking.identifiers.gs1_values import Split, fault
from tracking.identifiers.reading import Reading

_AI = re.compile(r"\(([0-9]{2,4})\)")
_BEGINS = re.compile(r"\((?:[0-9)]|$)")
_BROKEN = re.compile(r"[0-9]{1,4}\([0-9()]*")
_SQUARE = re.compile(r"\[[0-9]{2,4}\]")
_REASON = "application identifiers in brackets"


def parse(text: str, symbology_id: str, today: date) -> list[Reading]:
    """The reading of bracketed text; empty where the text is none. A symbol that was scanned never carries brackets."""
    if symbology_id not in {"", "]X0"}:
        return []
    body = text.strip(" ")
    if _SQUARE.match(body):
        return [_unsound("square brackets are no GS1 text: round ones belong around the identifiers")]
    if _BEGINS.match(body):
        return [reading(_split(body, today), today, _REASON)]
    if _BROKEN.fullmatch(body):
        return [_unsound("it has brackets, but no element between them")]
    return []


def _unsound(error: str) -> Reading:
    return Reading(kind="document", reason=_REASON, error=error, layer="syntax")


def _split(body: str, today: date) -> Split:
    pairs: list[tuple[str, str]] = []
    error = layer = ""
    place = 0
    while place < len(body):
        head = _AI.match(body, place)
        found = entry(head[1]) if head else None
        if head is None or found is None:
            shown = body[place : place + 6]
            return Split(pairs, error or f"{shown} is no application identifier", layer or "syntax")
        value, place = _value(body, head.end())
        if found.components[0].cset == "N" and value.replace(" ", "").isdecimal():
            value = value.replace(" ", "")
        why, kind = fault(found, value, today)
        if why and not error:
            error, layer = why, kind
        pairs.append((found.ai, value))
    return Split(pairs, error, layer)


def _value(body: str, place: int) -> tuple[str, int]:
    """The value from here to the next bracket, blanks around it left out, and where that bracket is."""
    taken = []
    while place < len(body) and body[place] != "(":
        if body[place] == "\\" and body[place + 1 : place + 2] in {"(", ")", "\\"}:
            place += 1
        taken.append(body[place])
        place += 1
    return "".join(taken).strip(" "), place
