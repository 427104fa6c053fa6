"""The start screen: scan anything. An order opens its task, a unit shows itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner_app.workflows.flow import Asked, Input, Knowledge, Prompt, State, Step, Workflow
from scanner_app.workflows.meaning import understand
from scanner_app.workflows.parts import NO_PARTS
from tracking.later import Later
from tracking.phrases import phrase
from tracking.verdicts import verdict

if TYPE_CHECKING:
    from scanner_app.workflows import look_up
else:
    look_up = Later("scanner_app.workflows.look_up")


class HomeState(State, frozen=True, kw_only=True, omit_defaults=True):
    """The start screen's own memory."""

    more: bool = False
    """True while the second page of the menu is shown."""
    others: bool = False
    """True while the tasks of other handhelds are listed."""


def _advance(state: State, given: Input, knows: Knowledge) -> Step:
    if isinstance(given, Asked):
        turned = isinstance(state, HomeState) and (state.more or state.others)
        if given.name == "more" or (given.name == "back" and turned):
            what = phrase("what_more" if given.name == "more" else "what_menu")
            return Step(state=HomeState(more=given.name == "more"), verdict=verdict("command", what=what))
        return Step(state=state, quiet=True)
    return Step(state=HomeState(), verdict=look_up.answer(given, knows)[0])


def document_scanned(given: Input, knows: Knowledge) -> str:
    """The document that a scan names, or the notice that a carton is announced on; or empty."""
    if isinstance(given, Asked):
        return ""
    meaning = understand(given, NO_PARTS, None, knows)
    if meaning.kind == "container":
        return knows.announced(meaning.value)
    return meaning.value if meaning.kind == "document" else ""


def _prompt(state: State, _knows: Knowledge) -> Prompt:
    if isinstance(state, HomeState) and state.others:
        return Prompt(name="task_of_others", more=phrase("more_others"))
    return Prompt(name="anything", more=phrase("more_start"))


HOME = Workflow(
    name="home",
    state_type=HomeState,
    initial=HomeState,
    advance=_advance,
    prompt=_prompt,
)
