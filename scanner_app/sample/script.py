"""A replay script being written: one line an input, in the format of ``scanner replay``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from scanner_app.label_goods import Goods, goods_by_document
from scanner_app.labels import GS1_128, element_string, goods_texts
from tracking.dates import parse_iso
from tracking.site import Site

PAUSE = "wait 2s"
"""Longer than the time within which the same code again counts as a bounce."""

Way = Callable[["Script", Goods], None]


class Script:
    """Lines of a shift at one site, and the goods that its documents are about."""

    def __init__(self, site: Site) -> None:
        today = parse_iso(site.today)
        if today is None:
            raise ValueError("the sample shift needs a site file that says what day it is (today)")
        self.site = site
        self.goods = goods_by_document(site, today)
        self._items = {item.item: item for item in site.items}
        self._lines: list[str] = []

    def text(self) -> str:
        """The whole script."""
        return "\n".join(self._lines) + "\n"

    def line(self, line: str, expect: str = "") -> None:
        """An input as it stands, and the codes that may answer it."""
        self._lines.append(line)
        if expect:
            self._lines.append(f"expect {expect}")

    def comment(self, words: str) -> None:
        """Words for the reader."""
        self._lines += ["", f"# {words}"]

    def scan(self, text: str, expect: str = "") -> None:
        """One scan."""
        self.line(f"scan {escaped(text)}", expect)

    def burst(self, texts: Iterable[str], expect: str = "") -> None:
        """All codes of one label at once."""
        self.line("burst " + " | ".join(map(escaped, texts)), expect)

    def command(self, command: str, expect: str = "") -> None:
        """A command, as its barcode or soft key gives it."""
        self.line(f"command {command}", expect)

    def stopped(self, text: str, expect: str) -> None:
        """A scan that must be stopped, and the person who has seen it."""
        self.scan(text, expect)
        self.command("ack")

    def label(self, goods: Goods) -> str:
        """What the label of these goods says, in one symbol."""
        return goods_texts(self.site, goods)[0]

    def full_label(self, item: str, serial: str) -> str:
        """An element string that names item and serial, whatever the unit's own label looks like."""
        return element_string(self._items[item].gtins[0], serial=serial)

    def document(
        self,
        number: str,
        way: Way,
        *,
        between: Mapping[int, Callable[[], None]] | None = None,
        last: int | None = None,
    ) -> None:
        """Opens a document and scans its goods the given way; after the k-th goods does ``between[k]``.

        *last* leaves out the goods after that one: a short delivery.
        """
        self.scan(number, "document_opened")
        for place, goods in enumerate(self.goods[number][:last], start=1):
            way(self, goods) if goods.serial else quantity(self, goods)
            if between and place in between:
                between[place]()

    def unit(self, item: str, *, status: tuple[str, ...] = (), flag: str = "") -> str:
        """The serial number of a unit of an item in one of these statuses, with this flag or without any."""
        for unit in self.site.units:
            if (
                unit.item == item
                and (not status or unit.status in status)
                and unit.flags == ((flag,) if flag else ())
            ):
                return unit.serial
        raise ValueError(f"the sample has no {item} that is {flag} and {' or '.join(status) or 'anything'}")

    def parts(self, goods: Goods) -> tuple[str, str, str]:
        """The same label printed as three symbols: item, date and lot, serial."""
        gtin = element_string(self._items[goods.item].gtins[0])
        return (
            gtin,
            element_string("", lot=goods.lot, expiry=goods.expiry),
            element_string("", serial=goods.serial),
        )


def escaped(text: str) -> str:
    r"""*text* as a script line writes it: backslashes doubled, control characters as ``\xNN``."""
    return "".join(
        f"\\x{ord(char):02x}" if ord(char) < ord(" ") else char for char in text.replace("\\", "\\\\")
    )


def whole(code: str) -> Way:
    """Units whose label is one symbol, each answered with *code*."""

    def scan(script: Script, goods: Goods) -> None:
        script.scan(script.label(goods), code)

    return scan


def quantity(script: Script, goods: Goods) -> None:
    """A lot or an untracked item: its label, then how many."""
    script.scan(script.label(goods))
    script.command(f"quantity {goods.quantity}")


def split(code: str) -> Way:
    """Units whose label is split over several symbols, read in another order each time.

    The symbol with item, date and lot is the same on every carton, and a person needs a moment between two.
    """
    count = 0

    def scan(script: Script, goods: Goods) -> None:
        nonlocal count
        count += 1
        script.line(PAUSE)
        gtin, lot_and_date, serial = script.parts(goods)
        item_lot_date = gtin + lot_and_date.removeprefix(GS1_128)
        if count % 3 == 0:
            script.burst([serial, lot_and_date, gtin], code)
        elif count % 3 == 1:
            script.scan(item_lot_date)
            script.scan(serial, code)
        else:
            script.scan(serial)
            script.scan(item_lot_date, code)

    return scan
