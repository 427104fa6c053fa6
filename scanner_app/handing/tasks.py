"""Which tasks are in progress here, and what each is about."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from scanner_app.session_state import STATES_KEPT_MAX, SessionState, state_of, workflow_state
from scanner_app.workflows.flow import State
from scanner_app.workflows.registry import WORKFLOWS

_NO_TASKS = frozenset({"home", "look_up"})
_LEFT_OVER = frozenset({"finished", "confirming", "more"})
"""What a state keeps of something that is over."""
_SUBJECTS = ("document", "container", "product", "location")
"""Fields that say what a task is about, the first that has a value."""


def subject_of(state: State) -> str:
    """The document, carton, product or place that a task is about; empty for none."""
    return next((str(value) for name in _SUBJECTS if (value := getattr(state, name, ""))), "")


def begun(name: str, state: State) -> bool:
    """True where something of a task has been done and is not finished."""
    if name in _NO_TASKS or name not in WORKFLOWS:
        return False
    first = WORKFLOWS[name].initial()
    # A shelf chosen for goods that are not begun is no task; putting things onto one is.
    passed_over = _LEFT_OVER if name == "move" else _LEFT_OVER | {"location"}
    return any(
        getattr(state, field) != getattr(first, field)
        for field in state.__struct_fields__
        if field not in passed_over
    )


@lru_cache(maxsize=STATES_KEPT_MAX)
def standing(name: str, data: bytes) -> tuple[bool, str]:
    """Whether something of a task has been done, and what it is about; ``data`` is its state. A scan changes neither
    as a rule.
    """
    state = state_of(name, data)
    return begun(name, state), subject_of(state)


def in_progress(session: SessionState) -> dict[str, State]:
    """Workflow -> its state, of the tasks that are begun; last used first."""
    states = {name: workflow_state(session, name) for name in session.states if name in WORKFLOWS}
    return {name: state for name, state in states.items() if begun(name, state)}


def without_task(session: SessionState, name: str) -> SessionState:
    """The session at the start screen, with nothing left of this task."""
    states = {other: data for other, data in session.states.items() if other not in {name, "home"}}
    return msgspec.structs.replace(
        session, workflow="home", back_to="", document="", removing=False, states=states
    )


def with_handing(state: SessionState, **changes: object) -> SessionState:
    """The session with its memory of hand-overs changed."""
    return msgspec.structs.replace(state, handing=msgspec.structs.replace(state.handing, **changes))
