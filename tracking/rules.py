"""May this happen? Asked before the fact, on the handheld, over everything it knows (DESIGN section 5).

Of several answers that fit, the first in the contract's order counts: stolen, recalled, held; status; item and
document; lot and dates; pattern and check character; quantity. Notes come in the same order after every stop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache

import msgspec

from tracking import check_characters, dates
from tracking.catalogue.faults import told
from tracking.documents import Document, Line, Tally
from tracking.lifecycle import outcome
from tracking.phrases import Said
from tracking.site import NAME_CHARS_MAX, Item, Policy
from tracking.units import UnitState
from tracking.verdicts import Verdict, verdict

LETTING_OUT = frozenset({"shipping", "picking", "packing", "installing"})
"""Intents that a hold and an expiry date stop: what would let the unit out or use it up."""

BUILDING_IN = frozenset({"installing", "reserving"})
"""Intents whose document is a bill of materials: a line is a position, and a full one is complete."""

ACTIONS = dict.fromkeys(("packing", "installing", "reserving", "assembling"), "ADD")
"""EPCIS action of an intent that begins something; the others observe."""

SUCCESS = {
    "receiving": "received",
    "shipping": "shipped",
    "picking": "picked",
    "packing": "packed",
    "storing": "moved",
    "reserving": "booked",
    "installing": "installed",
    "assembling": "product_selected",
}


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What the question stands on beside the unit itself."""

    item: Item
    document: Document | None = None
    line: Line | None = None
    """The line that the unit would go to; None where the document has none for its item."""
    tally: Tally = Tally()
    quantity: int = 1
    policy: Policy = Policy()
    today: date
    expires_soon_days: int = 30
    new: bool = False
    """The serial number is not known to this device."""
    waived: frozenset[str] = frozenset()
    """Stops that a supervisor took upon himself."""


def may(intent: str, unit: UnitState, context: Context) -> Verdict:
    """The verdict on doing ``intent`` to ``unit``. ``unit`` has the lot and expiry of the label merged in."""
    for code, fields in _stops(intent, unit, context):
        if code in context.waived:
            continue
        return _about(code, unit, **fields)
    for code, fields in _notes(intent, unit, context):
        return _about(code, unit, **fields)
    return _about(SUCCESS.get(intent, "command"), unit)


def stopped_anywhere(unit: UnitState) -> Verdict | None:
    """A stolen or recalled unit stops any screen, a stocktake and a look-up too."""
    for flag in ("stolen", "recalled"):
        if unit.has(flag):
            return _about(flag, unit)
    return None


def _about(code: str, unit: UnitState, **fields: Said) -> Verdict:
    """A verdict with what is known of the unit; the session adds names and local times."""
    return verdict(
        code,
        item=unit.item,
        serial=unit.serial,
        **{
            "lot": unit.lot,
            "loose": "" if unit.serial else unit.item,
            "loose_lot": "" if unit.serial else unit.lot,
            "expiry": unit.expiry,
            "reason": unit.reason,
            "operator": unit.operator,
            "where": unit.location or unit.site,
            "when": unit.at,
            "document": unit.document,
            "party": unit.customer,
            "container": unit.container,
            "parent": " ".join(filter(None, (unit.installed_in_item, unit.installed_in_serial))),
            **fields,
        },
    )


def about(code: str, unit: UnitState, **fields: Said) -> Verdict:
    """A verdict about a unit, for tasks that judge by themselves."""
    return _about(code, unit, **fields)


def unless(stop: Verdict | None, waived: frozenset[str]) -> Verdict | None:
    """The stop of a task's own, or None where a supervisor took it upon himself."""
    return None if stop is None or stop.code in waived else stop


def step_stop(step: str, action: str, unit: UnitState, document: str = "") -> Verdict | None:
    """The stop that the lifecycle's table gives for a step, or None. ``document``: the one being worked on."""
    result = outcome(step, action, unit.status)
    if not result.code or (result.own_document and document and unit.document == document):
        return None
    return _about(result.code, unit)


def shape_stop(unit: UnitState, item: Item) -> Verdict | None:
    """The stop for a serial number that is not of the item's shape or fails its check, or None."""
    for code, fields in _shape_stops(unit, Context(item=item, today=date.min)):
        return _about(code, unit, **fields)
    return None


_Answers = Iterator[tuple[str, Mapping[str, Said]]]


def _stops(intent: str, unit: UnitState, context: Context) -> _Answers:
    if unit.has("stolen"):
        yield "stolen", {}
    if unit.has("recalled"):
        yield "recalled", {}
    if unit.has("held") and intent in LETTING_OUT:
        yield "held", {}
    yield from _status_stops(intent, unit, context)
    yield from _document_stops(intent, unit, context)
    if (intent in LETTING_OUT or intent == "receiving") and dates.expired(unit.expiry, context.today):
        yield "expired", {}
    yield from _shape_stops(unit, context)
    if _over(context) and not (intent == "receiving" and context.policy.over_receipt == "note"):
        yield "bom_complete" if intent in BUILDING_IN else "over_quantity", _line_fields(context)


def _line_fields(context: Context) -> dict[str, str]:
    """The line that is full, and nothing of the unit's own story."""
    if context.document is None or context.line is None:
        return {}
    return {
        "document": context.document.number,
        "line": str(context.line.line),
        "total": "" if context.document.blind else str(context.line.quantity),
        "done": str(context.tally.of(context.line.line) + context.quantity),
        "operator": "",
        "when": "",
    }


def _status_stops(intent: str, unit: UnitState, context: Context) -> _Answers:
    result = outcome(intent, ACTIONS.get(intent, "OBSERVE"), unit.status)
    if not result.code:
        return
    if result.code == "already_installed" and not unit.installed_in_serial:
        result = result._replace(code="consumed")
    if result.own_document and context.document is not None and unit.document == context.document.number:
        return
    taken_by_policy = (
        result.code == "not_received"
        and intent in {"shipping", "picking"}
        and unit.status == "unknown"
        and context.policy.unknown_serial_at_shipping == "note"
    )
    if not taken_by_policy:
        yield result.code, {}


def _document_stops(intent: str, unit: UnitState, context: Context) -> _Answers:
    document = context.document
    if document is None:
        return
    lines = document.lines_of_item(unit.item)
    if not lines:
        wanted = ", ".join(dict.fromkeys(line.item for line in document.lines))
        code = "not_on_document" if intent == "receiving" else "wrong_item"
        code = "wrong_component" if intent in BUILDING_IN else code
        yield code, {"document": document.number, "candidates": wanted}
    named = [line for line in lines if line.serials]
    all_named = bool(named) and len(named) == len(lines)
    if intent in LETTING_OUT and unit.serial and all_named and not _expected(document, unit):
        yield "not_on_document", {"document": document.number}
    lot_lines = [line for line in lines if line.lot]
    if (
        lot_lines
        and len(lot_lines) == len(lines)
        and unit.lot
        and all(line.lot != unit.lot for line in lot_lines)
    ):
        yield "not_on_document", {"document": document.number, "lot": unit.lot}


def _shape_stops(unit: UnitState, context: Context) -> _Answers:
    if not unit.serial:
        return
    item = context.item
    if not fits_pattern(item, unit.serial):
        yield "serial_pattern", {}
    if item.check_policy == "block":
        why = check_characters.fault(item.check, unit.serial)
        if why and check_characters.binds(item.check, unit.serial):
            yield "bad_check_digit", {"why": told(why)}


def _over(context: Context) -> bool:
    return (
        context.line is not None
        and context.tally.of(context.line.line) + context.quantity > context.line.quantity
    )


def _notes(intent: str, unit: UnitState, context: Context) -> _Answers:
    if unit.has("held"):
        yield "on_hold", {}
    document = context.document
    announced = document is not None and document.names_serials and bool(unit.serial)
    if intent == "receiving" and announced and document is not None and not _expected(document, unit):
        yield "not_expected_serial", {}
    if intent in {"shipping", "picking"} and unit.status == "unknown" and unit.serial:
        yield "new_serial", {}
    if dates.expires_within(unit.expiry, context.today, context.expires_soon_days):
        yield "expires_soon", {}
    checked = bool(unit.serial) and context.item.check_policy in {"warn", "block"}
    if checked and check_characters.fault(context.item.check, unit.serial):
        yield "check_digit_warning", {}
    if _over(context):
        yield "over_receipt_noted", _line_fields(context)


def _expected(document: Document, unit: UnitState) -> bool:
    return document.line_expecting(unit.item, unit.serial) is not None


@lru_cache(maxsize=4096)
def pattern(source: str) -> re.Pattern[str]:
    """The shape of an item's serial numbers, compiled."""
    return re.compile(source, re.ASCII)


def fits_pattern(item: Item, serial: str) -> bool:
    """True when the serial number has the item's shape; an item without a pattern takes any."""
    if not item.serial_pattern:
        return True
    # Bounded: a pattern comes from a file, and a long text is where a careless one takes for ever.
    return len(serial) <= NAME_CHARS_MAX and pattern(item.serial_pattern).fullmatch(serial) is not None
