"""``scanner config show``: every setting and where its value came from, the site's own policy included."""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
from pathlib import Path

import msgspec

from config.paths import data_dir
from config.show import Row, rows
from scanner_app.commands.call import DONE, Call, print_json
from scanner_app.handheld import CACHE_FILE
from tracking.policy import NAMES, RECORD, named
from tracking.site import Policy

_SECTION = "policy"


def add(parser: argparse.ArgumentParser) -> None:
    """Options of the verb."""
    parser.add_argument("what", choices=["show"])


def run(call: Call) -> int:
    """A line a setting; secrets are masked."""
    shown = with_site(rows(call.loaded), *_site_policy(data_dir(call.loaded.settings)))
    if call.options.json:
        for row in shown:
            print_json(msgspec.to_builtins(row))
        return DONE
    width = max(len(row.key) for row in shown)
    for row in shown:
        print(f"{row.key:<{width}}  {row.value!s:<24}  {row.origin}")
    return DONE


def with_site(settings: list[Row], site: str, record: bytes) -> list[Row]:
    """The rows with every policy as it holds: the site's word over the settings, and what only a site may state."""
    said = RECORD.decode(record) if record else Policy()
    stated = named(record) if record else ()
    origin = f"the data of site {site}"
    shown = [
        _row(row.key.partition(".")[2], said, origin) if row.key in _keys(stated) else row for row in settings
    ]
    known = {row.key for row in settings}
    shown += [
        _row(name, said, origin if name in stated else "default")
        for name in NAMES
        if f"{_SECTION}.{name}" not in known
    ]
    return shown


def _keys(names: tuple[str, ...]) -> set[str]:
    return {f"{_SECTION}.{name}" for name in names}


def _row(name: str, policy: Policy, origin: str) -> Row:
    return Row(f"{_SECTION}.{name}", msgspec.to_builtins(getattr(policy, name)), origin)


def _site_policy(folder: Path) -> tuple[str, bytes]:
    """Site code and its policy's record; empty where this machine has no handheld's data. Only read."""
    path = folder / CACHE_FILE
    with contextlib.suppress(sqlite3.Error, OSError, msgspec.MsgspecError):
        if path.exists():
            with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as cache:
                row = cache.execute("SELECT value FROM meta WHERE key = 'site'").fetchone()
                if row is None:  # started, and not filled yet
                    return "", b""
                site = str(row[0])
                found = cache.execute(
                    "SELECT body FROM record WHERE kind = 'policy' AND key = ?", (site,)
                ).fetchone()
                record = bytes(found[0]) if found else b""
                named(record or b"{}")
                return site, record
    return "", b""
