"""Makes the bundle of a task: its state, and this handheld's own facts about it that the server may not show yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from scanner_app import records
from scanner_app.handing.bundle import Bundle, Fact, Share, fact_of, without
from scanner_app.handing.tasks import subject_of
from scanner_app.session_state import encode
from scanner_app.workflows.flow import Counted, State
from tracking.documents import Tally
from tracking.events import Event, decode_body

if TYPE_CHECKING:
    from scanner_app.journal import Journal
    from scanner_app.session import Session

GENERATION_CHARS = 4
EMPTY_MAX = 20
"""Empty shelves that a symbol carries; of one more it is asked once more."""
_ROWS = """SELECT o.epoch, o.seq, o.delta, o.before, e.body FROM overlay o
JOIN event e ON e.epoch = o.epoch AND e.seq = o.seq WHERE o.epoch = ?"""
_OF_DOCUMENT = f"{_ROWS} AND o.document = ? ORDER BY o.seq"
_OF_HOLDER = f"{_ROWS} AND instr(e.body, CAST('\"parent_' AS BLOB)) ORDER BY o.seq"


class _Row(NamedTuple):
    event: Event
    delta: int
    before: bytes


def bundle_of(session: Session, name: str, state: State, seq: int) -> Bundle:
    """The bundle of a task. ``seq`` is that of the event that is about to give it away."""
    cache = session.cache
    at_s = session.stamper.now_ms() // 1000
    number = state.document
    tally = cache.record("tally", number) if number else b""
    cached = records.TALLY.decode(tally) if tally else Tally()
    borrowed = session.knows.borrowed
    return Bundle(
        workflow=name,
        subject=subject_of(state),
        document=number,
        state=encode(state),
        at_s=at_s,
        operator=session.state.operator,
        generation=cache.meta("generation")[:GENERATION_CHARS],
        cursor=int(cache.meta("cursor") or 0),
        base=without(borrowed.base(number, cached.done)),
        shares=(_own_share(session, name, state, seq, at_s), *borrowed.shares(subject_of(state))),
    )


def _own_share(session: Session, name: str, state: State, seq: int, at_s: int) -> Share:
    journal = session.journal
    rows = list(_rows(journal, state))
    own: dict[int, int] = {}
    for row in rows:
        if row.delta and row.event.document == state.document:
            own[row.event.line] = own.get(row.event.line, 0) + row.delta
    recount = int(getattr(state, "recount", 0))
    by_us = session.knows.counted_here(state.document, recount) if name == "stocktake" else Counted({})
    document = session.knows.document(state.document)
    party = document.party if document is not None else ""
    return Share(
        device=journal.device,
        epoch=journal.epoch,
        seq=seq,
        own=without(own),
        facts=tuple(_facts(rows, at_s, session.state.operator, party)),
        counted=_counted(session, name, state, recount),
        recount=recount,
        people=tuple(sorted({*by_us.people, *session.knows.borrowed.counters(state.document, recount)})),
        empty=tuple(sorted(by_us.empty))[-EMPTY_MAX:],
    )


def _rows(journal: Journal, state: State) -> Iterator[_Row]:
    """Own events about the task that the cache lacks, oldest first. An earlier epoch's are left to the server."""
    number, product, box = state.document, getattr(state, "product", ""), getattr(state, "container", "")
    sql, values = (_OF_DOCUMENT, (journal.epoch, number)) if number else (_OF_HOLDER, (journal.epoch,))
    for epoch, seq, delta, before, body in journal.connection.execute(sql, values).fetchall():
        event = decode_body(body, device=journal.device, epoch=epoch, seq=seq)
        if number or (box and event.parent_container == box) or (product and event.parent_serial == product):
            yield _Row(event, delta, before or b"")


def _facts(rows: list[_Row], at_s: int, operator: str, party: str) -> Iterator[Fact]:
    """Without what was taken back again: it never happened, as far as anybody else knows."""
    here = {row.event.ref for row in rows}
    cancelled = {row.event.cancels for row in rows}
    for event, _, before in rows:
        # The end of an order is no fact about goods; it is in the tally, or the task would be over.
        if event.ref in cancelled or event.cancels in here or event.step in {"completing", "handing_over"}:
            continue
        event_s = int(datetime.fromisoformat(event.at).timestamp())
        # The order's own party is not carried: the taker has the order.
        known = msgspec.structs.replace(event, party="" if event.party == party else event.party)
        yield fact_of(known, before, at_s, event_s, operator)


def _counted(session: Session, name: str, state: State, recount: int) -> dict[str, int]:
    """What this handheld itself counted in this round: at the place at hand, and at all others together."""
    if not state.document or name != "stocktake":
        return {}
    place = str(getattr(state, "location", ""))
    here = session.knows.counted_here(state.document, recount).here
    elsewhere = sum(count for name, count in here.items() if name != place)
    return {name: count for name, count in ((place, here.get(place, 0)), ("", elsewhere)) if count}
