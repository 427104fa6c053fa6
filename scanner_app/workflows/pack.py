"""Packing: units into a carton, cartons onto a pallet, and out again; a carton without a label gets an SSCC of ours."""

from __future__ import annotations

import msgspec

from scanner_app.workflows import pack_labels, pack_out
from scanner_app.workflows.flow import (
    Asked,
    Input,
    Knowledge,
    ListLine,
    Prompt,
    Scanned,
    State,
    Step,
    Workflow,
)
from scanner_app.workflows.gathering import gather, need_of, waiting_answer
from scanner_app.workflows.guard import SERIAL_BELOW, guarding
from scanner_app.workflows.held_together import is_known, whole_of, with_lot_flags
from scanner_app.workflows.meaning import Meaning, understand
from scanner_app.workflows.order_labels import wrong_kind
from scanner_app.workflows.order_state import QUANTITY_MAX
from scanner_app.workflows.pack_state import PackState
from scanner_app.workflows.parts import NO_PARTS, Parts
from scanner_app.workflows.subject import prompt_of_parts, typed_quantity
from tracking import rules
from tracking.events import Event
from tracking.phrases import Phrase, phrase
from tracking.rules import Context
from tracking.site import Item, refuse_name
from tracking.units import UnitState
from tracking.verdicts import Verdict, verdict

PLATE_CHARS_MIN = 4
"""A licence plate that nobody has seen yet is at least this long: shorter text is a slip of the hand."""
_LISTED_MAX = 12


def _advance(state: State, given: Input, knows: Knowledge) -> Step:
    assert isinstance(state, PackState)
    return pack_labels.labelled(state, _judged(state, given, knows), knows)


def _judged(state: PackState, given: Input, knows: Knowledge) -> Step:
    if isinstance(given, Asked):
        return _command(state, given, knows)
    state = msgspec.structs.replace(state, emptied="")
    quantity = typed_quantity(state.parts, given, knows)
    if quantity:
        return _quantity(state, quantity, knows)
    meaning = understand(given, state.parts, None, knows)
    match meaning.kind:
        case "container":
            return _container(state, meaning.value, knows)
        case "label" if state.taking_out:
            return pack_out.label(state, meaning.parts, given.texts[0], knows)
        case "label" if not state.container:
            return _no_carton_yet(state, meaning, given, knows)
        case "label":
            return _label(state, meaning.parts, knows)
        case "refused" if (
            not state.container and not state.taking_out and _may_be_plate(given, meaning, knows)
        ):
            return _open(state, given.texts[0].strip(), knows)
        case "refused":
            return Step(state=state, verdict=meaning.refusal or verdict("unknown_code", raw=given.texts[0]))
        case _:
            need = phrase("need_goods" if state.container else "need_carton")
            return Step(state=state, verdict=wrong_kind(meaning, given.texts[0], need))


# -- the carton -----------------------------------------------------------------------------------------------------


def _may_be_plate(given: Scanned, meaning: Meaning, knows: Knowledge) -> bool:
    """Plain text that means nothing else, at the prompt for a carton: a licence plate seen for the first time."""
    text = given.texts[0].strip()
    plain = given.readings[0][0].kind == "text" and given.readings[0][0].ok
    unknown = meaning.refusal is not None and meaning.refusal.code == "unknown_code"
    fits = plain and unknown and len(text) >= PLATE_CHARS_MIN and " " not in text
    return fits and not refuse_name(text) and not knows.items_fitting(text)


def _no_carton_yet(state: PackState, meaning: Meaning, given: Scanned, knows: Knowledge) -> Step:
    """A label where a carton is asked for. A unit that is packed already shows where."""
    parts = meaning.parts
    units = knows.units_of_serial(parts.serial) if parts.serial else ()
    unit = next((unit for unit in units if parts.item in {"", unit.item}), None)
    if unit is not None:
        alarm = rules.stopped_anywhere(with_lot_flags(unit, knows))
        if alarm is not None:
            return Step(state=state, verdict=alarm)
        if unit.container:
            return Step(state=state, verdict=_already(unit.item, unit.serial, unit.container))
    kind = phrase("kind_serial" if parts.serial else "kind_item")
    said = verdict(
        "wrong_kind",
        raw=given.texts[0],
        kind=kind,
        need=phrase("need_carton_first"),
        item=unit.item if unit is not None else parts.item,
        serial=parts.serial,
    )
    return Step(state=state, verdict=said)


def _already(item: str, serial: str, container: str) -> Verdict:
    return verdict("already_packed", item=item, serial=serial, container=container)


def _open(state: PackState, code: str, knows: Knowledge) -> Step:
    """A container is opened; one that nobody has seen is written down."""
    events: tuple[Event, ...] = ()
    if not is_known(code, knows):
        new = Event(step="commissioning", action="ADD", container=code, new=True, code="container_selected")
        events = (new,)
    inside = whole_of(code, knows).pieces
    said = verdict("container_selected", container=code, count=str(inside) if inside else "")
    return Step(state=PackState(container=code), verdict=said, events=events, afresh=True)


def _container(state: PackState, code: str, knows: Knowledge) -> Step:
    if state.taking_out:
        return pack_out.container(state, code, knows)
    if not state.container or code == state.container:
        return _open(state, code, knows)
    whole = whole_of(code, knows)
    if whole.empty and not knows.boxes_in(code):
        return _open(state, code, knows)  # an empty one is the next to be filled
    parent = knows.container(code).parent
    if parent or state.container in whole.containers:
        said = verdict("already_packed", box=code, container=parent or code)
        return Step(state=state, verdict=said)
    for unit in whole.units:
        answer = _may_pack(unit, Item(item=unit.item), knows)
        if answer.stops:
            return Step(state=state, verdict=answer)
    event = Event(
        step="packing", action="ADD", container=code, parent_container=state.container, code="packed"
    )
    said = verdict("packed", box=code, container=state.container, count=str(whole.pieces))
    return Step(state=msgspec.structs.replace(state, parts=NO_PARTS), verdict=said, events=(event,))


# -- what goes in ---------------------------------------------------------------------------------------------------


def _may_pack(unit: UnitState, item: Item, knows: Knowledge) -> Verdict:
    context = Context(
        item=item,
        policy=knows.policy,
        waived=knows.waived,
        today=knows.today,
        expires_soon_days=knows.expires_soon_days,
    )
    return rules.may("packing", unit, context)


def _label(state: PackState, read: Parts, knows: Knowledge) -> Step:
    got = gather(state.parts, read, None, knows, going_out=True)
    if got.answer is not None or got.item is None:
        said = got.answer or verdict("unknown_code")
        keep = got.parts if said.level == "none" or said.code == "ambiguous" else state.parts
        return Step(state=msgspec.structs.replace(state, parts=keep), verdict=said)
    if got.need:
        held = msgspec.structs.replace(state, parts=got.parts)
        return Step(state=held, verdict=waiting_answer(got.parts, got.item, got.need))
    return _put_in(state, got.parts, got.item, knows)


def _put_in(state: PackState, parts: Parts, item: Item, knows: Knowledge) -> Step:
    cleared = msgspec.structs.replace(state, parts=NO_PARTS)
    unit = (
        knows.unit(item.item, parts.serial)
        if parts.serial
        else UnitState(item=item.item, serial="", status="received")
    )
    unit = msgspec.structs.replace(unit, lot=parts.lot or unit.lot, expiry=parts.expiry or unit.expiry)
    answer = _may_pack(with_lot_flags(unit, knows), item, knows)
    if answer.stops:
        return Step(state=cleared, verdict=answer)
    if unit.container:
        return Step(state=cleared, verdict=_already(unit.item, unit.serial, unit.container))
    quantity = 1 if parts.serial else parts.quantity
    event = Event(
        step="packing",
        action="ADD",
        item=item.item,
        serial=parts.serial,
        lot=unit.lot,
        quantity=quantity,
        parent_container=state.container,
        code=answer.code or "",
    )
    fields = {**answer.fields, "container": state.container}
    for story in ("operator", "when", "where", "document", "party"):
        fields.pop(story, None)
    if not parts.serial:
        fields["quantity"] = str(quantity)
    if not parts.serial and answer.level == "ok":
        answer = msgspec.structs.replace(answer, code="quantity_recorded")
    return Step(state=cleared, verdict=msgspec.structs.replace(answer, fields=fields), events=(event,))


# -- quantities and commands ----------------------------------------------------------------------------------------


def _waiting_item(state: PackState, knows: Knowledge) -> Item | None:
    item = knows.item(state.parts.item) if state.parts.item else None
    return item if item is not None and need_of(state.parts, item, going_out=True) == "quantity" else None


def _quantity(state: PackState, quantity: int, knows: Knowledge) -> Step:
    item = _waiting_item(state, knows)
    if item is None:
        return Step(state=state, quiet=True)
    if not 1 <= quantity <= QUANTITY_MAX:
        return Step(state=state, verdict=verdict("unknown_code", raw=str(quantity)))
    parts = msgspec.structs.replace(state.parts, quantity=quantity)
    if state.taking_out:
        return pack_out.quantity(state, parts, knows)
    return _put_in(state, parts, item, knows)


def _command(state: PackState, asked: Asked, knows: Knowledge) -> Step:
    match asked.name:
        case "quantity":
            text = asked.argument
            return _quantity(state, int(text[:8]) if text.isascii() and text.isdecimal() else 0, knows)
        case "remove":
            turned = PackState(container=state.container, taking_out=not state.taking_out)
            said = verdict("command", what=phrase("what_take_out" if turned.taking_out else "what_put_in"))
            return Step(state=turned, verdict=said, afresh=True)
        case "confirm" if state.emptied:
            return pack_out.is_empty(state)
        case "confirm" if not state.container and not state.taking_out:
            return _new_carton(state, knows)
        case "done" if state.container:
            return _close(state, knows)
        case "reprint":
            return pack_labels.reprint(state, knows)
        case "back":
            return _back(state)
        case _:
            return Step(state=state, quiet=True)


def _new_carton(state: PackState, knows: Knowledge) -> Step:
    """A carton without a label: it gets the next SSCC of ours, to be printed on it."""
    code = knows.new_sscc()
    if not code:
        return Step(state=state, verdict=verdict("no_company_prefix"))
    step = _open(state, code, knows)
    return msgspec.structs.replace(step, state=PackState(container=code, unlabelled=code))


def _close(state: PackState, knows: Knowledge) -> Step:
    inside = whole_of(state.container, knows).pieces
    said = verdict("container_closed", container=state.container, count=str(inside))
    return Step(state=PackState(), verdict=said, afresh=True)


def _back(state: PackState) -> Step:
    said = verdict("command", what=phrase("what_back"))
    if not state.parts.empty:
        return Step(state=msgspec.structs.replace(state, parts=NO_PARTS), verdict=said)
    if state.taking_out or state.emptied:
        return Step(state=PackState(container=state.container), verdict=said, afresh=True)
    if state.container:
        return Step(state=PackState(), verdict=said, afresh=True)
    return Step(state=state, verdict=said, leave=True)


def _prompt(state: State, knows: Knowledge) -> Prompt:
    assert isinstance(state, PackState)
    need = prompt_of_parts(state.parts, knows)
    if need is not None:
        return need
    if state.emptied:
        return Prompt(name="pack_empty", more=state.emptied, keys=("confirm", "back"))
    if state.taking_out:
        return Prompt(name="remove", more=state.container, keys=("remove", "back"))
    if state.container:
        return Prompt(name="pack_into", more=state.container, keys=("done", "remove"))
    return Prompt(name="pack", keys=("confirm", "remove"))


def _listing(state: State, knows: Knowledge) -> tuple[ListLine, ...]:
    """How much of what is in the open container."""
    assert isinstance(state, PackState)
    if not state.container:
        return ()
    counts = whole_of(state.container, knows).by_item()
    return tuple(ListLine(f"{count} x {item}", "done") for item, count in list(counts.items())[:_LISTED_MAX])


def _need(state: State) -> Phrase:
    """What to scan in place of another code of a label."""
    assert isinstance(state, PackState)
    return SERIAL_BELOW if state.container or state.taking_out else phrase("need_carton")


PACK = Workflow(
    name="pack",
    state_type=PackState,
    initial=PackState,
    advance=guarding(_advance, _need, cartons=True),
    prompt=_prompt,
    own_commands=frozenset({"remove", "reprint"}),
    listing=_listing,
)
