"""Reads again what an older version of the server set aside: after an update some of it may mean something."""

from __future__ import annotations

from server import ledger, projection
from server.derived_exceptions import NOT_UNDERSTOOD, forget
from server.replica import Feed
from server.storage import Reader, Storage
from tracking.events import Event

BATCH_EVENTS = 500


def reread(storage: Storage) -> int:
    """Fold what is understood by now; how many events that were. Ends equal to a rebuild.

    Raises :class:`server.storage.StorageError`.
    """
    total = 0
    with storage.read() as reader:
        waiting = [entry.position for entry, _ in _understood(reader)]
    for start in range(0, len(waiting), BATCH_EVENTS):
        total += _fold(storage, waiting[start : start + BATCH_EVENTS])
    return total


def _fold(storage: Storage, positions: list[int]) -> int:
    with storage.write() as tx:
        found = [(entry, event) for entry, event in _understood(tx) if entry.position in positions]
        place = projection.folded(tx)
        plan = projection.plan_of(tx, {entry.position: event for entry, event in found}, place, place)
        feed = Feed(tx)
        projection.store(tx, feed, plan)
        for entry, _ in found:
            tx.run("DELETE FROM quarantine WHERE position = ?", entry.position)
        forget(tx, feed, [f"{NOT_UNDERSTOOD}/{entry.ref}" for entry, _ in found])
        feed.flush()
    return len(found)


def _understood(reader: Reader) -> list[tuple[ledger.Entry, Event]]:
    rows = reader.rows("SELECT position FROM quarantine ORDER BY position")
    entries = ledger.at_positions(reader, [row[0] for row in rows])
    events = [(entry, ledger.event_of(entry)) for entry in entries]
    return [(entry, event) for entry, event in events if isinstance(event, Event)]
