"""A handheld whose rights the office took away: it is told so until the server takes its word again, also offline.

Nobody may take it for a broken network: what it scans from then on counts only once the office says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner_app.forks import fork_said
from tracking.phrases import Said, phrase

if TYPE_CHECKING:
    from scanner_app.journal import Journal
    from scanner_app.session import Session

NOTED = "revoked"
"""The journal's note that the server said so; empty from when it takes this handheld's word again."""


def is_revoked(journal: Journal) -> bool:
    """Whether that was the server's last word."""
    return bool(journal.meta(NOTED))


def note_revoked(journal: Journal, revoked: bool) -> None:
    """Kept durably; written only where it is news."""
    if is_revoked(journal) != revoked:
        journal.put_meta(NOTED, "yes" if revoked else "")


def told_revoked(session: Session) -> Said:
    """The server said so. What there is to say of it."""
    note_revoked(session.journal, True)
    session.trouble = standing_said(session.journal)
    return session.trouble


def standing_said(journal: Journal) -> Said:
    """The sentence that stands until somebody has put it right, also while there is no network; empty without one."""
    return phrase("link_revoked") if is_revoked(journal) else fork_said(journal)
