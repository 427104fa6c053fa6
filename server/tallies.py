"""The document projection: how much of each document is done, and whether it is closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from server import replica
from server.replica import Feed
from server.storage import Reader, Writer
from server.subjects import Found, Subject
from server.units import Credit, CreditChange, credits_of, store_credits
from tracking.documents import Tally
from tracking.units import without_cancelled


class DocumentPlan(NamedTuple):
    """What a document's events without a serial number say: lots and quantities, opening and closing."""

    document: str
    closed: bool
    credits: tuple[Credit, ...]


def plan(subject: Subject, found: Found) -> DocumentPlan:
    """Each standing event without a serial number counts; the last ``completing`` one says whether it is closed."""
    position_of = {event.ref: position for position, event in found}
    standing = without_cancelled(event for _, event in found)
    completing = [event for event in standing if event.step == "completing"]
    return DocumentPlan(
        document=subject.name,
        closed=bool(completing) and completing[-1].action != "DELETE",
        credits=tuple(credits_of(standing, position_of)),
    )


def store(tx: Writer, feed: Feed, plans: Sequence[DocumentPlan], changes: Iterable[CreditChange]) -> None:
    """Write the plans down, and add them and the changes that units made to the tallies."""
    sql = (
        "SELECT c.document, c.line, c.item, c.serial, c.position, c.quantity FROM wanted w CROSS JOIN credit c"
        " WHERE c.document = w.a AND c.serial = ''"
    )
    before = {Credit(*row) for row in tx.rows_of(sql, [(one.document,) for one in plans])}
    own = store_credits(tx, before, {one for each in plans for one in each.credits})
    added: dict[str, dict[int, int]] = {one.document: {} for one in plans}
    for credit, quantity in (*changes, *own):
        lines = added.setdefault(credit.document, {})
        lines[credit.line] = lines.get(credit.line, 0) + quantity
    closed = {one.document: one.closed for one in plans}
    held = tallies(tx, added)
    counted = {
        document: _counted(tx, document, held.get(document, Tally()), added[document], closed.get(document))
        for document in sorted(added)
    }
    _write(tx, feed, counted)


def _counted(tx: Writer, document: str, held: Tally, added: Mapping[int, int], closed: bool | None) -> Tally:
    """A tally with what is added to it; counted anew where a line comes to nothing, which may be nothing at all."""
    done = {**held.done, **{line: held.of(line) + quantity for line, quantity in added.items()}}
    if any(not done[line] for line in added):
        sql = "SELECT line, SUM(quantity) FROM credit WHERE document = ? GROUP BY line"
        done = {int(line): int(quantity) for line, quantity in tx.rows(sql, document)}
    return Tally(done=dict(sorted(done.items())), closed=held.closed if closed is None else closed)


def _write(tx: Writer, feed: Feed, counted: Mapping[str, Tally]) -> None:
    known = {document: one for document, one in counted.items() if one != Tally()}
    empty = counted.keys() - known.keys()
    tx.run_many("DELETE FROM tally WHERE document = ?", [(document,) for document in empty])
    feed.delete_everywhere("tally", empty)
    tx.put(
        "tally",
        ("document", "closed", "done"),
        [
            (document, int(one.closed), msgspec.json.encode(one.done).decode())
            for document, one in known.items()
        ],
        "(document) DO UPDATE SET closed = excluded.closed, done = excluded.done",
    )
    _tell(tx, feed, known)


def tallies(reader: Reader, documents: Iterable[str]) -> dict[str, Tally]:
    """How much of these documents is done; none of one of which nothing is."""
    sql = "SELECT t.document, t.closed, t.done FROM wanted w CROSS JOIN tally t WHERE t.document = w.a"
    return {
        document: Tally(done=_DONE.decode(done), closed=bool(closed))
        for document, closed, done in reader.rows_of(sql, [(document,) for document in documents])
    }


_DONE = msgspec.json.Decoder(dict[int, int])


def tally(reader: Reader, document: str) -> Tally:
    """How much of a document is done."""
    return tallies(reader, [document]).get(document, Tally())


def publish(tx: Writer, feed: Feed, document: str) -> None:
    """Tell the document's site its tally; the whole company, as long as no site has said that the document is its."""
    _tell(tx, feed, tallies(tx, [document]))


def _tell(tx: Writer, feed: Feed, counted: Mapping[str, Tally]) -> None:
    named = [(table, document) for document in counted for table in ("document", "tally")]
    sql = (
        "SELECT r.tbl, r.key, r.site FROM wanted w CROSS JOIN replica r"
        " WHERE r.tbl = w.a AND r.key = w.b AND r.op = 'put'"
    )
    sites: dict[tuple[str, str], set[str]] = {name: set() for name in named}
    for table, key, site in tx.rows_of(sql, named):
        sites[table, key].add(site)
    for document, one in counted.items():
        wanted = sites["document", document] or {replica.COMPANY}
        for site in sorted(sites["tally", document] - wanted):
            feed.delete("tally", document, site)
        for site in sorted(wanted):
            feed.put("tally", document, msgspec.json.encode(one), site)
