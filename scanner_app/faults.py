"""When a file fails under the session: what is said, what is mended. All scans but the one in hand are kept."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import msgspec

from scanner_app import feeding
from scanner_app.answer import Answer, plain
from scanner_app.session_state import Stopped
from scanner_app.storage_errors import CacheFault, JournalFault, StoreError, StoreFull
from tracking.phrases import phrase
from tracking.verdicts import verdict

if TYPE_CHECKING:
    from scanner_app.session import Session

_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def answered(session: Session, error: Exception) -> Answer:
    """The stop that a fault is. It stands in memory only, until an acknowledgement can be written again."""
    fault = session.fault = of(session, error)
    said = verdict("disk_full" if isinstance(fault, StoreFull) else "journal_fault", why=fault.said)
    session.state = msgspec.structs.replace(session.state, stopped=Stopped(said))
    with contextlib.suppress(sqlite3.Error, msgspec.MsgspecError):
        return session.answer(said)
    # Not even the prompt can be read.
    return Answer(
        verdict=plain(said, session.settings.language), language=session.settings.language, tone="stop"
    )


def of(session: Session, error: Exception) -> StoreError:
    """The fault in one plain sentence. A damaged cache is replaced on the way: the journal's own events stay on top."""
    if isinstance(error, StoreError):
        return error
    if not isinstance(error, sqlite3.Error):
        return JournalFault(phrase("fault_program", name=type(error).__name__))
    if _code(error) == sqlite3.SQLITE_FULL:
        return StoreFull()
    if _code(error) in _DAMAGE and not session.cache.sound():
        try:
            feeding.renew_cache(session)
        except (StoreError, sqlite3.Error) as worse:
            return CacheFault(phrase("fault_cache", detail=str(worse)))
        return CacheFault(feeding.CACHE_LOST)
    return CacheFault(phrase("fault_data", detail=str(error)))


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
