"""Receiving and shipping share a shape: an order is opened, labels are scanned against it, it is closed.

The two differ in their intent, in the documents they take and in what a confirmation leads to; those differences are
a :class:`~scanner_app.workflows.order_state.Task`, the rest is here and in the modules beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner_app.workflows.flow import Asked, Input, Knowledge, Prompt, Scanned, State, Step, Workflow
from scanner_app.workflows.gathering import need_of
from scanner_app.workflows.guard import guarded
from scanner_app.workflows.lines import current_line
from scanner_app.workflows.meaning import understand
from scanner_app.workflows.order_commands import command
from scanner_app.workflows.order_containers import by_container
from scanner_app.workflows.order_labels import label_prompt, wrong_kind
from scanner_app.workflows.order_state import OrderState, Task
from scanner_app.workflows.parts import NO_PARTS, Parts
from tracking.later import Later
from tracking.phrases import Phrase, Said, phrase
from tracking.verdicts import Verdict, verdict

if TYPE_CHECKING:
    from scanner_app.workflows import ranged
else:
    ranged = Later("scanner_app.workflows.ranged")


def advance(task: Task, state: OrderState, given: Input, knows: Knowledge) -> Step:
    """One input: to the order prompt or to the scan prompt."""
    if isinstance(given, Asked):
        return command(task, state, given, knows)
    document = knows.document(state.document) if state.document else None
    if document is None and not state.blind:
        return _order_prompt(task, state, given, knows)
    if document is None and state.parts.empty:
        # Begun without paper, and now it was found.
        paper = understand(given, NO_PARTS, None, knows, wanted=frozenset({"unit", "item"}))
        if paper.kind == "document":
            return _open(task, state, paper.value, knows)
    if state.ranging.stage:
        return ranged.advance(task, state, given, document, knows)
    return label_prompt(task, state, given, document, knows)


# -- the order prompt -----------------------------------------------------------------------------------------------


def _order_prompt(task: Task, state: OrderState, given: Scanned, knows: Knowledge) -> Step:
    text = given.texts[0]
    meaning = understand(given, NO_PARTS, None, knows, wanted=frozenset({"document"}))
    need = phrase(f"need_order_{task.way}")
    if meaning.kind == "document":
        return _open(task, state, meaning.value, knows)
    if meaning.kind == "label":
        what = phrase("kind_serial" if meaning.parts.serial else "kind_item")
        return _answer(state, _label_instead(meaning.parts, text, what, need, knows))
    announced = knows.announced(meaning.value) if meaning.kind == "container" and not task.going_out else ""
    if announced:
        return _by_first_carton(task, state, announced, meaning.value, knows)
    if meaning.kind in {"badge", "location", "party", "container"}:
        return _answer(state, wrong_kind(meaning, text, need))
    if meaning.refusal is not None and meaning.refusal.code == "unknown_code" and not _is_card(given):
        return _answer(state, verdict("document_unknown", document=text))
    return _answer(state, meaning.refusal or verdict("document_unknown", document=text))


def _by_first_carton(task: Task, state: OrderState, number: str, code: str, knows: Knowledge) -> Step:
    """A carton where the notice is asked for: it is announced on one, so both are taken at once."""
    opened = _open(task, state, number, knows)
    if opened.verdict.stops or not isinstance(opened.state, OrderState):
        return opened
    return by_container(task, opened.state, code, knows.document(number), knows)


def _is_card(given: Scanned) -> bool:
    return given.readings[0][0].kind == "command"


def _label_instead(parts: Parts, text: str, what: Phrase, need: Phrase, knows: Knowledge) -> Verdict:
    """A label where an order is asked for. It names the unit, so that the sighting of a stolen one is found."""
    units = knows.units_of_serial(parts.serial) if parts.serial and not parts.item else ()
    item = units[0].item if len(units) == 1 else parts.item
    return verdict("wrong_kind", raw=text, kind=what, need=need, item=item, serial=parts.serial)


def _open(task: Task, state: OrderState, number: str, knows: Knowledge) -> Step:
    document = knows.document(number)
    if document is None:
        return _answer(state, verdict("document_unknown", document=number))
    if document.type not in task.document_types:
        need = phrase(f"need_order_{task.way}_here")
        what = verdict("wrong_kind", raw=number, kind=phrase(f"kind_{document.type}"), need=need)
        return _answer(state, what)
    tally = knows.tally(number)
    if tally.closed:
        return _answer(state, verdict("document_closed", document=number))
    party = knows.party(document.party)
    missing = document.total - tally.total
    opened = verdict(
        "document_opened",
        document=number,
        party=(party.name or party.party) if party else document.party,
        missing="" if document.blind else str(max(missing, 0)),
    )
    return Step(state=OrderState(document=number, location=state.location), verdict=opened)


def _answer(state: OrderState, answer: Verdict) -> Step:
    return Step(state=state, verdict=answer)


# -- what the screen asks for ---------------------------------------------------------------------------------------


def prompt(task: Task, state: OrderState, knows: Knowledge) -> Prompt:
    """What to scan now, and the item or line under it."""
    document = knows.document(state.document) if state.document else None
    if document is None and not state.blind:
        name = "next_order" if state.finished else "order_out" if task.going_out else "order_in"
        more: Said = "" if task.going_out else phrase("more_no_paper")
        if state.finished:
            more = phrase("more_done", document=state.finished)
        return Prompt(name=name, more=more)
    if state.ranging.stage:
        return ranged.prompt(state.ranging, knows)
    item = knows.item(state.parts.item) if state.parts.item else None
    if item is not None:
        need = need_of(state.parts, item, going_out=task.going_out)
        named = f"{item.item}  {item.description}"
        if need == "quantity":
            return Prompt(name="quantity", fields={"item": item.item}, more=item.description, wants_text=True)
        if need:
            return Prompt(name=need, more=f"{named}  {state.parts.serial}")
    if state.parts.serial:
        return Prompt(name="item", more=phrase("more_of", serial=state.parts.serial))
    if document is None:
        return Prompt(name="serial_or_item", more=phrase("more_blind"))
    line = current_line(document, knows.tally(document.number))
    if line is None:
        return Prompt(name="complete", more=document.number)
    wanted = knows.item(line.item)
    if wanted is None:
        return Prompt(name="serial", more=line.item)
    name = "serial" if wanted.tracking == "serial" else "item"
    named = f"{wanted.item}  {wanted.description}"
    if wanted.revision:
        return Prompt(name=name, more=phrase("more_revision", text=named, revision=wanted.revision))
    return Prompt(name=name, more=named)


def workflow(name: str, task: Task) -> Workflow:
    """An order workflow of this task."""

    def advanced(state: State, given: Input, knows: Knowledge) -> Step:
        assert isinstance(state, OrderState)
        return guarded(advance(task, state, given, knows), given, knows)

    def prompted(state: State, knows: Knowledge) -> Prompt:
        assert isinstance(state, OrderState)
        return prompt(task, state, knows)

    return Workflow(
        name=name,
        state_type=OrderState,
        initial=OrderState,
        advance=advanced,
        prompt=prompted,
        document_types=task.document_types,
    )
