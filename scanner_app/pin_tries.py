"""Wrong PINs are counted by badge, and each more has to be waited for longer; written down, so a restart helps nobody.

By badge, because whoever knows one PIN could else sign in with it between two guesses at another's, and because wrong
PINs for one person must not keep the others from work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tracking.phrases import UNSAID, Phrase, phrase
from tracking.pins import pin_matches

if TYPE_CHECKING:
    from scanner_app.session import Session
    from scanner_app.session_state import SessionState

WRONG_PINS_MAX = 5
"""So many in a row, then the first wait; one more wrong one after it, and it is twice as long."""
PIN_WAIT_MS = 60_000
PIN_WAIT_MS_MAX = 15 * 60_000
"""No longer: four guesses an hour find a PIN of four digits in a hundred days."""
BADGES_MAX = 32
"""Badges that are remembered; of more, those with the fewest wrong PINs are forgotten."""
MINUTE_S = 60


class Tries(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of one badge."""

    wrong: int = 0
    """In a row."""
    from_ms: int = 0
    """No PIN is tried before this wall time."""


NO_TRIES = Tries()


def tried(session: Session, badge: str, pin: str, pin_hash: str) -> tuple[Phrase, SessionState]:
    """Why this PIN does not fit, nothing where it does, and the session that counts the wrong ones; not written."""
    waiting = why_to_wait(session, badge)
    if waiting is not UNSAID:
        return waiting, session.state
    if pin_hash and pin_matches(pin, pin_hash):
        return UNSAID, without(session.state, badge)
    return phrase("why_pin"), one_more_wrong(session, badge)


def why_to_wait(session: Session, badge: str) -> Phrase:
    """That this badge has to wait, and for how long; nothing where a PIN may be tried now."""
    seconds = wait_s(session, badge)
    if not seconds:
        return UNSAID
    if seconds <= 2 * MINUTE_S:
        return phrase("why_pins", seconds=str(seconds))
    return phrase("why_pins_minutes", minutes=str(-(-seconds // MINUTE_S)))


def wait_s(session: Session, badge: str) -> int:
    """Seconds until a PIN of this badge may be tried again; 0 where one may be tried now."""
    tries, now_ms = session.state.pin_tries.get(badge, NO_TRIES), session.clock.wall_ms()
    # A clock that was put back must not lock anybody out for years; the count stays what it is.
    if not now_ms < tries.from_ms <= now_ms + _wait_ms(tries.wrong):
        return 0
    return (tries.from_ms - now_ms) // 1000 + 1


def one_more_wrong(session: Session, badge: str) -> SessionState:
    """The session that has counted a wrong PIN; not written."""
    wrong = session.state.pin_tries.get(badge, NO_TRIES).wrong + 1
    wait_ms = _wait_ms(wrong)
    from_ms = session.clock.wall_ms() + wait_ms if wait_ms else 0
    others = {name: one for name, one in session.state.pin_tries.items() if name != badge}
    while len(others) >= BADGES_MAX:
        del others[min(others, key=lambda name: others[name].wrong)]
    return msgspec.structs.replace(session.state, pin_tries=others | {badge: Tries(wrong, from_ms)})


def without(state: SessionState, badge: str) -> SessionState:
    """The session after this badge's right PIN."""
    if badge not in state.pin_tries:
        return state
    others = {name: one for name, one in state.pin_tries.items() if name != badge}
    return msgspec.structs.replace(state, pin_tries=others)


def _wait_ms(wrong: int) -> int:
    """What so many wrong PINs in a row have to be waited for."""
    if wrong < WRONG_PINS_MAX:
        return 0
    doubled = min(wrong - WRONG_PINS_MAX, PIN_WAIT_MS_MAX.bit_length())
    return min(PIN_WAIT_MS_MAX, PIN_WAIT_MS << doubled)
