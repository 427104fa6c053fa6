"""What a session remembers across a crash: written with every answer, so that it resumes at the same prompt."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from scanner_app.handing.state import NO_HANDING, Handing
from scanner_app.pin_tries import Tries
from scanner_app.workflows.flow import State
from scanner_app.workflows.registry import WORKFLOWS
from tracking.verdicts import Verdict

HELD_SCANS_MAX = 200
"""Scans kept behind a stop; one more is refused loudly."""
GESTURES_MAX = 50_000
STATES_KEPT_MAX = 8
"""States of tasks that are kept as they were read."""


class HeldScan(msgspec.Struct, frozen=True, omit_defaults=True):
    """A scan that waits behind a stop."""

    raws: tuple[bytes, ...]
    symbology_ids: tuple[str, ...]
    source: str = ""
    typed: bool = False
    terminator: str = ""


class Stopped(msgspec.Struct, frozen=True, omit_defaults=True):
    """The stop that waits for its acknowledgement."""

    verdict: Verdict
    text: str = ""
    """What was scanned; the same again is not a second fault."""
    scan: HeldScan | None = None
    """The scan itself, for a supervisor to have it judged again."""
    asked: tuple[str, str] | None = None
    """Or the command, with its argument."""
    workflow: str = ""
    before: bytes = b""
    """The task, and its state before the scan."""


class Override(msgspec.Struct, frozen=True, omit_defaults=True):
    """A supervisor is asked for at a stop."""

    badge: str = ""
    """Whose PIN, or whose reason, is asked for."""
    proven: bool = False
    """True once the PIN was right, or where the badge alone signs in."""


class TakenOver(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stop that a supervisor took upon himself, until what was stopped is written."""

    code: str
    badge: str
    reason: str
    item: str = ""


class Credit(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one event of a gesture did, for taking it back."""

    epoch: int
    seq: int
    delta: int = 0
    closes: int = 0
    before: bytes = b""


class Gesture(msgspec.Struct, frozen=True, omit_defaults=True):
    """One pull of the trigger that changed something."""

    workflow: str
    state: bytes
    """The workflow's state before."""
    credits: tuple[Credit, ...]
    level: str = "ok"
    text: str = ""
    detail: str = ""
    time: str = ""
    item: str = ""
    serial: str = ""


class SessionState(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Everything that is not an event."""

    operator: str = ""
    """Badge of the person who is signed in."""
    pin_for: str = ""
    """Badge that was scanned and waits for its PIN."""
    locked_for: str = ""
    """Badge of whoever was signed in when the terminal was locked; empty where it is not."""
    pin_tries: dict[str, Tries] = {}
    """Badge -> its wrong PINs in a row."""
    workflow: str = "home"
    back_to: str = ""
    """The workflow that a look-up returns to."""
    states: dict[str, bytes] = {}
    """Workflow -> its state, of the current one and of those that wait."""
    removing: bool = False
    stopped: Stopped | None = None
    override: Override | None = None
    """A supervisor is about to take the stop upon himself."""
    taken_over: TakenOver | None = None
    held: tuple[HeldScan, ...] = ()
    gestures: int = 0
    """Number of the newest gesture."""
    document: str = ""
    """The document of the last answer, for its progress."""
    hand_item: str = ""
    hand_serial: str = ""
    """The unit scanned last, accepted or not: ``hold`` and ``release`` mean it."""
    handing: Handing = NO_HANDING
    """Tasks that went to another handheld, or are about to come from one."""


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(SessionState)
_GESTURE = msgspec.msgpack.Decoder(Gesture)


def encode(value: msgspec.Struct) -> bytes:
    """Bytes of a session state, a gesture or a workflow's state."""
    return _ENCODER.encode(value)


def decode(data: bytes) -> SessionState:
    """The session state of a journal; a new one where there is none or it is of another program."""
    try:
        return _DECODER.decode(data) if data else SessionState()
    except msgspec.MsgspecError:
        return SessionState()


def decode_gesture(data: bytes) -> Gesture | None:
    """A gesture, or None where it cannot be read."""
    try:
        return _GESTURE.decode(data) if data else None
    except msgspec.MsgspecError:
        return None


def workflow_state(session: SessionState, name: str) -> State:
    """The state of a workflow: where it was left, or its first."""
    return state_of(name, session.states.get(name, b""))


@lru_cache(maxsize=STATES_KEPT_MAX)
def state_of(name: str, data: bytes) -> State:
    """The state of these bytes. A scan asks four times; states are frozen, so the one that was read before serves."""
    flow = WORKFLOWS[name]
    try:
        return msgspec.msgpack.decode(data, type=flow.state_type) if data else flow.initial()
    except msgspec.MsgspecError:
        return flow.initial()


def with_workflow_state(session: SessionState, name: str, state: State) -> SessionState:
    """The session with a workflow's state in it, before the others: the states stand last used first."""
    others = {other: data for other, data in session.states.items() if other != name}
    return msgspec.structs.replace(session, states={name: encode(state), **others})


def with_hand(state: SessionState, said: Verdict) -> SessionState:
    """Remembers the unit that was scanned, whatever was said of it; a code that is no unit's leaves none in hand."""
    if not (said.item or said.serial or said.stops):
        return state
    known = bool(said.item and said.serial)
    return msgspec.structs.replace(
        state, hand_item=said.item if known else "", hand_serial=said.serial if known else ""
    )
