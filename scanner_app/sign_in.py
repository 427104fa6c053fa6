"""People: who is signed in, badge and PIN. A badge never bypasses a PIN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from scanner_app import locking, stops
from scanner_app.workflows.flow import Scanned
from tracking.phrases import UNSAID, Phrase, phrase
from tracking.pins import pin_matches
from tracking.verdicts import NOTHING, Verdict, verdict

if TYPE_CHECKING:
    from drivers.scan import Scan
    from scanner_app.answer import Answer
    from scanner_app.session import Session
    from scanner_app.session_state import SessionState

WRONG_PINS_MAX = 5
"""After so many wrong PINs in a row nobody may try for a while."""
PIN_WAIT_MS = 60_000

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
        start, operator=badge, pin_for="", locked_for="", stopped=stopped, wrong_pins=0
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
    why, after = tried(session, pin, pin_hash)
    if after.wrong_pins > session.state.wrong_pins:
        session.write(msgspec.structs.replace(after, pin_for=badge, operator=""), ())
    return why


def tried(session: Session, pin: str, pin_hash: str) -> tuple[Phrase, SessionState]:
    """Why this PIN does not fit, nothing where it does, and the session that counts the wrong ones; not written."""
    seconds = wait_s(session)
    if seconds:
        return phrase("why_pins", seconds=str(seconds)), session.state
    if pin_hash and pin_matches(pin, pin_hash):
        return UNSAID, msgspec.structs.replace(session.state, wrong_pins=0)
    return phrase("why_pin"), one_more_wrong(session)


def wait_s(session: Session) -> int:
    """Seconds until a PIN may be tried again; 0 where one may be tried now."""
    now_ms, from_ms = session.clock.wall_ms(), session.state.pins_from_ms
    return (from_ms - now_ms) // 1000 + 1 if now_ms < from_ms <= now_ms + PIN_WAIT_MS else 0


def one_more_wrong(session: Session) -> SessionState:
    """The session that has counted a wrong PIN; not written."""
    wrong = session.state.wrong_pins + 1
    until = session.clock.wall_ms() + PIN_WAIT_MS if wrong % WRONG_PINS_MAX == 0 else 0
    return msgspec.structs.replace(session.state, wrong_pins=wrong, pins_from_ms=until)


def has_role(session: Session, role: str) -> bool:
    """True where the person signed in has the role, or the site has no people."""
    if not session.knows.has_operators():
        return True
    operator = session.knows.operator(session.state.operator)
    return operator is not None and role in operator.roles
