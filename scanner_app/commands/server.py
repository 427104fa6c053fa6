"""``scanner server``: the central server in the foreground."""

from __future__ import annotations

import argparse
from pathlib import Path

from config.paths import server_database
from scanner_app.commands.call import DONE, REFUSED, Call, Refusal


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=["serve", "rebuild"],
        default="serve",
        help="rebuild: every projection anew, from the events",
    )
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument("--port", type=int, help="port to listen on")
    parser.add_argument("--database", help="the server's SQLite file, or postgresql://...")


def run(call: Call) -> int:
    """Serves until SIGTERM or Ctrl-C."""
    from server.main import ServerError, serve_forever

    settings, options = call.loaded.settings.server, call.options
    database = server_database(call.loaded.settings, options.database or "")
    try:
        if isinstance(database, Path):
            database.parent.mkdir(parents=True, exist_ok=True)
        if options.action == "rebuild":
            return _rebuild(database)
        serve_forever(
            database, options.host or settings.host, options.port or settings.port, started=_started
        )
    except OSError as error:
        raise Refusal(f"the folder of {database} cannot be used: {error.strerror}", REFUSED) from error
    except ServerError as error:
        raise Refusal(str(error), REFUSED) from error
    return DONE


def _rebuild(database: Path | str) -> int:
    """Makes units, tallies, exceptions and feed anew from the ledger; the server must not be running."""
    from server.main import rebuild_at

    events = rebuild_at(database)
    print(f"rebuilt from {events} events")
    return DONE


def _started(url: str, token: str) -> None:
    print(f"server: {url}  pages and imports need the office token {token}", flush=True)
