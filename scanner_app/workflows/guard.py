"""The wrong-label guard: a code that a task for serial numbers cannot take is named as what it is.

A carton carries a dozen codes, and "unknown code" sends its reader to the office. Here the code's own shape is said
instead, with what to scan. Only what was refused anyway is named: a serial number that happens to look like an address
of a network is still a serial number where somebody knows it or an item's pattern fits.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from scanner_app.workflows.flow import Input, Knowledge, Scanned, State, Step
from tracking.identifiers.reading import NATIVE_KINDS, Reading
from tracking.later import pattern
from tracking.phrases import Phrase, phrase
from tracking.verdicts import verdict

_OF_A_FIELD = (
    ("license_plate", "kind_container"),
    ("supplier_part", "kind_item"),
    ("customer_part", "kind_item"),
    ("customer_po", "kind_order_number"),
    ("supplier_order", "kind_order_number"),
)
"""A detail of a lone data identifier -> what it is."""
_DATED = pattern(r"\d{1,4}([-./])\d{1,2}\1\d{1,4}")
_PLAIN_COUNT = pattern(r"[1-9]\d{0,2}")
_COUNT = pattern(r"Q\d{1,4}")


Advance = Callable[[State, Input, Knowledge], Step]
SERIAL_BELOW = phrase("need_serial_below")


def _always(_state: State) -> Phrase:
    return SERIAL_BELOW


def guarding(
    advance: Advance, need: Callable[[State], Phrase | None] = _always, *, cartons: bool = False
) -> Advance:
    """A task whose refusals name what was scanned. ``need``: what to scan instead, None where no unit is asked for.

    With ``cartons`` a carton is welcome in place of a unit: one that nobody knows is unknown, and nothing else.
    """

    def guarded_advance(state: State, given: Input, knows: Knowledge) -> Step:
        step, asked = advance(state, given, knows), need(state)
        return step if asked is None else guarded(step, given, knows, need=asked, cartons=cartons)

    return guarded_advance


def guarded(
    step: Step, given: Input, knows: Knowledge, *, need: Phrase = SERIAL_BELOW, cartons: bool = False
) -> Step:
    """The step, with a refusal that names what was scanned where its shape tells, or a paper of the site."""
    if (
        not isinstance(given, Scanned)
        or given.typed
        or len(given.texts) != 1
        or not _nameless(step, given.readings[0][0])
    ):
        return step
    text = given.texts[0].strip()
    kind = kind_of(given.readings[0], given.texts[0]) or _plain(text, step.state.document, knows)
    if kind is None or (cartons and kind.name == "kind_container"):
        return step
    said = verdict("wrong_kind", raw=given.texts[0], kind=kind, need=need)
    events = tuple(
        msgspec.structs.replace(event, code="wrong_kind") if event.step == "sighting" else event
        for event in step.events
    )
    return msgspec.structs.replace(step, verdict=said, events=events)


def _plain(text: str, document: str, knows: Knowledge) -> Phrase | None:
    """What a text is that says nothing of itself: a lot that is known here, or so few digits that it is a count."""
    if _PLAIN_COUNT.fullmatch(text):
        return phrase("kind_quantity")
    return phrase("kind_lot") if text and knows.is_lot(text, document) else None


def _nameless(step: Step, best: Reading) -> bool:
    """True for a refusal that says no more than that the code is not one of ours."""
    if step.verdict.code == "unreadable" and best.layer == "association":
        return True  # sound, but not by itself: a weight, a price
    why = step.verdict.words.get("why")
    known = why is not None and why.name != "why_nothing_ours"
    return step.verdict.code == "serial_pattern" or (step.verdict.code == "unknown_code" and not known)


def kind_of(readings: tuple[Reading, ...], text: str) -> Phrase | None:
    """What a code is by its shape; None where it may be a serial number as well as anything."""
    for reading in readings:
        name = _kind(reading) if reading.ok or reading.partial else ""
        if name:
            return phrase(name)
    if readings[0].layer == "association":
        return phrase("kind_other_field")
    return phrase("kind_date") if _DATED.fullmatch(text) else None


def _kind(reading: Reading) -> str:
    if reading.kind in NATIVE_KINDS:
        return "" if reading.weak else f"kind_{reading.kind}"
    if not reading.bare:
        return ""
    if "ambiguous" not in reading.details:
        return "kind_item" if reading.gtin else "kind_container" if reading.sscc else ""
    return _field(reading)


def _field(reading: Reading) -> str:
    """A lone data identifier. One letter alone is how half of all serial numbers begin, so two signs are needed."""
    name, value = next(iter(reading.elements.items()))
    if len(name) < 2:
        return "kind_quantity" if _COUNT.fullmatch(name + value) else ""
    if reading.lot:
        return "kind_lot"
    if reading.expiry or reading.made or "date_code" in reading.details:
        return "kind_date"
    if reading.serial:
        return ""
    return next((kind for detail, kind in _OF_A_FIELD if detail in reading.details), "kind_other_field")
