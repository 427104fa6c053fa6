"""Put-away and moves: a place and then what goes there, or things and then their place; containers with all in them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from scanner_app.workflows.flow import (
    Asked,
    Input,
    Knowledge,
    ListLine,
    Prompt,
    State,
    Step,
    Workflow,
)
from scanner_app.workflows.gathering import gather, need_of, waiting_answer
from scanner_app.workflows.guard import guarding
from scanner_app.workflows.held_together import Whole, is_known, whole_of, with_lot_flags
from scanner_app.workflows.meaning import understand
from scanner_app.workflows.move_state import WAITING_MAX, MoveState, Taken
from scanner_app.workflows.order_labels import wrong_kind
from scanner_app.workflows.order_state import QUANTITY_MAX
from scanner_app.workflows.parts import NO_PARTS, Parts
from scanner_app.workflows.subject import prompt_of_parts, typed_quantity
from tracking import rules
from tracking.events import Event
from tracking.phrases import phrase
from tracking.rules import Context
from tracking.site import Item
from tracking.units import UnitState
from tracking.verdicts import Verdict, verdict

_LISTED_MAX = 12


def _advance(state: State, given: Input, knows: Knowledge) -> Step:
    assert isinstance(state, MoveState)
    if isinstance(given, Asked):
        return _command(state, given, knows)
    quantity = typed_quantity(state.parts, given, knows)
    if quantity:
        return _quantity(state, quantity, knows)
    meaning = understand(given, state.parts, None, knows)
    match meaning.kind:
        case "location":
            return _at(state, meaning.value, knows)
        case "container":
            return _container(state, meaning.value, given.texts[0], knows)
        case "label":
            return _label(state, meaning.parts, knows)
        case "refused":
            return Step(state=state, verdict=meaning.refusal or verdict("unknown_code", raw=given.texts[0]))
        case _:
            return Step(
                state=state, verdict=wrong_kind(meaning, given.texts[0], phrase("need_anything_to_move"))
            )


# -- the place ------------------------------------------------------------------------------------------------------


def _at(state: MoveState, place: str, knows: Knowledge) -> Step:
    """A place: where what waits goes now, or where everything goes from now on."""
    if not state.waiting:
        return Step(
            state=MoveState(location=place), verdict=verdict("location_selected", location=place), afresh=True
        )
    events: list[Event] = []
    for thing in state.waiting:
        refused = _fault(thing, knows)
        if refused is not None:
            rest = tuple(other for other in state.waiting if other != thing)
            return Step(state=msgspec.structs.replace(state, waiting=rest), verdict=refused)
        events += _storing(thing, place, knows)
    first = state.waiting[0]
    if len(state.waiting) == 1:
        said = _moved(first, place)
    else:
        said = verdict("moved", location=place, things=str(len(state.waiting)))
    return Step(state=MoveState(), verdict=said, events=tuple(events), afresh=True)


def _moved(thing: Taken, place: str) -> Verdict:
    return verdict(
        "moved",
        item=thing.item,
        serial=thing.serial,
        lot=thing.lot,
        container=thing.container,
        location=place,
        quantity="" if thing.serial or thing.container else str(thing.quantity),
    )


# -- the things -----------------------------------------------------------------------------------------------------


def _label(state: MoveState, read: Parts, knows: Knowledge) -> Step:
    got = gather(state.parts, read, None, knows, going_out=True)
    if got.answer is not None or got.item is None:
        said = got.answer or verdict("unknown_code")
        keep = got.parts if said.level == "none" or said.code == "ambiguous" else state.parts
        return Step(state=msgspec.structs.replace(state, parts=keep), verdict=said)
    if got.need:
        held = msgspec.structs.replace(state, parts=got.parts)
        return Step(state=held, verdict=waiting_answer(got.parts, got.item, got.need))
    parts = got.parts
    thing = Taken(
        item=got.item.item, serial=parts.serial, lot=parts.lot, quantity=1 if parts.serial else parts.quantity
    )
    return _take(state, thing, knows)


def _container(state: MoveState, code: str, text: str, knows: Knowledge) -> Step:
    if not is_known(code, knows):
        said = verdict("unknown_code", raw=text, container=code)
        return Step(state=state, verdict=said)
    return _take(state, Taken(container=code), knows)


def _take(state: MoveState, thing: Taken, knows: Knowledge) -> Step:
    """A thing: stored at once where the place is known, else it waits for one."""
    state = msgspec.structs.replace(state, parts=NO_PARTS)
    refused = _fault(thing, knows)
    if refused is not None:
        return Step(state=state, verdict=refused)
    on_hold = _on_hold(thing, knows)
    if state.location:
        said = on_hold or _moved(thing, state.location)
        return Step(state=state, verdict=said, events=_storing(thing, state.location, knows))
    if any(thing == other for other in state.waiting if thing.serial or thing.container):
        return Step(state=state, verdict=verdict("already_counted", item=thing.item, serial=thing.serial))
    if len(state.waiting) >= WAITING_MAX:
        said = verdict("confirm_required", what=f"{WAITING_MAX}", item=thing.item, serial=thing.serial)
        return Step(state=state, verdict=said)
    taken = verdict("taken", item=thing.item, serial=thing.serial, lot=thing.lot, container=thing.container)
    return Step(
        state=msgspec.structs.replace(state, waiting=(*state.waiting, thing)), verdict=on_hold or taken
    )


def _units(thing: Taken, knows: Knowledge) -> Iterator[UnitState]:
    """The units that a thing is made of; a quantity stands for itself."""
    if thing.container:
        yield from whole_of(thing.container, knows).units
    elif thing.serial:
        yield with_lot_flags(knows.unit(thing.item, thing.serial), knows)
    else:
        lot = UnitState(item=thing.item, serial="", lot=thing.lot, status="received")
        yield with_lot_flags(lot, knows)


def _fault(thing: Taken, knows: Knowledge) -> Verdict | None:
    """The first stop among the units of a thing, or None. What is in a carton moves all together or not at all."""
    for unit in _units(thing, knows):
        context = Context(
            item=Item(item=unit.item),
            policy=knows.policy,
            waived=knows.waived,
            today=knows.today,
            expires_soon_days=0,
        )
        answer = rules.may("storing", unit, context)
        if answer.stops:
            return answer
    return None


def _on_hold(thing: Taken, knows: Knowledge) -> Verdict | None:
    """A note where something of it is on hold: it may be moved, to the hold shelf above all."""
    for unit in _units(thing, knows):
        if unit.has("held"):
            return verdict("on_hold", item=unit.item, serial=unit.serial, lot=unit.lot, reason=unit.reason)
    return None


def _storing(thing: Taken, place: str, knows: Knowledge) -> tuple[Event, ...]:
    """The events of one thing at its place; a unit that goes without its carton is out of it from now on."""
    if thing.container:
        return tuple(_whole_stored(whole_of(thing.container, knows), place))
    stored = Event(
        step="storing",
        item=thing.item,
        serial=thing.serial,
        lot=thing.lot,
        quantity=thing.quantity,
        location=place,
        code="moved",
    )
    carton = knows.unit(thing.item, thing.serial).container if thing.serial else ""
    if not carton:
        return (stored,)
    out = Event(
        step="unpacking",
        action="DELETE",
        item=thing.item,
        serial=thing.serial,
        parent_container=carton,
        code="unpacked",
    )
    return (stored, out)


def _whole_stored(whole: Whole, place: str) -> Iterator[Event]:
    for code in whole.containers:
        yield Event(step="storing", container=code, location=place, code="moved")
    for unit in whole.units:
        yield Event(
            step="storing",
            item=unit.item,
            serial=unit.serial,
            lot=unit.lot,
            container=unit.container,
            location=place,
            evidence="ranged",
            code="moved",
        )


# -- quantities and commands ----------------------------------------------------------------------------------------


def _waiting_item(state: MoveState, knows: Knowledge) -> Item | None:
    """The lot or untracked item whose quantity is asked for, or None."""
    item = knows.item(state.parts.item) if state.parts.item else None
    return item if item is not None and need_of(state.parts, item, going_out=True) == "quantity" else None


def _quantity(state: MoveState, quantity: int, knows: Knowledge) -> Step:
    item = _waiting_item(state, knows)
    if item is None:
        return Step(state=state, quiet=True)
    if not 1 <= quantity <= QUANTITY_MAX:
        return Step(state=state, verdict=verdict("unknown_code", raw=str(quantity)))
    return _take(state, Taken(item=item.item, lot=state.parts.lot, quantity=quantity), knows)


def _command(state: MoveState, asked: Asked, knows: Knowledge) -> Step:
    match asked.name:
        case "quantity":
            text = asked.argument
            return _quantity(state, int(text[:8]) if text.isascii() and text.isdecimal() else 0, knows)
        case "location":
            if knows.location(asked.argument) is None:
                return Step(state=state, verdict=verdict("unknown_code", raw=asked.argument))
            return _at(state, asked.argument, knows)
        case "undo" if state.waiting and not asked.argument:
            return _put_back(state)
        case "back":
            return _back(state)
        case _:
            return Step(state=state, quiet=True)


def _put_back(state: MoveState) -> Step:
    """What was taken up last does not wait any more; nothing was written of it yet."""
    last = state.waiting[-1]
    left = msgspec.structs.replace(state, waiting=state.waiting[:-1])
    said = verdict(
        "undone",
        item=last.item,
        serial=last.serial,
        what="" if last.serial else last.shown,
    )
    return Step(state=left, verdict=said, afresh=True)


def _back(state: MoveState) -> Step:
    said = verdict("command", what=phrase("what_back"))
    if not state.parts.empty:
        return Step(state=msgspec.structs.replace(state, parts=NO_PARTS), verdict=said)
    if state.waiting or state.location:
        return Step(state=MoveState(), verdict=said, afresh=True)
    return Step(state=state, verdict=said, leave=True)


def _prompt(state: State, knows: Knowledge) -> Prompt:
    assert isinstance(state, MoveState)
    need = prompt_of_parts(state.parts, knows)
    if need is not None:
        return need
    if state.location:
        return Prompt(name="move_here", fields={"location": state.location}, keys=("back",))
    if state.waiting:
        return Prompt(name="move_place", fields={"count": str(len(state.waiting))}, keys=("back",))
    return Prompt(name="move")


def _listing(state: State, _knows: Knowledge) -> tuple[ListLine, ...]:
    """What waits for its place, newest first."""
    assert isinstance(state, MoveState)
    return tuple(ListLine(thing.shown, "open") for thing in reversed(state.waiting[-_LISTED_MAX:]))


MOVE = Workflow(
    name="move",
    state_type=MoveState,
    initial=MoveState,
    advance=guarding(_advance, cartons=True),
    prompt=_prompt,
    own_commands=frozenset({"undo"}),
    listing=_listing,
)
