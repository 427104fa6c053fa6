"""What lies around a newcomer in the demonstration: papers, places, and the labels of goods, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from scanner_app.label_goods import Goods, goods_by_document
from scanner_app.labels import goods_texts
from scanner_app.session_state import decode_gesture
from scanner_app.workflows.registry import WORKFLOWS
from tracking.documents import Document
from tracking.lifecycle import IN_STOCK
from tracking.site import OpeningUnit, Site

if TYPE_CHECKING:
    from scanner_app.session import Session
    from scanner_app.workflows.flow import Prompt, State

BEGINNINGS = ("purchase_order", "asn")
"""Papers that a newcomer begins with on the start screen."""
_SOLD = frozenset({"repair_in", "lookup", "rma", "serial_or_item"})
"""Prompts at which a unit comes from a customer."""


class Shelf:
    """The labels of a site, and which of them could be scanned where."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._documents = {document.number: document for document in site.documents}
        self._goods: dict[str, tuple[Goods, ...]] = {}

    def badge(self) -> str:
        """Somebody who needs no PIN."""
        return next(one.badge for one in self._site.operators if not one.pin)

    def quantity(self, session: Session, document: str, item: str) -> int:
        """How much of a lot or an untracked item lies ready for a document."""
        goods = self._of(session).get(document, ())
        return next((one.quantity for one in goods if one.item == item and not one.serial), 1)

    def papers(self, session: Session, types: Iterable[str]) -> Iterator[str]:
        """Open documents of these types."""
        for document in self._site.documents:
            if document.type in types and not session.knows.tally(document.number).closed:
                yield document.number

    def texts(self, session: Session, prompt: Prompt, there: State) -> Iterator[str]:
        """Everything that could be scanned at a prompt, the likeliest first."""
        fresh = getattr(there, "fresh", "")
        if fresh:
            yield from self._label(Goods(item=self._documents[there.document].product, serial=fresh))
        if prompt.name == "second_badge":
            yield from (one.badge for one in self._site.operators if not one.pin)
        if prompt.name in {"move", "move_place", "count"}:
            yield from self._places(there)
        if prompt.name == "item":
            yield from (item.item for item in self._site.items if item.numbering)
        if prompt.name == "new_serial":
            yield from self._given_last(session)
        document = self._documents.get(there.document)
        if document is not None:
            yield from self._of_document(session, document, at_bench=bool(getattr(there, "product", "")))
        yield from self.papers(session, WORKFLOWS[session.state.workflow].document_types)
        yield from self._units(document, prompt)

    def _of(self, session: Session) -> dict[str, tuple[Goods, ...]]:
        if not self._goods:
            self._goods = goods_by_document(self._site, session.knows.today)
        return self._goods

    def _label(self, goods: Goods) -> list[str]:
        return goods_texts(self._site, goods)

    def _places(self, there: State) -> Iterator[str]:
        document = self._documents.get(there.document)
        if document is not None and document.location:
            yield document.location
        else:
            yield from (unit.location for unit in self._site.units if unit.location)

    def _given_last(self, session: Session) -> Iterator[str]:
        """The number that was given last: its label is in the hand."""
        for _, body in session.journal.gestures(1):
            gesture = decode_gesture(body)
            if gesture is not None and gesture.serial:
                yield from self._label(Goods(item=gesture.item, serial=gesture.serial))

    def _of_document(self, session: Session, document: Document, *, at_bench: bool) -> Iterator[str]:
        for goods in self._of(session)[document.number]:
            if goods.item == document.product and goods.serial:
                unit = session.knows.unit(goods.item, goods.serial)
                if at_bench or unit.status not in {"unknown", "planned"}:
                    continue  # one unit after the other, and what is built would come back onto the bench
            yield from self._label(goods)

    def _units(self, document: Document | None, prompt: Prompt) -> Iterator[str]:
        """Units of the site: for an open document only of what it names."""
        wanted: set[str] = set()
        if document is not None:
            wanted = {line.item for line in document.lines} | {part.item for part in document.bom}
            wanted.discard(document.product)
        for unit in sorted(self._site.units, key=lambda unit: _rank(unit, prompt)):
            if not wanted or unit.item in wanted:
                goods = Goods(item=unit.item, serial=unit.serial, lot=unit.lot, expiry=unit.expiry)
                yield from self._label(goods)


def _rank(unit: OpeningUnit, prompt: Prompt) -> int:
    """Which units are likelier at a prompt: those of customers, or those of the shelves; what is sound first."""
    here = unit.status == "shipped" if prompt.name in _SOLD else unit.status in IN_STOCK
    return (0 if here else 2) + bool(unit.flags)
