"""The start screen: the tasks that wait, last used first, and the menu on its two pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner_app.handing import others
from scanner_app.handing.state import Given
from scanner_app.session_state import workflow_state
from scanner_app.view import MenuLine
from scanner_app.workflows.home import HomeState
from scanner_app.workflows.registry import WORKFLOWS
from sync.work_wire import task_id
from tracking import catalogue
from tracking.phrases import task_named

if TYPE_CHECKING:
    from scanner_app.session import Session

FIRST_PAGE = ("receiving", "shipping", "production", "stocktake", "move", "pack", "returns", "quality")
"""The tasks of most shifts, by their digits from 1; the digit after them turns the page."""
SECOND_PAGE = ("recall", "assign", "service", "write_off", "look_up")

OTHERS_MAX = 9
"""Tasks of others that are listed: one a digit."""

TASK_KEYS = ("f4", "f6", "f7")
"""The keys of the tasks that wait: those that mean nothing else on the start screen."""


def _there(session: Session) -> HomeState:
    there = workflow_state(session.state, "home")
    return there if isinstance(there, HomeState) else HomeState()


def turned(session: Session) -> bool:
    """True where the menu shows another page than its first."""
    return _there(session).more or _there(session).others


def menu(session: Session) -> tuple[MenuLine, ...]:
    """The lines of the page that is shown."""
    language = session.settings.language
    if _there(session).others:
        return _others(session)
    second = _there(session).more
    lines = [
        MenuLine(
            key=str(digit),
            label=catalogue.menu(name, language),
            command=name if name == "look_up" else f"workflow {name}",
        )
        for digit, name in enumerate(SECOND_PAGE if second else FIRST_PAGE, 1)
    ]
    if second:
        label = catalogue.word("menu_others", language)
        lines.append(MenuLine(key=str(len(lines) + 1), label=label, command="tasks"))
    else:
        lines.append(MenuLine(key="9", label=catalogue.word("menu_more", language), command="more"))
    return tuple(lines)


def _others(session: Session) -> tuple[MenuLine, ...]:
    """What others are at work on, the newest first, each with the digit that takes it over."""
    language = session.settings.language
    return tuple(
        MenuLine(
            key=str(digit),
            label=catalogue.word(
                "task_by" if row.operator else "task_at",
                language,
                document=row.subject,
                task=task_named(row.task),
                who=others.who(session, row),
                device=row.name or row.device,
            ),
            command=f"take_over {task_id(row.device, row)}",
            wide=True,
        )
        for digit, row in enumerate(others.at_work(session)[:OTHERS_MAX], 1)
    )


def waiting(session: Session) -> tuple[MenuLine, ...]:
    """The tasks that wait with an order open, in words, and the command that goes on with each; last used first."""
    state = session.state
    found = [
        (name, there.document)
        for name in state.states
        if name in WORKFLOWS and name != "look_up" and (there := workflow_state(state, name)).document
    ]
    lines = [(_in_words(session, name, document), f"workflow {name}") for name, document in found]
    lines += [(_given(session, given), f"take_back {given.id}") for given in _away(session)]
    return tuple(
        MenuLine(key=key, label=label, command=command)
        for key, (label, command) in zip(TASK_KEYS, lines, strict=False)
    )


def _away(session: Session) -> list[Given]:
    """Tasks that were handed over and are not finished, the last one first."""
    given = reversed(session.state.handing.given)
    return [one for one in given if not session.knows.tally(one.subject).closed]


def _given(session: Session, given: Given) -> str:
    language, task = session.settings.language, task_named(given.workflow)
    return catalogue.word("resume_given", language, document=given.subject, task=task)


def _in_words(session: Session, name: str, number: str) -> str:
    """``PO-4711 receiving, 12 of 40``; a blind document never says how many it expects."""
    document = session.knows.document(number)
    told = document is not None and not document.blind
    return catalogue.word(
        "resume_count" if told else "resume",
        session.settings.language,
        document=number,
        task=task_named(name),
        done=str(session.knows.tally(number).total),
        total=str(document.total) if document is not None else "",
    )
