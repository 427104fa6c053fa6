"""``scanner sync``: sends what is pending and takes what is new, once, and says how it went."""

from __future__ import annotations

import argparse
import time

import msgspec

from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, USAGE, Call, Refusal, print_json
from scanner_app.identity import server_of
from scanner_app.running import RunningHandheld
from scanner_app.session import Session
from tracking.catalogue import say

SYNC_S_MAX = 120.0


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--seconds", type=float, default=SYNC_S_MAX, help="give up after so long")


def run(call: Call) -> int:
    """Exit 1 while events are still pending."""
    settings, folder = call.loaded.settings, call.existing_folder
    server = server_of(folder, settings)
    if server is None:
        raise Refusal("this handheld has no server yet: enroll it with 'scanner enroll'", USAGE)
    running = RunningHandheld(folder, SystemClock(), call.session_settings, settings, server=server)
    before = running.handheld.journal.pending()
    running.start()
    deadline = time.monotonic() + call.options.seconds
    state = State()
    try:
        while time.monotonic() < deadline and (state.pending or not state.online):
            time.sleep(0.1)
            state = running.thread.run(_state)
    finally:
        running.close()
    done = state.online and not state.pending
    if call.options.json:
        print_json({"sent": before - state.pending, **msgspec.to_builtins(state)})
    if not done:
        raise Refusal(
            f"{state.pending} events still pending: {state.trouble or 'the server was not reached'}"
        )
    if not call.options.json:
        print(f"{before} events sent, nothing is pending")
    return DONE


class State(msgspec.Struct, frozen=True):
    """How far it is."""

    pending: int = 0
    online: bool = False
    trouble: str = ""


def _state(session: Session) -> State:
    return State(session.journal.pending(), bool(session.online), say(session.trouble))
