"""``scanner server restore FILE``: puts a backup in the place of the database of a server that is stopped."""

from __future__ import annotations

from pathlib import Path

from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, Call, Refusal, print_json, usage
from tracking.counted import counted


def run(call: Call, database: Path | str) -> int:
    """Checks the backup, puts it back, begins a new generation."""
    from server.restore import restore
    from server.storage import StorageError

    backup = Path(call.options.target or usage("say which: scanner server restore FILE"))
    try:
        restored = restore(database, backup, SystemClock().wall_ms())
    except StorageError as error:
        raise Refusal(str(error)) from error
    checked = restored.checked
    if call.options.json:
        print_json(
            {
                "events": checked.events,
                "devices": checked.devices,
                "generation": restored.generation,
                "aside": str(restored.aside or ""),
            }
        )
        return DONE
    back = f"{counted(checked.events, 'event')} of {counted(checked.devices, 'device')}"
    print(f"back: {back}; generation {restored.generation}")
    if restored.aside is not None:
        print(f"the database that was there before is {restored.aside}")
    print("start the server: handhelds bring by themselves what was taken in after the backup")
    return DONE
