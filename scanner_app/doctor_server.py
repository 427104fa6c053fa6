"""What ``scanner doctor`` says of the server: whether it answers, and whether it still takes this handheld's word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from config.paths import data_dir
from config.schema import Settings
from scanner_app.doctor_check import Check
from scanner_app.handheld import JOURNAL_FILE
from scanner_app.identity import server_of
from scanner_app.journal_reader import JournalReader
from scanner_app.revoked import NOTED
from scanner_app.running import Server
from scanner_app.storage_errors import StoreError

if TYPE_CHECKING:
    from sync.line import Line

TIMEOUT_S = 5.0


def server_checks(settings: Settings) -> Iterator[Check]:
    """Whether it answers; and, asked or from what it said last, whether the office took this handheld's rights away."""
    folder = data_dir(settings)
    try:
        server = server_of(folder, settings)
    except StoreError as error:
        yield Check(name="server", state="fault", detail=str(error))
        return
    if server is None:
        yield Check(
            name="server",
            state="note",
            detail="none: works alone",
            fix="scanner enroll --server URL --code CODE",
        )
        return
    device, revoked = _noted(folder)
    yield from _asked(server, device, revoked)


def _noted(folder: Path) -> tuple[str, bool]:
    """The handheld's name on its server, and whether the server's last word was that it is revoked."""
    file = folder / JOURNAL_FILE
    if file.exists():
        with suppress(StoreError):  # what is wrong with the journal is told by another check
            journal = JournalReader(file)
            try:
                return journal.device, bool(journal.notes(NOTED).get(""))
            finally:
                journal.close()
    return "", False


def _asked(server: Server, device: str, revoked: bool) -> Iterator[Check]:
    from sync.line import Line, Unreachable

    line = Line(server.url, server.token, TIMEOUT_S, server.ca)
    try:
        status, _ = line.ask("GET", "/v1/health")
        yield Check(
            name="server", state="ok" if status == 200 else "fault", detail=f"{server.url} answers {status}"
        )
        revoked = _word_of(line, device, revoked) if device else revoked
    except Unreachable as error:
        yield Check(name="server", state="fault", detail=str(error), fix="check the network and sync.url")
    finally:
        line.close()
    if revoked:
        yield Check(
            name="rights",
            state="fault",
            detail="revoked by the office; every scan is kept, and counts once the office accepts it",
            fix="let it sync, or hand in 'scanner export outbox FILE'; the office may enroll it again with a code "
            f"for {device}",
        )


def _word_of(line: Line, device: str, noted: bool) -> bool:
    """Whether it is revoked, by the server's word of now where it has one; else by what was noted."""
    from sync.line import REVOKED, Unreachable

    try:
        status, _ = line.ask("GET", f"/v1/devices/{device}/hwm")
    except Unreachable as error:
        return noted or error.word == REVOKED
    return noted and status != 200
