"""The office's word on a count: approved, and the books follow it; rejected, and it is counted again.

A decision is events in the office's name, so it is in the ledger, in every history and in the feed like any other fact.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from server import counts, replica
from server.counts import CountReport, Difference
from server.replica import Feed
from server.site_import import append_in_office_name
from server.storage import Storage
from tracking import clock
from tracking.events import Event, encode_body

REASON_CHARS_MAX = 500


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the office decides about a count."""

    approve: bool
    reason: str = ""
    """Wanted for a rejection."""
    seen: int
    """The ``seen`` of the report that was looked at."""
    leave: tuple[str, ...] = ()
    """Keys of differences that are not corrected: somebody looks again."""


class DecisionError(Exception):
    """A decision that cannot be taken; the text says why."""


def decide(storage: Storage, number: str, decision: Decision, now_ms: int, by: str = "") -> int:
    """Takes a decision; how many events it was. ``by``: whose, as a caller signs.

    Raises :class:`DecisionError` with one plain sentence.
    """
    if not decision.approve and not decision.reason.strip():
        raise DecisionError("say why the count is rejected: whoever counts again wants to know")
    with storage.read() as reader:
        report = counts.report(reader, number)
        sheet = counts.sheet_of(reader, number)
    if report is None or sheet is None:
        raise DecisionError(f"there is no count sheet {number[:60]!r}")
    if report.state != "counted":
        raise DecisionError(
            f"the count is {report.state}: only a count that was brought to its end is decided"
        )
    if report.seen != decision.seen:
        raise DecisionError("more was counted since you looked: look again, then decide")
    # Behind everything that was counted, also where a handheld's clock is ahead.
    hlc = max(clock.pack(now_ms), sheet.newest_hlc + 1)
    events = _approved(report, decision) if decision.approve else [_closing(report, decision)]
    at = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds")
    stamped = [
        msgspec.structs.replace(
            event,
            hlc=hlc + place,
            at=at,
            site=report.site,
            operator=by,
            source="office",
            evidence="typed",
            clock="synced",
        )
        for place, event in enumerate(events)
    ]
    with storage.write() as tx:
        if counts.seen_now(tx, number) != decision.seen:
            raise DecisionError("more was counted since you looked: look again, then decide")
        append_in_office_name(tx, storage.generation, [encode_body(event) for event in stamped], now_ms)
        if not decision.approve:
            feed = Feed(tx)
            again = msgspec.structs.replace(sheet.document, recount=report.recounts + 1)
            for site in replica.sites_of(tx, "document", number):
                feed.put("document", number, msgspec.json.encode(again), site)
            feed.flush()
    return len(stamped)


def _closing(report: CountReport, decision: Decision) -> Event:
    """A rejected count is open again; an approved one stays closed, with the word for it."""
    return Event(
        step="completing",
        action="ADD" if decision.approve else "DELETE",
        document=report.number,
        reason=decision.reason.strip()[:REASON_CHARS_MAX],
        code="approved" if decision.approve else "rejected",
        recount=report.recounts,
        task="stocktake",
    )


def _approved(report: CountReport, decision: Decision) -> list[Event]:
    left = set(decision.leave)
    corrected = [
        _correction(one, report) for one in report.differences if one.fixable and one.key not in left
    ]
    return [*(event for event in corrected if event is not None), _closing(report, decision)]


def _correction(one: Difference, report: CountReport) -> Event | None:
    """The event that makes the books say what was counted."""
    fields = Event(
        step="holding",
        item=one.item,
        serial=one.serial,
        lot=one.lot,
        document=report.number,
        reason=f"count {report.number}",
    )
    match one.kind:
        case "missing":
            return msgspec.structs.replace(fields, action="ADD", flag="missing")
        case "found":
            return msgspec.structs.replace(fields, action="DELETE", flag="missing")
        case "misplaced" | "unexpected":
            return msgspec.structs.replace(fields, step="stock_taking", action="ADD", location=one.location)
        case "quantity":
            return msgspec.structs.replace(
                fields, step="stock_taking", action="ADD", quantity=one.counted, location=report.location
            )
        case _:
            return None
