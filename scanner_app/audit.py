"""Verifying a journal: every hash chain walked from its beginning, every receipt held against it."""

from __future__ import annotations

import msgspec

from scanner_app.journal import Journal
from scanner_app.journal_reader import JournalReader
from sync.wire import Receipt
from tracking import chain
from tracking.events import decode_body


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The first thing that does not fit."""

    what: str
    device: str
    epoch: int
    seq: int
    event_id: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was walked, and what was found."""

    events: int
    epochs: int
    receipts: int
    findings: tuple[Finding, ...] = ()


def verify(journal: Journal | JournalReader) -> Report:
    """Walks all of it; names the first event of each epoch that does not fit."""
    findings: list[Finding] = []
    links: dict[int, bytes] = {}
    expected: dict[int, int] = {}
    broken: set[int] = set()
    hashes: dict[tuple[int, int], str] = {}
    receipts = journal.receipts()
    nonces, anchors = journal.nonces(), journal.anchors()
    for epoch, begin in anchors.items():
        # What stood before it is on the server and in its backup; the chain goes on from here.
        links[epoch], expected[epoch] = begin.link, begin.seq + 1
        hashes[epoch, begin.seq] = begin.link.hex()
    count = 0
    for epoch, seq, body, kept in journal.rows():
        count += 1
        if epoch in broken:
            expected[epoch] = seq + 1
            continue
        if epoch not in links:
            links[epoch] = chain.first_link(journal.device, epoch, nonces.get(epoch, ""))
            expected[epoch] = 1
        links[epoch] = chain.next_link(links[epoch], body)
        what = "an event before it is missing" if seq != expected[epoch] else ""
        if not what and links[epoch] != kept:
            what = "its content or its place in the chain was changed"
        if what:
            broken.add(epoch)
            named = event_id(journal.device, epoch, seq, body)
            findings.append(Finding(what=what, device=journal.device, epoch=epoch, seq=seq, event_id=named))
        expected[epoch] = seq + 1
        if (epoch, seq) in receipts:
            hashes[epoch, seq] = kept.hex()
    for epoch, head in journal.heads().items():
        if head >= expected.get(epoch, 1):
            what = "it is gone from the end of the log, its effects are still here"
            findings.append(
                Finding(what=what, device=journal.device, epoch=epoch, seq=expected.get(epoch, 1))
            )
    findings += _against_receipts(journal.device, receipts, hashes, expected)
    return Report(events=count, epochs=len(links), receipts=len(receipts), findings=tuple(findings))


def event_id(device: str, epoch: int, seq: int, body: bytes) -> str:
    """The id that an export gives the event; empty where the bytes are no event any more."""
    try:
        return decode_body(body, device=device, epoch=epoch, seq=seq).event_id
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""


def _against_receipts(
    device: str,
    receipts: dict[tuple[int, int], Receipt],
    hashes: dict[tuple[int, int], str],
    expected: dict[int, int],
) -> list[Finding]:
    found: list[Finding] = []
    for (epoch, hwm), receipt in receipts.items():
        kept = hashes.get((epoch, hwm))
        if kept is None and hwm >= expected.get(epoch, 1):
            what = "the server has a receipt for it, but it is gone from here"
        elif kept is not None and kept != receipt.chain:
            what = "the server's receipt has another hash for it"
        else:
            continue
        found.append(Finding(what=what, device=device, epoch=epoch, seq=hwm))
    return found
