"""Between tasks: opening one, leaving it where it stands, a look-up as a detour that comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from scanner_app.session_state import SessionState, workflow_state
from scanner_app.workflows.registry import ANNOUNCED, WORKFLOWS, opening
from tracking.phrases import phrase, task_named
from tracking.verdicts import NOTHING, verdict

if TYPE_CHECKING:
    from scanner_app.answer import Answer
    from scanner_app.session import Session


class Switching:
    """Moves a session between workflows. A task that is left keeps its state and is found again as it was."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def to(self, name: str) -> Answer:
        """``workflow NAME``. Naming the former workflow ends a look-up at the very prompt it began at."""
        session = self._session
        if name == "home":
            return self._set(name, back_to="")
        if name not in WORKFLOWS:
            known = name in ANNOUNCED
            text = phrase("not_in_version", name=name) if known else phrase("no_such_task", name=name[:40])
            return session.answer(NOTHING, text=text)
        current = session.state.workflow
        if name == "look_up":
            return self._set(name, back_to=session.state.back_to if current == "look_up" else current)
        return self._set(name, back_to="")

    def _set(self, name: str, *, back_to: str) -> Answer:
        session = self._session
        state = msgspec.structs.replace(
            session.state,
            workflow=name,
            back_to=back_to,
            removing=False,
            document=self._document(session.state, name),
            states=_first_page(session.state.states),
        )
        session.write(state, ())
        return session.answer(verdict("command", what=task_named(name)))

    def open_document(self, number: str) -> None:
        """From the start screen: the workflow that takes this document becomes the current one."""
        session = self._session
        document = session.knows.document(number)
        flow = opening(document.type) if document is not None else None
        if flow is not None:
            states = _first_page(session.state.states)
            states.pop(flow.name, None)
            session.state = msgspec.structs.replace(
                session.state, workflow=flow.name, back_to="", states=states
            )

    def left(self, state: SessionState) -> SessionState:
        """After the last step back: a look-up returns, a task goes to the start screen."""
        target = state.back_to if state.workflow == "look_up" and state.back_to else "home"
        return msgspec.structs.replace(
            state, workflow=target, back_to="", document=self._document(state, target)
        )

    @staticmethod
    def _document(state: SessionState, name: str) -> str:
        if name not in WORKFLOWS:
            return ""
        there = workflow_state(state, name)
        return there.document or getattr(there, "finished", "")


def _first_page(states: dict[str, bytes]) -> dict[str, bytes]:
    """The states with the start screen's menu at its first page: whoever comes back expects that one."""
    return {name: data for name, data in states.items() if name != "home"}
