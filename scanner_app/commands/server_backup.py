"""``scanner server backup FILE|FOLDER``: the whole database as one checked file, while the server works."""

from __future__ import annotations

from pathlib import Path

from scanner_app.clockwork import SystemClock
from scanner_app.commands.call import DONE, Call, Refusal, print_json, usage
from tracking.counted import counted


def run(call: Call, database: Path | str) -> int:
    """Writes it, checks it, and makes known what it holds."""
    from server import backup, backup_note
    from server.storage import StorageError

    named = call.options.target or usage("say where to: scanner server backup FILE or FOLDER")
    target = Path(named)
    if named.endswith("/"):  # else the first night would write a file of this name, and the second night none
        target.mkdir(parents=True, exist_ok=True)
    now_ms = SystemClock().wall_ms()
    try:
        written = backup.back_up(database, target, now_ms)
        at_once = backup_note.record(database, written.checked, now_ms)
    except StorageError as error:
        raise Refusal(str(error)) from error
    checked = written.checked
    if call.options.json:
        print_json(
            {
                "backup": str(written.path),
                "events": checked.events,
                "devices": checked.devices,
                "bytes": checked.bytes,
                "seconds": round(written.seconds, 3),
            }
        )
        return DONE
    print(
        f"{written.path}: {counted(checked.events, 'event')} of {counted(checked.devices, 'device')}, "
        f"{checked.bytes} bytes, checked event by event, {written.seconds:.1f} s"
    )
    if not at_once:
        print("the running server is told within seconds")
    return DONE
