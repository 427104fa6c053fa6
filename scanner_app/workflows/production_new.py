"""Production: the unit to be built has no serial number yet. It takes the next one, and its label is printed.

The number is verified by a scan of that label before the first part goes in: a label that does not read, or that sits
on the wrong unit, is found while there is nothing to take apart.
"""

from __future__ import annotations

import msgspec

from scanner_app.workflows.assign import LABEL_VERIFIED, assigned
from scanner_app.workflows.flow import Asked, Knowledge, Prompt, Scanned, Step
from scanner_app.workflows.meaning import understand
from scanner_app.workflows.order_labels import wrong_kind
from scanner_app.workflows.own_labels import unit_label
from scanner_app.workflows.parts import NO_PARTS
from scanner_app.workflows.production_state import ProductionState
from scanner_app.workflows.production_units import may_begin, select_product
from tracking import rules
from tracking.documents import Document
from tracking.events import Event
from tracking.phrases import phrase
from tracking.site import Item
from tracking.verdicts import verdict

SPOILED = "spoiled"
"""The reason why a number is written off that was never on a unit."""


def gives_numbers(document: Document, knows: Knowledge) -> bool:
    """True where the order's product is numbered by this site."""
    item = knows.item(document.product)
    return item is not None and bool(item.numbering)


def take(state: ProductionState, document: Document, knows: Knowledge) -> Step:
    """The next number of the product, reserved for this order; its label is printed, and is to be scanned."""
    item = knows.item(document.product) or Item(item=document.product)
    found = knows.next_serials(item, 1)
    if not found.serials:
        return Step(state=_between(state), verdict=verdict("no_numbers", item=item.item, why=found.why))
    serial = found.serials[0]
    answer = may_begin(document, item, serial, knows)
    if answer.stops:
        return Step(state=_between(state), verdict=answer)
    given = msgspec.structs.replace(assigned(item, serial), document=document.number)
    return Step(
        state=ProductionState(document=document.number, fresh=serial),
        verdict=verdict("assigned", item=item.item, serial=serial, document=document.number),
        events=(given,),
        labels=(unit_label(item, serial),),
        afresh=True,
    )


def verify(state: ProductionState, document: Document, given: Scanned, knows: Knowledge) -> Step:
    """A scan while the new label is waited for: it is the one, or it is named."""
    text = given.texts[0]
    meaning = understand(given, NO_PARTS, None, knows)
    read = meaning.parts
    if state.fresh in {read.serial, text} and read.item in {"", document.product}:
        seen = Event(
            step="inspecting",
            item=document.product,
            serial=state.fresh,
            document=document.number,
            reason=LABEL_VERIFIED,
            code="registered",
        )
        begun = select_product(state, document, document.product, state.fresh, knows)
        return msgspec.structs.replace(begun, events=(seen, *begun.events))
    if meaning.kind == "label":
        units = knows.units_of_serial(read.serial) if read.serial else ()
        alarm = next(filter(None, map(rules.stopped_anywhere, units)), None)
        wanted = f"{document.product}  {state.fresh}"
        item = units[0].item if units else read.item
        said = alarm or verdict(
            "wrong_label", item=item, serial=read.serial, raw=read.serial or text, wanted=wanted
        )
        return Step(state=state, verdict=said)
    if meaning.kind == "refused":
        return Step(state=state, verdict=meaning.refusal or verdict("unknown_code", raw=text))
    return Step(state=state, verdict=wrong_kind(meaning, text, phrase("need_new_label")))


def command(state: ProductionState, document: Document, asked: Asked, knows: Knowledge) -> Step:
    """A command while the new label is waited for."""
    item = knows.item(document.product) or Item(item=document.product)
    match asked.name:
        case "reprint":
            label = unit_label(item, state.fresh, again=True)
            said = verdict("command", what=phrase("what_reprint"))
            return Step(state=state, verdict=said, labels=(label,), afresh=True)
        case "scrap":
            return _burn(state, document, asked.argument or SPOILED)
        case "back":
            said = verdict("command", what=phrase("what_back"))
            return Step(state=_between(state), verdict=said)
        case _:
            return Step(state=state, quiet=True)


def _burn(state: ProductionState, document: Document, reason: str) -> Step:
    """The label is spoiled: its number is written off and is on no unit, ever."""
    event = Event(
        step="destroying",
        action="DELETE",
        item=document.product,
        serial=state.fresh,
        document=document.number,
        reason=reason,
        code="scrapped",
    )
    said = verdict("scrapped", item=document.product, serial=state.fresh, reason=reason)
    return Step(state=_between(state), verdict=said, events=(event,))


def prompt(state: ProductionState, document: Document) -> Prompt:
    """What the screen asks for while the new label is waited for."""
    return Prompt(name="new_label", more=f"{document.product}  {state.fresh}", keys=("reprint", "scrap"))


def _between(state: ProductionState) -> ProductionState:
    return ProductionState(document=state.document)
