"""``scanner server``: the central server in the foreground, and what whoever keeps it running does with it."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from config.paths import server_database
from scanner_app.commands.call import DONE, REFUSED, Call, Refusal, print_json, usage
from tracking.counted import counted

if TYPE_CHECKING:
    from server.production import Tls

ACTIONS = {
    "serve": "serve until it is told to stop (what 'scanner server' alone does)",
    "rebuild": "make every projection anew, from the events",
    "backup": "write a backup into a file or folder, while the server works",
    "restore": "put a backup in the place of the database; handhelds bring back what it lacks",
    "ca": "make a certificate authority and the server's certificate in a folder",
    "drill": "lose a server on purpose, with handhelds of its own, and count what is lost with it",
}
_ELSEWHERE = "scanner_app.commands.server_{}"
"""Each other action is a module with ``run(call, database)``."""


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=list(ACTIONS),
        default="serve",
        help="; ".join(f"{name}: {text}" for name, text in ACTIONS.items()),
    )
    parser.add_argument("target", nargs="?", help="the file, folder or name that the action is about")
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument("--port", type=int, help="port to listen on")
    parser.add_argument("--database", help="the server's SQLite file, or postgresql://...")
    parser.add_argument("--workers", type=int, help="server processes side by side (PostgreSQL)")
    parser.add_argument("--certificate", help="PEM file of the server's certificate: serve with TLS")
    parser.add_argument("--key", help="PEM file of its key")
    parser.add_argument(
        "--check", action="store_true", help="look whether a server can work here, and change nothing"
    )
    parser.add_argument(
        "--service",
        action="store_true",
        help="say nothing on standard output, the office's token least of all",
    )


def run(call: Call) -> int:
    """Serves until SIGTERM or Ctrl-C, or does what the action says."""
    from server.main import ServerError

    options = call.options
    database = server_database(call.loaded.settings, options.database or "")
    if options.target and options.action in {"serve", "rebuild"}:
        usage(f"'scanner server {options.action}' takes no {options.target!r}")
    if options.check:
        looked: int = importlib.import_module(_ELSEWHERE.format("check")).run(call, database)
        return looked
    if isinstance(database, Path):
        try:
            database.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refusal(f"the folder of {database} cannot be used: {error.strerror}", REFUSED) from error
    try:
        if options.action == "rebuild":
            return _rebuild(call, database)
        if options.action != "serve":
            code: int = importlib.import_module(_ELSEWHERE.format(options.action)).run(call, database)
            return code
        return _serve(call, database)
    except ServerError as error:
        raise Refusal(str(error), REFUSED) from error


def _serve(call: Call, database: Path | str) -> int:
    from server.production import serve_forever

    settings, options = call.loaded.settings.server, call.options
    serve_forever(
        database,
        options.host or settings.host,
        options.port or settings.port,
        workers=options.workers or settings.workers,
        tls=_tls(call),
        started=_told(call),
    )
    return DONE


def _tls(call: Call) -> Tls | None:
    """Certificate and key, where they are named."""
    from server.production import Tls

    settings, options = call.loaded.settings.server, call.options
    certificate, key = options.certificate or settings.certificate, options.key or settings.key
    if bool(certificate) != bool(key):
        usage("TLS needs both: name the server's certificate and its key")
    return Tls(Path(certificate), Path(key)) if certificate else None


def _rebuild(call: Call, database: Path | str) -> int:
    """Makes units, tallies, exceptions and feed anew from the ledger; the server must not be running."""
    from server.main import rebuild_at

    events = rebuild_at(database)
    if call.options.json:
        print_json({"rebuilt": events})
    else:
        print(f"rebuilt from {counted(events, 'event')}")
    return DONE


def _told(call: Call) -> Callable[[str, str], None]:
    """What says where the server is, once it is there."""

    def told(url: str, token: str) -> None:
        if call.options.service:
            return
        if call.options.json:
            print_json({"url": url, "token": token})
        else:
            print(f"server: {url}  pages and imports need the office token {token}", flush=True)

    return told
