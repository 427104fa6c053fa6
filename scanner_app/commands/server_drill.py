"""``scanner server drill``: loses a server on purpose and shows that nothing is lost with it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from scanner_app.commands.call import DONE, Call, Refusal, print_json, usage
from scanner_app.drill import DrillError, Figures, drill
from tracking.counted import counted

HANDHELDS = 4
UNITS = 50
UNITS_MAX = 10_000


def run(call: Call, database: Path | str) -> int:
    """In a folder of its own, or on the empty PostgreSQL database that ``--database`` names."""
    from server.losing import is_empty
    from server.storage import StorageError

    units = _number(call.options.target or str(UNITS))
    with tempfile.TemporaryDirectory(prefix="scanner-drill-") as name:
        folder = Path(name)
        used = database if call.options.database and "://" in str(database) else folder / "server.db"
        if call.options.database and used is not database:
            usage(
                "the drill loses its database: it takes a folder of its own, or an empty PostgreSQL database"
            )
        try:
            if not is_empty(used):
                raise Refusal("this database is not empty, and the drill would lose it: name an empty one")
            figures = drill(folder, used, call.loaded.settings, HANDHELDS, units)
        except (StorageError, DrillError) as error:
            raise Refusal(str(error)) from error
    if call.options.json:
        print_json(msgspec.to_builtins(figures) | {"passed": figures.passed})
    else:
        print(spoken(figures))
    if not figures.passed:
        raise Refusal(f"the drill failed: {counted(figures.lost, 'event')} lost, {figures.doubled} doubled")
    return DONE


def spoken(figures: Figures) -> str:
    """The figures in words."""
    return (
        f"{counted(figures.handhelds, 'handheld')} wrote {counted(figures.events, 'event')}: "
        f"{figures.backed_up} were in the backup, "
        f"{figures.lost_with_server} were lost with the server, {figures.scanned_meanwhile} came while there was none\n"
        f"backup {figures.backup_s} s, restore {figures.restore_s} s, everything back {figures.back_s} s later\n"
        f"drill: {'passed' if figures.passed else 'FAILED'}, {figures.lost} lost, {figures.doubled} doubled"
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= UNITS_MAX):
        usage(f"the drill takes a number of units from 1 to {UNITS_MAX}, not {text[:20]!r}")
    return int(text)
