"""``scanner server --check``: whether a server can work here; changes nothing."""

from __future__ import annotations

from pathlib import Path

import msgspec

from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, Call, Refusal, print_json


def run(call: Call, database: Path | str) -> int:
    """A line for everything that was looked at; refused where something is wrong."""
    from server.checking import Setup, look

    settings, options = call.loaded.settings.server, call.options
    setup = Setup(
        database,
        workers=options.workers or settings.workers,
        certificate=options.certificate or settings.certificate,
        key=options.key or settings.key,
    )
    found = look(setup, SystemClock().wall_ms())
    well = all(one.level != "wrong" for one in found)
    if call.options.json:
        print_json({"ok": well, "findings": msgspec.to_builtins(found)})
    else:
        for one in found:
            advice = f"; {one.try_this}" if one.try_this else ""
            print(f"{one.level:<5} {one.what}: {one.says}{advice}")
    if not well:
        raise Refusal("a server cannot work here as it is")
    return DONE
