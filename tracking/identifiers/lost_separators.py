"""GS1 element strings whose separators a scanner has lost: in which ways they can be put back.

Where a separator is lost, the value in front of it swallows the next element: ``10LOT721SN42`` is a lot of ten
characters, and it is lot ``LOT7`` with serial ``SN42``. Nothing in the text tells which. So every way is looked for
in which all elements are sound by length, character set, check digit and date and may stand together; only where that
leaves one is the string rebuilt, otherwise all of them are named and somebody who knows the items decides, or asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from tracking.identifiers import gs1, gs1_company
from tracking.identifiers.gs1_table import entry_at
from tracking.identifiers.gs1_values import GS, fault
from tracking.identifiers.reading import Reading

WAYS_MAX = 8
"""More ways than this are told as "many"; nobody compares them with a label."""
STEPS_MAX = 2000
"""Elements looked at for one code; a label of 48 digits needs some hundreds."""
BODY_CHARS_MAX = 200
"""A longer string is not searched; without a separator none is so long."""

DECLARED = "]C1"
"""An identifier that says GS1, for a text that is known to be it."""


def ways(body: str, today: date) -> list[str]:
    """The string with separators put back, in every sound way that has at least one more; at most ``WAYS_MAX``."""
    found: list[str] = []
    for pairs, added in _Search(body, today).from_place(0, ()):
        if added and not _contradicts(pairs):
            text = _joined(pairs)
            if text not in found:
                found.append(text)
        if len(found) >= WAYS_MAX:
            break
    return found


def considered(
    text: str, symbology_id: str, readings: tuple[Reading, ...], today: date, *, lost: bool
) -> tuple[Reading, ...]:
    """The readings of a code, with those that a lost separator would explain. ``lost``: this scanner loses them.

    ``text`` and ``symbology_id`` are as :func:`tracking.identifiers.reader.split_aim` gives them.
    """
    best = readings[0]
    if lost and gs1.COMPOSITE in text and best.usable:
        sentence = "A composite symbol of a scanner that loses separators: compare with the label."
        return (replace(best, doubt=gs1.MAY_BE_MISSING, warn=(*best.warn, sentence)), *readings[1:])
    declared = symbology_id in gs1.GS1_SYMBOLOGIES
    if not (declared or best.reason == gs1.LOOKS_GS1) or GS in text[1:]:
        return readings
    if best.usable and not (lost or best.doubt):
        return readings
    body = text.removeprefix(GS)
    if len(body) > BODY_CHARS_MAX:
        return readings
    rebuilt = [_rebuilt(way, best.reason, today) for way in ways(body, today)]
    if not rebuilt:
        return readings
    if not best.usable and len(rebuilt) == 1 and (lost or _proven(best, rebuilt[0])):
        return (rebuilt[0] if lost else _to_confirm(rebuilt[0]), *readings)
    told = " or ".join(_told(reading) for reading in ([best, *rebuilt] if best.usable else rebuilt)[:4])
    sentence = f"A separator is missing: this can be {told}."
    return (replace(best, doubt=gs1.MAY_BE_MISSING, warn=(sentence,)), *rebuilt, *readings[1:])


class _Search:
    """All ways through one string, each element ending at its separator, its length, or before another element."""

    def __init__(self, body: str, today: date) -> None:
        self._body, self._today = body, today
        self._steps = 0
        self._blind: set[int] = set()
        """Places from which no way leads to the end."""

    def from_place(
        self, place: int, before: tuple[tuple[str, str], ...], *, added: bool = False
    ) -> Iterator[tuple[tuple[tuple[str, str], ...], bool]]:
        """``(elements, whether a separator was put in)`` for every way from here to the end."""
        if place >= len(self._body):
            yield before, added
            return
        if place in self._blind or self._steps > STEPS_MAX:
            return
        led_on = False
        for ai, value, end, cut in self._elements(place):
            for way in self.from_place(end, (*before, (ai, value)), added=added or cut):
                led_on = True
                yield way
        if not led_on and self._steps <= STEPS_MAX:
            self._blind.add(place)

    def _elements(self, place: int) -> Iterator[tuple[str, str, int, bool]]:
        """The element that begins here: AI, value, where the next begins, whether that lost its separator."""
        found = entry_at(self._body, place)
        if found is None:
            return
        start = place + len(found.ai)
        stop = self._body.find(GS, start)
        stop = len(self._body) if stop < 0 else stop
        chars = [sum(part.chars_max for part in found.components)]
        chars.append(sum(part.chars_min for part in found.components if not part.optional))
        if found.fixed:
            stop = min(stop, start + chars[0])
        for end in range(min(stop, start + chars[0]), start + max(chars[1], 1) - 1, -1):
            self._steps += 1
            cut = end < stop
            if (cut and entry_at(self._body, end) is None) or fault(
                found, self._body[start:end], self._today
            )[0]:
                continue
            yield found.ai, self._body[start:end], end + (self._body[end : end + 1] == GS), cut
            if found.fixed:
                return


def _contradicts(pairs: tuple[tuple[str, str], ...]) -> bool:
    company = gs1_company.judge(pairs)
    return bool(company.error) and not company.waiting


def _joined(pairs: tuple[tuple[str, str], ...]) -> str:
    """The elements as one string, a separator behind each that has no fixed length."""
    text = ""
    for place, (ai, value) in enumerate(pairs):
        found = entry_at(ai, 0)
        last = place == len(pairs) - 1
        text += ai + value + ("" if last or (found is not None and found.fixed) else GS)
    return text


def _rebuilt(way: str, reason: str, today: date) -> Reading:
    found = gs1.parse(way, DECLARED, today)[0]
    return replace(found, reason=f"{reason}, a lost separator put back", repaired=True, doubt="", warn=())


def _to_confirm(reading: Reading) -> Reading:
    return replace(reading, warn=("A lost separator was put back: compare with the label.",))


def _proven(best: Reading, rebuilt: Reading) -> bool:
    """Whether a string of a scanner that is not known to lose separators was surely longer than a value may be."""
    keys = (rebuilt.gtin, rebuilt.sscc, rebuilt.content_gtin)
    return rebuilt.ok and best.layer == "syntax" and any(keys) and bool(rebuilt.expiry or rebuilt.made)


def _told(reading: Reading) -> str:
    return " ".join(
        f"({ai}) {value}" for ai, value in reading.elements.items() if ai not in {"01", "17", "11"}
    )
