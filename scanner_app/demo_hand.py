"""The demonstration's hand: what a newcomer would scan, press or type next, wherever the operator is.

Of what could be scanned here the first is taken that the task would accept: it is asked beforehand, and nothing of it
happens. So the hand follows the operator into any task, in the middle of an order, behind an UNDO and behind a stop.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from drivers.scan import Scan
from scanner_app.demo_shelf import BEGINNINGS, Shelf
from scanner_app.inputs import Command, Typed
from scanner_app.labels import GS1_128
from scanner_app.session_state import workflow_state
from scanner_app.workflows.registry import WORKFLOWS
from tracking.site import Site

if TYPE_CHECKING:
    from scanner_app.session import Session
    from scanner_app.workflows.flow import Prompt, State

Pressed = Scan | Command | Typed

TRIED_MAX = 1000
"""Labels that are looked at before the hand gives up."""
A_CARTON = 3
"""Units of a demonstration's carton: then it is closed."""

_COMMANDS = {
    "pack": "confirm",
    "pack_empty": "confirm",
    "complete": "done",
    "judge": "pass",
    "repair": "done",
}
"""Prompts that a command answers."""
_ALL_THE_SAME = frozenset({"out_of_warranty"})
"""Notes that are no reason to look for something else."""
_TYPED = {"reason": "fell off the shelf"}


class DemoHand:
    """Somebody who knows the sample's labels by heart."""

    def __init__(self, site: Site) -> None:
        self._shelf = Shelf(site)
        self._last: Pressed | None = None

    def next(self, session: Session) -> Pressed | None:
        """What to do now; None where nothing fits."""
        self._last = self._chosen(session)
        return self._last

    def _chosen(self, session: Session) -> Pressed | None:
        state = session.state
        if not state.operator:
            return _scan(session, self._shelf.badge())
        if state.stopped is not None:
            confirms = state.stopped.verdict.code == "confirm_required"
            return Command(name="confirm" if confirms else "ack")
        if state.workflow == "home":
            number = next(self._shelf.papers(session, BEGINNINGS), "")
            return _scan(session, number) if number else Command(name="workflow", argument="move")
        there = workflow_state(state, state.workflow)
        prompt = WORKFLOWS[state.workflow].prompt(there, session.knows)
        return self._pressed(session, prompt, there) or self._scanned(session, prompt, there)

    def _scanned(self, session: Session, prompt: Prompt, there: State) -> Pressed | None:
        texts = dict.fromkeys(islice(self._shelf.texts(session, prompt, there), TRIED_MAX))
        scans = (_scan(session, text) for text in texts)
        fitting = next((scan for scan in scans if _fits(session, scan, there)), None)
        return Command(name="done") if fitting is None and there.document else fitting

    def _pressed(self, session: Session, prompt: Prompt, there: State) -> Pressed | None:
        """The command or the words that answer this prompt; None where something is scanned."""
        if prompt.name in _TYPED:
            return Typed(text=_TYPED[prompt.name])
        if prompt.name == "becomes":
            return Command(name="pass" if "pass" in prompt.choices else "stock")
        if prompt.name == "quantity":
            return self._quantity(session, there)
        if prompt.name == "pack_into":
            inside = session.knows.inside("", getattr(there, "container", ""))
            return Command(name="done") if len(inside) >= A_CARTON else None
        if "number" in prompt.keys and (prompt.name != "new_serial" or not self._was_number):
            return Command(name="number")
        command = _COMMANDS.get(prompt.name)
        return Command(name=command) if command else None

    @property
    def _was_number(self) -> bool:
        """The label of the number that was just given is scanned before the next one is taken."""
        return isinstance(self._last, Command) and self._last.name == "number"

    def _quantity(self, session: Session, there: State) -> Command:
        if session.state.workflow == "production":
            return Command(name="done")  # as many as are missing in the unit on the bench
        parts = getattr(there, "parts", None)
        count = self._shelf.quantity(session, there.document, parts.item if parts is not None else "")
        return Command(name="quantity", argument=str(count))


def _scan(session: Session, text: str) -> Scan:
    """The scan of a label, as a scanner delivers it."""
    symbology_id = GS1_128 if text.startswith(GS1_128) else ""
    return Scan(
        raw=text.removeprefix(symbology_id).encode(),
        symbology_id=symbology_id,
        source="replay",
        mono_ns=session.clock.mono_ns(),
        wall_ms=session.clock.wall_ms(),
    )


def _fits(session: Session, scan: Scan, there: State) -> bool:
    """True where the task would take it and something would come of it."""
    step = session.foreseen(session.read_scans((scan,)))
    code = step.verdict.code
    taken = code in _ALL_THE_SAME or (step.verdict.level in {"ok", "none"} and code is not None)
    return taken and (bool(step.events) or step.state != there or code == "looked_up")
