"""Verifying a server from outside: every chain of its ledger worked out anew from the events that it hands out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from scanner_app.audit import Finding, event_id
from sync.audit_wire import ChainHead, Chains, Link, Links
from sync.credentials import holds
from sync.wire import batch_text
from tracking.chain import next_link

AskChains = Callable[[str], Chains]
"""The chains behind ``DEVICE/EPOCH``; all from the first one where that is empty."""
AskLinks = Callable[[str, int, int], Links]
"""The events of a device and epoch behind one."""


class ServerReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was walked, and what was found."""

    events: int
    epochs: int
    signatures: int
    """Heads of batches that are as the handheld signed them."""
    unproven: int
    """Signed heads from before the key that the handheld has now."""
    findings: tuple[Finding, ...] = ()


class _Walk:
    """One pass over a server."""

    def __init__(self, ask_links: AskLinks) -> None:
        self._ask_links = ask_links
        self.events = self.signatures = self.unproven = 0
        self.findings: list[Finding] = []
        self._proven: set[str] = set()
        """Devices of which a signature by their key of today was met: from there on all are."""

    def chain(self, head: ChainHead) -> None:
        """All events of a chain up to its head."""
        holes = {hole.first: hole for hole in head.holes}
        link, expected = _unhex(head.first_chain), 1
        for one in links(self._ask_links, head):
            if one.seq != expected and (hole := holes.get(expected)) is not None:
                expected, link = hole.last + 1, _unhex(hole.chain)
            link = next_link(link, one.body)
            what = ""
            if one.seq != expected:
                what = "an event before it is missing"
            elif link != one.chain:
                what = "its content or its place in the chain was changed"
            elif one.signature and not self._signed(head, one):
                what = "the handheld signed something else"
            if what:
                self._found(head, one.seq, what, one.body)
                return
            self.events += 1
            expected += 1
        if expected <= head.hwm:
            self._found(head, expected, "it is gone from the end of the ledger")
        elif link != _unhex(head.chain):
            self._found(head, head.hwm, "the chain that the server goes on from is another one")

    def _signed(self, head: ChainHead, one: Link) -> bool:
        """False where a signature is wrong. A key is only ever replaced, so what is older than it proves nothing."""
        if not head.public_key:
            return True
        text = batch_text(head.device, head.epoch, one.seq, one.chain.hex())
        if holds(head.public_key, one.signature.hex(), text):
            self.signatures += 1
            self._proven.add(head.device)
            return True
        if head.device in self._proven:
            return False
        self.unproven += 1
        return True

    def _found(self, head: ChainHead, seq: int, what: str, body: bytes = b"") -> None:
        named = event_id(head.device, head.epoch, seq, body) if body else ""
        found = Finding(what=what, device=head.device, epoch=head.epoch, seq=seq, event_id=named)
        self.findings.append(found)


def pages(ask: AskChains) -> Iterator[Chains]:
    """All pages of chains."""
    after = ""
    while (page := ask(after)).chains:
        yield page
        if not page.more:
            return
        after = f"{page.chains[-1].device}/{page.chains[-1].epoch}"


def links(ask: AskLinks, head: ChainHead) -> Iterator[Link]:
    """The events of a chain up to its head; what came in meanwhile is left for the next time."""
    since = 0
    while since < head.hwm and (page := ask(head.device, head.epoch, since).links):
        yield from (one for one in page if one.seq <= head.hwm)
        since = page[-1].seq


def _unhex(text: str) -> bytes:
    """The bytes; none for what is no hash any more."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def verify(ask_chains: AskChains, ask_links: AskLinks) -> ServerReport:
    """Walks all of it; names the first event of each chain that does not fit."""
    walk = _Walk(ask_links)
    epochs = held = told = 0
    for page in pages(ask_chains):
        told = told or page.events
        for head in page.chains:
            walk.chain(head)
            epochs += 1
            held += head.hwm - sum(hole.last - hole.first + 1 for hole in head.holes)
    if told > held:
        what = f"the ledger has {told} events and all chains together {held}"
        walk.findings.append(Finding(what=what, device="", epoch=0, seq=0))
    return ServerReport(
        events=walk.events,
        epochs=epochs,
        signatures=walk.signatures,
        unproven=walk.unproven,
        findings=tuple(walk.findings),
    )
