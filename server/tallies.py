"""The document projection: how much of each document is done, and whether it is closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from server import replica
from server.replica import Feed
from server.storage import Reader, Writer
from server.subjects import Subject, events_of
from server.units import Credit, credits_of
from tracking.documents import Tally
from tracking.events import Event
from tracking.units import without_cancelled


class DocumentPlan(NamedTuple):
    """What a document's events without a serial number say: lots and quantities, opening and closing."""

    document: str
    closed: bool
    credits: tuple[Credit, ...]


def plan(reader: Reader, subject: Subject, extra: set[int], batch: Mapping[int, Event]) -> DocumentPlan:
    """Each standing event without a serial number counts; the last ``completing`` one says whether it is closed."""
    found = events_of(reader, subject, extra, batch)
    position_of = {event.ref: position for position, event in found}
    standing = without_cancelled(event for _, event in found)
    completing = [event for event in standing if event.step == "completing"]
    return DocumentPlan(
        document=subject.name,
        closed=bool(completing) and completing[-1].action != "DELETE",
        credits=tuple(credits_of(standing, position_of)),
    )


def store(tx: Writer, feed: Feed, plans: Iterable[DocumentPlan], touched: set[str]) -> None:
    """Write the plans down, and count every touched document anew."""
    closed = {one.document: one.closed for one in plans}
    for one in plans:
        tx.run("DELETE FROM credit WHERE document = ? AND serial = ''", one.document)
        tx.run_many(
            "INSERT INTO credit (document, line, item, serial, position, quantity) VALUES (?, ?, ?, ?, ?, ?)",
            one.credits,
        )
    for document in sorted(touched | closed.keys()):
        _count(tx, feed, document, closed.get(document))


def _count(tx: Writer, feed: Feed, document: str, closed: bool | None) -> None:
    done = {
        int(line): int(quantity)
        for line, quantity in tx.rows(
            "SELECT line, SUM(quantity) FROM credit WHERE document = ? GROUP BY line ORDER BY line", document
        )
    }
    if closed is None:
        closed = tally(tx, document).closed
    if not done and not closed:
        tx.run("DELETE FROM tally WHERE document = ?", document)
        feed.delete_everywhere("tally", document)
        return
    tx.run(
        "INSERT INTO tally (document, closed, done) VALUES (?, ?, ?)"
        " ON CONFLICT (document) DO UPDATE SET closed = excluded.closed, done = excluded.done",
        document,
        int(closed),
        msgspec.json.encode(done).decode(),
    )
    publish(tx, feed, document)


def tally(reader: Reader, document: str) -> Tally:
    """How much of a document is done."""
    row = reader.row("SELECT closed, done FROM tally WHERE document = ?", document)
    if row is None:
        return Tally()
    return Tally(done=msgspec.json.decode(row[1], type=dict[int, int]), closed=bool(row[0]))


def publish(tx: Writer, feed: Feed, document: str) -> None:
    """Tell the document's site its tally; the whole company, as long as no site has said that the document is its."""
    counted = tally(tx, document)
    if counted == Tally():
        return
    wanted = set(replica.sites_of(tx, "document", document)) or {replica.COMPANY}
    for site in set(replica.sites_of(tx, "tally", document)) - wanted:
        feed.delete("tally", document, site)
    for site in wanted:
        feed.put("tally", document, msgspec.json.encode(counted), site)
