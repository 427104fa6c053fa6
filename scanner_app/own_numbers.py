"""Numbers of our own that a task gives: the next serial numbers of an item, and the SSCC of a new carton.

Looking at the next number gives nothing. It counts as given in the very transaction that writes its event, and from
then on never comes again, whatever becomes of the event: undone, spoiled in the printer, or lost with its label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

import msgspec

from scanner_app import leasing, records
from scanner_app.cache import Cache
from scanner_app.journal import Journal
from scanner_app.workflows.flow import NextSerials
from sync.work_wire import Block, WantedBlock
from tracking.containers import device_reference, sscc
from tracking.events import Event
from tracking.numbering import of_item
from tracking.numbering.blocks import Lease, lease
from tracking.numbering.errors import NumberingError
from tracking.phrases import UNSAID, phrase
from tracking.site import Item

BLOCK_NUMBERS_MIN = 10
BLOCK_SHARE = 100
"""A block is at most the hundredth part of all numbers of a template: the other handhelds want some too."""
LOW_SHARE = 10
"""With this part of a block left the server is asked for another while there is a network."""
SKIPPED_MAX = 20_000
"""Numbers passed over at a time because units have them already."""

Known = Callable[[str, str], bool]
"""(item, serial) -> whether somebody has seen it."""
ItemOf = Callable[[str], Item | None]
"""Item number -> the item."""


class OwnNumbers:
    """What this handheld may give. Without a server by a counter of its own, with one out of what was lent to it."""

    def __init__(self, journal: Journal, cache: Cache, known: Known) -> None:
        self._journal, self._cache, self._known = journal, cache, known
        self._short: set[str] = set()
        """Items that somebody wanted a number of and got none."""
        self._built: frozenset[str] | None = None

    def next_serials(self, item: Item, count: int, site: str, day: date) -> NextSerials:
        """The next numbers of an item, or why there are none. Never raises; nothing is given by it."""
        if not item.numbering or item.tracking != "serial":
            return NextSerials((), phrase("why_no_template", item=item.item))
        try:
            found = tuple(islice(self._free(item, site, day), count))
        except NumberingError as error:
            return NextSerials((), str(error))
        if len(found) == count:
            return NextSerials(found, UNSAID)
        self._short.add(item.item)
        why = "why_numbers_lent" if self._lent(item) else "why_numbers_used"
        return NextSerials((), phrase(why, item=item.item, template=item.numbering))

    def given(self, events: Iterable[Event], item_of: ItemOf, site: str, day: date) -> dict[str, str]:
        """What the journal has to note with these events, so that no number that they give comes again."""
        serials: dict[str, set[str]] = {}
        for event in events:
            if event.step == "commissioning" and event.serial and not event.cancels:
                serials.setdefault(event.item, set()).add(event.serial)
        notes: dict[str, str] = {}
        for number, ours in serials.items():
            item = item_of(number)
            if item is not None and item.numbering:
                notes |= self._note(item, ours, site, day)
        return notes

    def _note(self, item: Item, serials: set[str], site: str, day: date) -> dict[str, str]:
        numbers = {of_item.number_of(item, serial) for serial in serials} - {-1}
        last = -1
        for number in islice(self._upcoming(item), SKIPPED_MAX) if numbers else ():
            if number in numbers:
                last = number
            elif not self._known(item.item, of_item.serial_of(item, site, day, number)):
                break
        if last < 0:
            return {}
        if not self._lent(item):
            return {_counter(item): str(last + 1)}
        left = _without(leasing.held(self._journal, item.item, item.numbering), last)
        key = leasing.key_of(self._journal, item.item, item.numbering)
        return {key: msgspec.json.encode(left).decode()}

    # -- what is left -----------------------------------------------------------------------------------------------

    def _lent(self, item: Item) -> bool:
        """True where a server counts: it lends, and a counter of this handheld's own would give numbers twice."""
        return bool(self._cache.meta("cursor")) or leasing.was_lent(self._journal, item.item, item.numbering)

    def _upcoming(self, item: Item) -> Iterator[int]:
        """Sequence numbers that are this handheld's to give, in order."""
        if self._lent(item):
            for one in leasing.held(self._journal, item.item, item.numbering):
                yield from range(one.next, one.last + 1)
        else:
            yield from range(self._counted(item), of_item.pattern_of(item.numbering).capacity)

    def _counted(self, item: Item) -> int:
        return int(self._journal.meta(_counter(item)) or 0)

    def _free(self, item: Item, site: str, day: date) -> Iterator[str]:
        """Those of them that no unit has. What came in under such a number is not given to another."""
        skipped = 0
        for number in self._upcoming(item):
            serial = of_item.serial_of(item, site, day, number)
            if not self._known(item.item, serial):
                yield serial
            elif (skipped := skipped + 1) >= SKIPPED_MAX:
                return

    # -- what is lent -----------------------------------------------------------------------------------------------

    def wanted(self, item_of: ItemOf) -> tuple[WantedBlock, ...]:
        """What to ask the server for: of the products of work orders, and of what somebody was in want of."""
        found: list[WantedBlock] = []
        for number in sorted({*self._products(), *self._short}):
            item = item_of(number)
            if item is None or not item.numbering:
                continue
            held = leasing.held(self._journal, item.item, item.numbering)
            size = block_size(item)
            if size and sum(one.remaining for one in held) <= size // LOW_SHARE:
                wanted = WantedBlock(
                    item=item.item,
                    pattern=item.numbering,
                    size=size,
                    at_least=self._counted(item),
                )
                found.append(wanted)
        return tuple(found)

    def _products(self) -> frozenset[str]:
        """What the site's work orders build; read once until the feed changes something."""
        if self._built is None:
            documents = (records.DOCUMENT.decode(body) for _, body in self._cache.records("document"))
            self._built = frozenset(one.product for one in documents if one.type == "work_order")
        return self._built

    def forget(self) -> None:
        """After a feed page: orders are read again."""
        self._built = None

    @property
    def short(self) -> frozenset[str]:
        """Items of which a number was wanted and there was none."""
        return frozenset(self._short)

    def take(self, block: Block) -> None:
        """Keeps what the server lent, durably. Raises :class:`NumberingError` for a block that is none."""
        leases: Sequence[Lease] = leasing.held(self._journal, block.item, block.pattern)
        granted = lease(block.item, self._journal.device, block.first, block.last)
        leasing.keep(self._journal, block.item, block.pattern, [*leases, granted])
        self._short.discard(block.item)


def block_size(item: Item) -> int:
    """How many numbers of the item are asked for at a time; 0 where its template cannot be read."""
    try:
        capacity = of_item.pattern_of(item.numbering).capacity
    except NumberingError:
        return 0
    return min(max(capacity // BLOCK_SHARE, BLOCK_NUMBERS_MIN), leasing.BLOCK_NUMBERS)


def _counter(item: Item) -> str:
    """The name under which the journal keeps where a counter of its own stands."""
    return f"counter {item.item} {item.numbering}"


def _without(leases: Sequence[Lease], last: int) -> list[Lease]:
    """What is left behind a number: the leases before its own are used up."""
    place = next(index for index, one in enumerate(leases) if one.next <= last <= one.last)
    begun = msgspec.structs.replace(leases[place], next=last + 1)
    return [one for one in (begun, *leases[place + 1 :]) if one.remaining]


def new_sscc(journal: Journal, prefix: str, is_known: Callable[[str], bool]) -> str:
    """An SSCC that this handheld has not given yet; empty where the site has no company prefix."""
    number = journal.seq + 1
    while prefix:
        code = sscc(prefix, device_reference(journal.device, journal.epoch, number))
        if not is_known(code):
            return code
        number += 1
    return ""
