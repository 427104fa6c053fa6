"""The start screen: scan anything. An order opens its task, a unit shows itself."""

from __future__ import annotations

from scanner_app.workflows import look_up
from scanner_app.workflows.flow import Asked, Input, Knowledge, Prompt, State, Step, Workflow
from scanner_app.workflows.meaning import understand
from scanner_app.workflows.parts import NO_PARTS
from tracking.phrases import phrase


def _advance(state: State, given: Input, knows: Knowledge) -> Step:
    if isinstance(given, Asked):
        return Step(state=state, quiet=True)
    return Step(state=state, verdict=look_up.answer(given, knows))


def document_scanned(given: Input, knows: Knowledge) -> str:
    """The document that a scan names, or the notice that a carton is announced on; or empty."""
    if isinstance(given, Asked):
        return ""
    meaning = understand(given, NO_PARTS, None, knows)
    if meaning.kind == "container":
        return knows.announced(meaning.value)
    return meaning.value if meaning.kind == "document" else ""


def _prompt(_state: State, _knows: Knowledge) -> Prompt:
    return Prompt(name="anything", more=phrase("more_start"))


HOME = Workflow(
    name="home",
    state_type=State,
    initial=State,
    advance=_advance,
    prompt=_prompt,
)
