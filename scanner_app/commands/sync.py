"""``scanner sync``: sends what is pending and takes what is new, once, and says how it went."""

from __future__ import annotations

import argparse
import time

import msgspec

from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, USAGE, Call, Refusal, print_json, usage
from scanner_app.identity import server_of
from scanner_app.running import RunningHandheld
from scanner_app.session import Session
from tracking.catalogue import say
from tracking.counted import counted

SYNC_S_MAX = 120.0
SYNC_S_MOST = 86_400.0


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--seconds", type=float, default=SYNC_S_MAX, help="give up after so long")


def run(call: Call) -> int:
    """Exit 1 while events are still pending, or news of the server still to come."""
    settings, folder = call.loaded.settings, call.existing_folder
    server = server_of(folder, settings)
    if server is None:
        raise Refusal("this handheld has no server yet: enroll it with 'scanner enroll'", USAGE)
    if not 0 < call.options.seconds <= SYNC_S_MOST:
        usage(f"--seconds is more than 0 and at most {SYNC_S_MOST:.0f}")
    running = RunningHandheld(folder, SystemClock(), call.session_settings, settings, server=server)
    before = running.handheld.journal.pending()
    running.start()
    deadline = time.monotonic() + call.options.seconds
    state = State()
    try:
        while time.monotonic() < deadline and not state.done:
            time.sleep(0.1)
            caught_up = running.agent is not None and running.agent.caught_up
            state = msgspec.structs.replace(running.thread.run(_state), up_to_date=caught_up)
    finally:
        running.close()
    if call.options.json:
        print_json({"sent": before - state.pending, **msgspec.to_builtins(state)})
    if not state.done:
        left = (
            f"{counted(state.pending, 'event')} still pending"
            if state.pending
            else "the server's news are not all here"
        )
        raise Refusal(f"{left}: {state.trouble or _why(state)}")
    if not call.options.json:
        print(f"{counted(before, 'event')} sent, nothing is pending, everything new is here")
    return DONE


class State(msgspec.Struct, frozen=True):
    """How far it is."""

    pending: int = 0
    online: bool = False
    trouble: str = ""
    up_to_date: bool = False
    """Everything that the server has for this handheld is here."""

    @property
    def done(self) -> bool:
        """True where nothing is left in either direction."""
        return self.online and self.up_to_date and not self.pending


def _why(state: State) -> str:
    return "there was not enough time" if state.online else "the server was not reached"


def _state(session: Session) -> State:
    return State(session.journal.pending(), bool(session.online), say(session.trouble))
