"""``scanner replay --site SITE.json SCRIPT``: a script of a shift through the real session."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from drivers.replay_script import ScriptError, parse_script
from scanner_app.cache_feed import load_site
from scanner_app.commands.call import DONE, REFUSED, USAGE, Call, Refusal, print_json, read_file
from scanner_app.commands.site_file import site_of
from scanner_app.replay import Replay
from scanner_app.streams import mark
from tracking.site import Site

SCRIPT_BYTES_MAX = 64 * 1024 * 1024


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("script", help="the script, or - for standard input")
    parser.add_argument(
        "--site", help="site file (JSON); may be left out where --data names a directory in use"
    )


def run(call: Call) -> int:
    """Plays the script. Exit 1 when an ``expect`` failed."""
    options = call.options
    try:
        script = parse_script(read_file(options.script, SCRIPT_BYTES_MAX))
    except ScriptError as error:
        raise Refusal(str(error), USAGE) from error
    site = site_of(options.site) if options.site else None
    if options.data:
        return _play(call, call.folder, site, script)
    if site is None:
        raise Refusal("replay needs --site SITE.json, or --data DIR of an earlier run", USAGE)
    with tempfile.TemporaryDirectory(prefix="scanner-replay-") as folder:
        return _play(call, Path(folder), site, script)


def _play(call: Call, folder: Path, site: Site | None, script: Any) -> int:
    fresh = not (folder / "journal.db").exists()
    if fresh and site is None:
        raise Refusal(f"{folder} holds no handheld's data yet: give --site SITE.json", USAGE)
    replay = Replay(
        folder,
        call.session_settings,
        today=site.today if site is not None else "",
        timezone=site.timezone if site is not None else "",
    )
    if fresh and site is not None:
        load_site(replay.handheld.cache, site)
        replay.renew()
    passed = replay.play(script, print_json if call.options.json else _print_plain)
    if call.options.json:
        print_json(replay.summary())
    else:
        print(" ".join(f"{name} {count}" for name, count in replay.summary()["summary"].items()))
    for failure in replay.failed:
        sys.stderr.write(failure + "\n")
    replay.handheld.close()
    return DONE if passed else REFUSED


def _print_plain(row: dict[str, Any]) -> None:
    from tracking.printable import printable

    sign = mark({"ok": "✓", "note": "!", "stop": "✖"}.get(row["verdict"], " "))
    sys.stdout.write(
        f"{row['n']:>5} {sign} {printable(row['input'], 36):<36} {printable(row['message'], 100)}\n"
    )
    sys.stdout.flush()
