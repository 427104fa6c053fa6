"""``scanner demo``: everything at once on sample data, no hardware, no root."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner_app import server_calls
from scanner_app.commands.call import DONE, REFUSED, Call, Refusal, print_json
from tracking.counted import counted

if TYPE_CHECKING:
    from scanner_app.demo import Count, Demo, Played

LOG_FILE = "server.log"
"""What the server has to say while the screens have the terminal."""


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("--keep", metavar="DIR", help="keep the demo's data in this directory")
    parser.add_argument("--port", type=int, default=0, help="port of the demo's server; default: a free one")


def run(call: Call) -> int:
    """With a terminal the screens; without one, and where JSON Lines are asked for, the sample shift."""
    from scanner_app.demo import Demo
    from server import logs
    from server.main import ServerError

    interactive = sys.stdin.isatty() and sys.stdout.isatty() and not call.options.json
    if interactive:
        print("demo: starting the server and the handheld; F7 will scan the next label for you", flush=True)
    with tempfile.TemporaryDirectory(prefix="scanner-demo-") as temporary:
        folder = Path(call.options.keep or temporary)
        if (folder / "handheld").exists():  # its shift was played, and its handheld belongs to that server
            raise Refusal(
                f"{folder} has a demo's data already: look at it with --data {folder / 'handheld'}, "
                "or name another folder"
            )
        folder.mkdir(parents=True, exist_ok=True)
        if interactive:
            logs.begin_in_file(folder / LOG_FILE)
        try:
            demo = Demo(folder, call.loaded.settings, call.session_settings, port=call.options.port)
        except (server_calls.CallRefused, ServerError, TimeoutError) as error:
            raise Refusal(f"the demo could not start: {error}") from error
        try:
            return _screens(call, demo) if interactive else _shift(demo, as_json=call.options.json)
        finally:
            demo.close()
            said = logs.newest(folder / LOG_FILE) if interactive else ""
            if said:
                kept = f" (all of it: {folder / LOG_FILE})" if call.options.keep else ""
                print(f"demo: the server's last warning was: {said}{kept}", file=sys.stderr)


def _shift(demo: Demo, *, as_json: bool) -> int:
    from scanner_app.demo import play, settle, spoken
    from scanner_app.replay import row_of

    if as_json:
        played = play(demo, row_of, print_json)
    else:
        print(f"demo: central server at {demo.server.url}, handheld {demo.device} of site HAM", flush=True)
        played = play(demo, spoken, _told)
    count = settle(demo)
    for failure in played.failures:
        print(f"demo: {failure}", file=sys.stderr)
    if as_json:
        print_json({"summary": _summary(demo, played, count)})
    else:
        print(
            f"demo: {played.accepted} scans accepted, {count.on_server} events on the server, {count.lost} lost",
            flush=True,
        )
    if count.lost:
        raise Refusal(f"{counted(count.lost, 'event')} did not arrive on the server")
    return REFUSED if played.failures else DONE


def _told(text: str) -> None:
    if text:
        print(text, flush=True)


def _summary(demo: Demo, played: Played, count: Count) -> dict[str, Any]:
    """That of ``replay --json``, and what arrived."""
    counts = {name: getattr(played, name) for name in ("scans", "ok", "note", "stop", "events")}
    pending = demo.running.thread.run(lambda session: session.journal.pending())
    arrived = {"on_server": count.on_server, "lost": count.lost}
    return {**counts, "pending": pending, **arrived, "server": demo.server.url, "device": demo.device}


def _screens(call: Call, demo: Demo) -> int:
    from scanner_app.demo import NextLabel
    from scanner_app.screens import show

    try:
        show(NextLabel(demo), call.loaded.settings, timezone=demo.site.timezone)
    except RuntimeError as error:
        raise Refusal(str(error)) from error
    print(f"demo: the server's pages were at {demo.server.url}")
    return DONE
