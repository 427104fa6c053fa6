"""News from the server into the session: a page of the feed, and a cache that has to be begun again."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from scanner_app import faults, forks
from scanner_app.cache_feed import applied, applied_chains, apply_page
from scanner_app.clockwork import zone
from scanner_app.storage_errors import StoreFull
from tracking.phrases import phrase

if TYPE_CHECKING:
    from scanner_app.cache import Cache
    from scanner_app.inputs import PageArrived
    from scanner_app.journal import Journal
    from scanner_app.session import Session

CACHE_LOST = phrase("fault_cache_lost")


def take_page(session: Session, arrived: PageArrived) -> bool:
    """A page into the cache, and the overlay into step with it. True if anything changed.

    Raises :class:`scanner_app.storage_errors.StoreError`, or what
    :func:`scanner_app.cache_feed.apply_page` says of a page that makes no sense; then nothing of it was applied.
    """
    page = arrived.page
    try:
        changed = apply_page(session.cache, page)
    except sqlite3.Error as error:
        fault = faults.of(session, error)
        if isinstance(fault, StoreFull):
            with session.journal.ballast.lent():
                session.cache.give_back()
        raise fault from error
    changed |= match_overlay(session.journal, session.cache)
    session.stamper.heard_server(page.server_ms)
    if changed:
        reread(session)
    return changed


def renew_cache(session: Session) -> None:
    """Begins with an empty cache, own events on top. Raises :class:`scanner_app.storage_errors.StoreError`."""
    session.cache.begin_again()
    match_overlay(session.journal, session.cache)
    session.trouble = CACHE_LOST
    reread(session)


PROVEN = "proven"
"""The journal's note of the server's life in which its earlier epochs were compared, and of the epoch it had then."""
DISPUTED = "disputed"
"""The journal's note of epochs that are being compared, event by event, see :mod:`scanner_app.disputes`."""


def is_proven(journal: Journal) -> bool:
    """Whether what was confirmed was compared with the last life of the server, and no question is open."""
    return bool(journal.meta(PROVEN)) and not journal.meta(DISPUTED)


def match_overlay(journal: Journal, cache: Cache) -> bool:
    """Own effects that the cache shows leave the overlay, what it lost comes back. True if anything changed."""
    shown = applied(cache)
    ours = _of_this_life(journal, cache)
    for epoch, link in applied_chains(cache).items():
        own = journal.link_before(epoch, shown.get(epoch, 0) + 1)
        if own is None or own.hex() != link:
            # Events of another one with the same files, or of a time that this one lost: what was confirmed is ours.
            shown[epoch] = min(shown.get(epoch, 0), ours.get(epoch, 0))
    for epoch in forks.forked(journal):
        # Under these numbers the server shows the events of a copy of this handheld.
        shown[epoch] = min(shown.get(epoch, 0), ours.get(epoch, 0))
    return journal.match_overlay(shown)


def _of_this_life(journal: Journal, cache: Cache) -> dict[int, int]:
    """Epoch -> up to where the server that the cache is of has the same events; none where that is not yet known.

    What another life of it confirmed may be a copy's by now: until they were compared, own events show as well as what
    the server says, rather than not at all.
    """
    of_this = journal.meta(PROVEN).startswith(cache.meta("generation") + "/")
    return journal.acked() if of_this and is_proven(journal) else {}


def note_fork(session: Session, epoch: int) -> None:
    """The server holds other events of this epoch."""
    if forks.note(session.journal, forks.forked(session.journal) | {epoch}):
        session.trouble = forks.fork_said(session.journal)
        show_own(session)


def mend_fork(session: Session, epoch: int) -> None:
    """It turned out that it does not."""
    if forks.note(session.journal, forks.forked(session.journal) - {epoch}):
        show_own(session)


def show_own(session: Session) -> None:
    """The overlay again in step with the cache, after the server's word on what of it is this handheld's."""
    if match_overlay(session.journal, session.cache):
        reread(session)


def reread(session: Session) -> None:
    """What is kept in memory is read from the cache again."""
    session.knows.forget_scan()
    session.knows.refresh()
    session.zone = zone(session.cache.meta("timezone"))
    session.stamper.site, session.stamper.zone = session.knows.site, session.zone
