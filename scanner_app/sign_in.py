"""People: who is signed in, badge and PIN. A badge never bypasses a PIN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from scanner_app import locking, pin_tries, stops
from scanner_app.workflows.flow import Scanned
from tracking.phrases import UNSAID, Phrase, phrase
from tracking.verdicts import NOTHING, Verdict, verdict

if TYPE_CHECKING:
    from drivers.scan import Scan
    from scanner_app.answer import Answer
    from scanner_app.session import Session

_FREE_COMMANDS = frozenset({"key", "help", "theme", "lock", "back", "workflow", "look_up", "list"})


def needed(session: Session) -> bool:
    """True where the site has people and none of them is signed in."""
    return not session.state.operator and session.knows.has_operators()


def is_awaited(session: Session, scanned: Scanned) -> bool:
    """True when nobody is signed in and this is a badge: it is not held behind a stop, whatever the stop is."""
    return needed(session) and session.knows.operator(scanned.texts[0]) is not None


def is_other(session: Session, scanned: Scanned) -> bool:
    """True when the scan is the badge of somebody who is not signed in: at the start screen it hands over."""
    text = scanned.texts[0]
    return (
        len(scanned.texts) == 1
        and text != session.state.operator
        and session.knows.operator(text) is not None
    )


def gate(session: Session, scans: Sequence[Scan], scanned: Scanned) -> Answer | None:
    """Before anything else is judged: nobody signed in means that only a badge is understood.

    What nothing can be made of is said to be so first, in the contract's order.
    """
    if not needed(session):
        return None
    text = scanned.texts[0]
    if session.knows.operator(text) is not None:
        return sign_in(session, text, "")
    if session.state.pin_for and scanned.typed:
        return sign_in(session, session.state.pin_for, text)
    would_be = session.foreseen(scanned).verdict
    if would_be.code in {"unreadable", "unknown_code"}:
        return session.refuse(would_be, scans, scanned.texts)
    return session.refuse(_first_sign_in(session), scans, scanned.texts)


def _first_sign_in(session: Session) -> Verdict:
    """Asks for a badge, and says who was here where the terminal is locked."""
    why = locking.said(session)
    return verdict("sign_in_required", why=why) if why is not None else verdict("sign_in_required")


def gate_command(session: Session, name: str) -> Answer | None:
    """Commands that change something need a person."""
    if not needed(session):
        return None
    if name == "back" and session.state.pin_for:
        # Another badge was meant.
        session.write(msgspec.structs.replace(session.state, pin_for=""), ())
        return session.answer(NOTHING, text=session.prompt_text())
    if name == "back" and session.state.locked_for:
        # Whoever was here goes on at the very prompt: nobody else moves the task from it.
        return session.answer(NOTHING, text=phrase("locked_scan_badge"))
    return None if name in _FREE_COMMANDS else session.refuse(_first_sign_in(session))


def sign_in(session: Session, badge: str, pin: str) -> Answer:
    """Badge, and PIN where there is one. In the middle of a task the task goes on under the new name."""
    operator = session.knows.operator(badge)
    if operator is None:
        return session.refuse(verdict("unknown_code", raw=badge, why=phrase("why_no_badge")))
    stopped = session.state.stopped
    if stopped is not None and stopped.verdict.code == "sign_in_required":
        stopped = None
    if operator.pin_hash and not pin:
        here = session.state.operator or session.state.locked_for
        asked = msgspec.structs.replace(
            session.state, pin_for=badge, operator="", locked_for=here, stopped=stopped
        )
        session.write(asked, ())
        return session.answer(NOTHING, text=phrase("type_pin"))
    if operator.pin_hash:
        wrong = _wrong_pin(session, badge, pin, operator.pin_hash)
        if wrong:
            return session.refuse(verdict("sign_in_required", why=wrong))
    start, events = session.state, locking.taken_over(session, badge)
    # The event that says who took the task over is his already.
    session.state = msgspec.structs.replace(
        pin_tries.without(start, badge), operator=badge, pin_for="", locked_for="", stopped=stopped
    )
    try:
        written = session.write(session.state, events)
    except Exception:
        session.state = start
        raise
    welcome = session.answer(verdict("signed_in", operator=badge), events=tuple(written))
    return stops.joined([welcome, *stops.release(session)])


def _wrong_pin(session: Session, badge: str, pin: str, pin_hash: str) -> Phrase:
    """Why this PIN does not sign in; nothing where it does. Guessing is slowed down, also across a restart."""
    why, after = pin_tries.tried(session, badge, pin, pin_hash)
    if after.pin_tries.get(badge) != session.state.pin_tries.get(badge) and why is not UNSAID:
        session.write(msgspec.structs.replace(after, pin_for=badge, operator=""), ())
    return why


def has_role(session: Session, role: str) -> bool:
    """True where the person signed in has the role, or the site has no people."""
    if not session.knows.has_operators():
        return True
    operator = session.knows.operator(session.state.operator)
    return operator is not None and role in operator.roles
