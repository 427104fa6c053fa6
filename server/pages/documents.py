"""The pages of documents: what they ask for, how much is done, which units did it."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server import replica, tallies, tasks
from server.api.exchange import Refusal, central_of, in_thread
from server.api.unit_calls import path_names
from server.pages.people import names
from server.pages.render import page
from server.pages.sign_in import guarded
from server.storage import Reader
from sync.work_wire import TaskRow
from tracking.documents import DOCUMENT_TYPES, Document, Tally, complete
from tracking.site import NAME_CHARS_MAX, Item, Party

PAGE_LINES = 200
UNITS_MAX = 500
SHOWN_MS = 24 * 3_600_000
"""A task of which nothing was heard for a day is not shown as being done."""


class Progress(NamedTuple):
    """A document and how far it is."""

    document: Document
    tally: Tally

    @property
    def state(self) -> str:
        """``closed``, ``complete``, ``started`` or ``open``."""
        if self.tally.closed:
            return "closed"
        if self.document.lines and complete(self.document, self.tally):
            return "complete"
        return "started" if self.tally.total else "open"

    @property
    def percent(self) -> int:
        """0 to 100; too much on one line does not make up for another."""
        wanted = self.document.total
        done = sum(min(line.quantity, self.tally.of(line.line)) for line in self.document.lines)
        return 100 * done // wanted if wanted else 0


class Listed(NamedTuple):
    """A page of documents."""

    shown: list[Progress]
    more: str
    """Number to go on from, empty at the end."""


class CreditedUnit(NamedTuple):
    """One thing that counted on a document."""

    line: int
    item: str
    serial: str
    quantity: int
    status: str


def listing(reader: Reader, after: str = "", limit: int = PAGE_LINES) -> Listed:
    """Documents by number."""
    rows = replica.listing(reader, "document", after, limit + 1)
    shown = [
        Progress(msgspec.json.decode(body, type=Document), tallies.tally(reader, key))
        for key, _, body in rows[:limit]
    ]
    return Listed(shown, rows[limit - 1][0] if len(rows) > limit else "")


def in_hand(reader: Reader, limit: int) -> list[Progress]:
    """Documents that somebody has begun and not finished, the nearest to their end first."""
    begun = [one for one in listing(reader).shown if one.state == "started"]
    return sorted(begun, key=lambda one: -one.percent)[:limit]


def count_open(reader: Reader) -> int:
    """How many documents are not closed."""
    row = reader.row(
        "SELECT count(*) FROM replica r LEFT JOIN tally t ON t.document = r.key"
        " WHERE r.tbl = 'document' AND r.op = 'put' AND coalesce(t.closed, 0) = 0"
    )
    return int(row[0]) if row else 0


@guarded
async def documents(request: Request) -> Response:
    """``/documents``."""
    central = central_of(request)
    kind = request.query_params.get("type", "")
    after = request.query_params.get("after", "")[:NAME_CHARS_MAX]

    def work() -> Listed:
        with central.storage.read() as reader:
            return listing(reader, after)

    listed = await in_thread(work)
    shown = [one for one in listed.shown if kind in {"", one.document.type}]
    return page(request, "documents.html", shown=shown, more=listed.more, kind=kind, kinds=DOCUMENT_TYPES)


class OneDocument(NamedTuple):
    """Everything on the page of a document."""

    progress: Progress
    party: str
    descriptions: dict[str, str]
    units: list[CreditedUnit]
    statuses: dict[tuple[str, str], str]
    """Of the units that its lines expect."""
    at_work: list[TaskRow]
    """Who is doing it just now, as far as handhelds have said so."""
    people: dict[tuple[str, str], str]
    """(site, badge) -> name."""


def one_document(reader: Reader, number: str, since_ms: int = 0) -> OneDocument | None:
    """A document with its lines and units, or None."""
    sites = replica.sites_of(reader, "document", number)
    body = replica.get(reader, "document", number, sites[0]) if sites else None
    if body is None:
        return None
    document = msgspec.json.decode(body, type=Document)
    rows = reader.rows(
        "SELECT c.line, c.item, c.serial, c.quantity, coalesce(u.status, '') FROM credit c"
        " LEFT JOIN unit u ON u.item = c.item AND u.serial = c.serial AND c.serial <> ''"
        " WHERE c.document = ? ORDER BY c.line, c.item, c.serial, c.position LIMIT ?",
        number,
        UNITS_MAX,
    )
    party = replica.get(reader, "party", document.party)
    return OneDocument(
        progress=Progress(document, tallies.tally(reader, number)),
        party=msgspec.json.decode(party, type=Party).name if party else "",
        descriptions={line.item: _description(reader, line.item) for line in document.lines},
        units=[CreditedUnit(*row) for row in rows],
        statuses=_expected(reader, document),
        at_work=[task for task in tasks.everywhere(reader, since_ms) if task.document == number],
        people=names(reader).people,
    )


def _description(reader: Reader, item: str) -> str:
    body = replica.get(reader, "item", item)
    return msgspec.json.decode(body, type=Item).description if body else ""


def _expected(reader: Reader, document: Document) -> dict[tuple[str, str], str]:
    wanted = [(line.item, serial) for line in document.lines for serial in line.serials][:UNITS_MAX]
    found = {
        name: reader.row("SELECT status FROM unit WHERE item = ? AND serial = ?", *name) for name in wanted
    }
    return {name: str(row[0]) if row else "" for name, row in found.items()}


@guarded
async def document(request: Request) -> Response:
    """``/documents/{number}``."""
    central = central_of(request)
    asked = path_names(request, "/documents/")

    def work() -> OneDocument | None:
        with central.storage.read() as reader:
            since_ms = central.now_ms() - SHOWN_MS
            return one_document(reader, asked[0], since_ms) if len(asked) == 1 else None

    found = await in_thread(work)
    if found is None:
        raise Refusal(404, "unknown", "There is no such document.")
    return page(request, "document.html", one=found, units_max=UNITS_MAX)
