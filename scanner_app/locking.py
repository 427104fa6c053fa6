"""The lock: the terminal is put down, or nobody has touched it for a while. The task stays, the person goes.

Whoever was signed in goes on at the very prompt with his badge; another badge takes the task over, and an event says
so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tracking.events import Event
from tracking.phrases import Phrase, phrase
from tracking.verdicts import NOTHING, verdict

if TYPE_CHECKING:
    from scanner_app.answer import Answer
    from scanner_app.session import Session

HAND_OVER = "hand_over"
"""Reason of the event that says who took a locked terminal's task over, before the former badge."""

_NS_A_MINUTE = 60_000_000_000


class Idle:
    """How long nobody has touched the terminal, by its monotonic clock; from the program's start on."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._touched_ns = session.clock.mono_ns()

    def touched(self) -> None:
        """A person or a scanner gave something."""
        self._touched_ns = self._session.clock.mono_ns()

    def woken(self) -> None:
        """The same, after the lock where it was time for that: what is given then finds the terminal locked."""
        now_ns = self._session.clock.mono_ns()
        if self._left_ns(now_ns) == 0:
            lock(self._session, by_itself=True)
        self._touched_ns = now_ns

    def left_s(self) -> float | None:
        """Seconds until the terminal locks itself; None while nothing could be locked."""
        left_ns = self._left_ns(self._session.clock.mono_ns())
        return None if left_ns is None else left_ns / 1e9

    def _left_ns(self, now_ns: int) -> int | None:
        session = self._session
        minutes = session.settings.lock_after_minutes
        if not minutes or not (session.state.operator or session.state.pin_for):
            return None
        return max(0, minutes * _NS_A_MINUTE - (now_ns - self._touched_ns))

    def ended(self) -> Answer | None:
        """Locks where it is time; the answer that says so, or None."""
        return lock(self._session, by_itself=True) if self.left_s() == 0 else None


def lock(session: Session, *, by_itself: bool = False) -> Answer:
    """The person goes; task, stop, and what waits behind it stay. A supervisor who was asked for is asked for again."""
    state = session.state
    after = msgspec.structs.replace(
        state,
        operator="",
        pin_for="",
        override=None,
        taken_over=None,
        locked_for=state.operator or state.locked_for,
    )
    session.state = (
        after  # also where it cannot be written: nobody goes on under the name of one who has left
    )
    session.write(after, ())
    if by_itself:
        return session.answer(NOTHING, text=said(session) or phrase("what_locked"))
    return session.answer(verdict("command", what=phrase("what_locked")))


def said(session: Session) -> Phrase | None:
    """``locked · Ida was signed in``; None where nobody was."""
    badge = session.state.locked_for
    if not badge or session.state.operator:
        return None
    person = session.knows.operator(badge)
    return phrase("locked_for", person=(person.name if person is not None else "") or badge)


def taken_over(session: Session, badge: str) -> tuple[Event, ...]:
    """What is written when somebody else unlocks a terminal that has a task open."""
    state = session.state
    if not state.locked_for or state.locked_for == badge or not state.document:
        return ()
    reason = f"{HAND_OVER}: {state.locked_for}"
    return (Event(step="sighting", document=state.document, code="signed_in", reason=reason),)
