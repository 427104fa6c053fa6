"""Look-up: what is this? A detour from anywhere that changes nothing and comes back to the very prompt."""

from __future__ import annotations

import msgspec

from scanner_app.workflows import look_up_groups as groups
from scanner_app.workflows.flow import Asked, Input, Knowledge, Prompt, Scanned, State, Step, Workflow
from scanner_app.workflows.held_together import is_known, whole_of
from scanner_app.workflows.look_up_pages import (
    LINES_A_PAGE,
    LookUpState,
    all_lines,
    count_inside,
    lines,
)
from scanner_app.workflows.meaning import Meaning, understand
from scanner_app.workflows.parts import NO_PARTS
from tracking import rules
from tracking.dates import add_months, parse_iso
from tracking.lifecycle import IN_STOCK
from tracking.phrases import phrase, row_of
from tracking.units import UnitState
from tracking.verdicts import Verdict, verdict

UNITS_SHOWN_MAX = 4
TYPED_CHARS_MIN = 4
"""A scanned code of so many characters may be the end of a serial number."""


def _advance(state: State, given: Input, knows: Knowledge) -> Step:
    assert isinstance(state, LookUpState)
    if isinstance(given, Asked):
        if given.name in state.pages:
            return _turned(state, given.name, knows)
        if given.name in {"back", "done"}:
            if state.page:
                return _card(state, knows)
            said = verdict("command", what=phrase("what_back"))
            return Step(state=LookUpState(), verdict=said, leave=True)
        return Step(state=state, quiet=True)
    said, found = answer(given, knows, of_lot=state.code if state.kind == "lot" else "")
    known = said.code in {"looked_up", "on_hold"} and found.in_hand
    return Step(state=found if known else LookUpState(), verdict=said)


def _turned(state: LookUpState, page: str, knows: Knowledge) -> Step:
    """The page opens; the same key again turns on, and behind the last line back to the card."""
    first = state.first + LINES_A_PAGE if state.page == page else 0
    there = msgspec.structs.replace(state, page=page, first=first)
    if first and first >= len(all_lines(there, knows)):
        return _card(state, knows)
    return Step(state=there, verdict=verdict("command", what=phrase(f"what_{page}")))


def _card(state: LookUpState, knows: Knowledge) -> Step:
    """Back from a page to what was said of the thing itself."""
    if state.kind:
        said = _of_group(state, knows)
    elif state.container:
        said = _of_container(state.container, knows)
    else:
        said = of_units((knows.unit(state.item, state.serial),), knows)
    return Step(state=msgspec.structs.replace(state, page="", first=0), verdict=said)


def answer(given: Scanned, knows: Knowledge, *, of_lot: str = "") -> tuple[Verdict, LookUpState]:
    """What the thing is, whatever it is, and how it is found again. A part number narrows the lot before it."""
    meaning = understand(given, NO_PARTS, None, knows)
    match meaning.kind:
        case "refused":
            return _not_understood(meaning, given, knows)
        case "document":
            return _group("order", meaning.value, knows)
        case "container":
            return _of_container(meaning.value, knows), LookUpState(container=meaning.value)
        case "party":
            return _group("party", meaning.value, knows)
        case "badge" | "location":
            person = knows.operator(meaning.value)
            if person is None:
                return _group("place", meaning.value, knows)
            badge = phrase("thing_badge", name=person.name or person.badge)
            return verdict("looked_up", what=badge), LookUpState()
    parts = meaning.parts
    if of_lot and parts.item and not (parts.serial or parts.lot):
        narrowed = _group("lot", of_lot, knows, parts.item)
        if narrowed[0].code != "unknown_code":
            return narrowed
    if parts.lot and not parts.serial:
        return _group("lot", parts.lot, knows, parts.item)
    said = _of_label(meaning, given.texts[0], knows)
    if said.code == "unknown_code" and not parts.item:
        return _lot_or(said, given, knows)
    return said, LookUpState(item=said.item, serial=said.serial) if said.item else LookUpState()


def _not_understood(meaning: Meaning, given: Scanned, knows: Knowledge) -> tuple[Verdict, LookUpState]:
    """What names nothing: the last characters of a serial number, or a lot."""
    text = given.texts[0]
    refused = meaning.refusal or verdict("unknown_code", raw=text)
    if refused.code != "unknown_code":
        return refused, LookUpState()
    ending = knows.units_ending(text) if given.typed or len(text) >= TYPED_CHARS_MIN else ()
    if ending:
        said = of_units(ending, knows)
        return said, LookUpState(item=said.item, serial=said.serial) if said.item else LookUpState()
    return _lot_or(refused, given, knows)


def _lot_or(said: Verdict, given: Scanned, knows: Knowledge) -> tuple[Verdict, LookUpState]:
    """A lot has no shape of its own, and finding it is slow: asked for last, and only of a lone code."""
    if len(given.texts) > 1:
        return said, LookUpState()
    text = given.texts[0]
    found = groups.of_lot(text, "", knows)
    if found is not None:
        return found, LookUpState(kind="lot", code=text)
    if not knows.together.units("lot", text).whole:
        said = verdict("unknown_code", raw=text, why=phrase("why_not_all"))
    return said, LookUpState()


def _group(kind: str, code: str, knows: Knowledge, item: str = "") -> tuple[Verdict, LookUpState]:
    state = LookUpState(kind=kind, code=code, item=item)
    return _of_group(state, knows), state


def _of_group(state: LookUpState, knows: Knowledge) -> Verdict:
    match state.kind:
        case "order":
            return _of_document(state.code, knows)
        case "place":
            return groups.of_place(state.code, knows)
        case "party":
            return groups.of_party(state.code, knows)
    found = groups.of_lot(state.code, state.item, knows)
    return found or verdict("unknown_code", raw=state.code, why=phrase("why_no_lot"))


def _of_document(number: str, knows: Knowledge) -> Verdict:
    document = knows.document(number)
    if document is None:
        return verdict("document_unknown", document=number)
    tally = knows.tally(number)
    done = str(tally.total)
    state = (
        phrase("state_closed")
        if tally.closed
        else phrase("state_counted", done=done)
        if document.blind
        else phrase("state_done", done=done, total=str(document.total))
    )
    what = phrase("document_state", type=phrase(f"document_{document.type}"), state=state)
    return verdict("looked_up", what=what, document=number, party=document.party, location=document.location)


def _of_container(code: str, knows: Knowledge) -> Verdict:
    """A carton or pallet: where it stands, and what is in it; an alarm of anything inside goes first."""
    whole = whole_of(code, knows)
    for unit in whole.units:
        alarm = rules.stopped_anywhere(unit)
        if alarm is not None:
            return alarm
    state = knows.container(code)
    if not is_known(code, knows):
        notice = knows.announced(code)
        if notice:
            return _announced(code, notice, knows)
        return verdict("wrong_kind", raw=code, kind=phrase("kind_container"), need=phrase("need_known"))
    inside = [f"{count} x {item}" for item, count in whole.by_item().items()]
    where = state.location or next((unit.location for unit in whole.units if unit.location), "")
    return verdict(
        "looked_up",
        container=code,
        location=where,
        parent=state.parent,
        inside=", ".join(inside[:UNITS_SHOWN_MAX]) or "0",
    )


def _announced(code: str, notice: str, knows: Knowledge) -> Verdict:
    """A carton that a supplier's notice names and nobody has received yet."""
    document = knows.document(notice)
    lines = document.lines if document is not None else ()
    inside = [f"{line.quantity} x {line.item}" for line in lines if line.container == code]
    blind = document is None or document.blind
    return verdict(
        "looked_up",
        container=code,
        document=notice,
        inside="" if blind else ", ".join(inside[:UNITS_SHOWN_MAX]),
        what=phrase("lookup_announced"),
    )


def _of_label(meaning: Meaning, text: str, knows: Knowledge) -> Verdict:
    parts = meaning.parts
    if parts.serial:
        units = (knows.unit(parts.item, parts.serial),) if parts.item else knows.units_of_serial(parts.serial)
        known = tuple(unit for unit in units if unit.status != "unknown")
        if known:
            return of_units(known, knows)
        ending = knows.units_ending(parts.serial)
        if ending:
            return of_units(ending, knows)
        return verdict("unknown_code", raw=parts.serial, why=phrase("why_no_unit"))
    if parts.item:
        item = knows.item(parts.item)
        named = item is not None and item.description
        what = (
            phrase("thing_item_named", description=item.description)
            if item and named
            else phrase("thing_item")
        )
        return verdict("looked_up", item=parts.item, loose=parts.item, what=what)
    return verdict("looked_up", what=text)


def of_units(units: tuple[UnitState, ...], knows: Knowledge) -> Verdict:
    """What is known of these units; a stolen or recalled one says so first."""
    units = tuple(_with_lot_flags(unit, knows) for unit in units)
    for unit in units:
        alarm = rules.stopped_anywhere(unit)
        if alarm is not None:
            return alarm
    if len(units) > 1:
        named = row_of(
            *(
                row_of(unit.item, unit.serial, phrase(f"status_{unit.status}"), between=" ")
                for unit in units[:UNITS_SHOWN_MAX]
            ),
            between=", ",
        )
        what = phrase("thing_units", count=str(len(units)), units=named)
        return verdict("looked_up", serial=units[0].serial, what=what)
    unit = units[0]
    parts = count_inside(unit, knows)
    return verdict(
        "on_hold" if unit.has("held") else "looked_up",
        item=unit.item,
        serial=unit.serial,
        status=phrase(f"status_{unit.status}"),
        location=unit.location or (unit.site if unit.status in IN_STOCK or unit.status == "planned" else ""),
        operator=unit.operator,
        when=unit.at,
        document=unit.document,
        party=unit.customer,
        supplier=unit.supplier,
        lot=unit.lot,
        expiry=unit.expiry,
        reason=unit.reason,
        until=warranty_until(unit, knows),
        parent=" ".join(filter(None, (unit.installed_in_item, unit.installed_in_serial))),
        what=row_of(*(phrase(f"flag_{flag}") for flag in unit.flags), between=", "),
        box=unit.container,
        inside=phrase("lookup_parts", count=str(parts)) if parts else "",
    )


def _with_lot_flags(unit: UnitState, knows: Knowledge) -> UnitState:
    """A recall may lie on the whole lot."""
    flags = {*unit.flags, *knows.lot_flags(unit.item, unit.lot)} if unit.lot else set(unit.flags)
    return msgspec.structs.replace(unit, flags=tuple(sorted(flags)))


def warranty_until(unit: UnitState, knows: Knowledge) -> str:
    """The last day of its warranty; empty where it was not sold or has none."""
    item = knows.item(unit.item)
    sold = parse_iso(unit.sold_on) if unit.sold_on else None
    if item is None or not item.warranty_months or sold is None:
        return ""
    return add_months(sold, item.warranty_months).isoformat()


def _prompt(state: State, _knows: Knowledge) -> Prompt:
    assert isinstance(state, LookUpState)
    if state.page:
        thing = state.code or f"{state.item} {state.serial}".strip() or state.container
        return Prompt(name="lookup", more=row_of(thing, phrase(f"what_{state.page}"), between=": "))
    return Prompt(name="lookup", more=phrase("more_last_six"))


LOOK_UP = Workflow(
    name="look_up",
    state_type=LookUpState,
    initial=LookUpState,
    advance=_advance,
    prompt=_prompt,
    listing=lines,
)
