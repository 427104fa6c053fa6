"""Which label stands where on sheets of A4. Sizes are in dots of 1/300 inch, which is what printers print.

Bars are whole dots wide, so that they stay sharp on paper and on the screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from scanner_app.label_symbols import SQUARES, Modules, modules_of
from scanner_app.labels import Label, LabelError
from tracking.printable import cut_middle, printable

DOTS_PER_INCH = 300
PAGE_WIDTH, PAGE_HEIGHT = 2480, 3508
MARGIN = 118
HEADER = 60
COLUMN = (PAGE_WIDTH - 2 * MARGIN) // 2
ROW = 396
ROWS_PER_PAGE = (PAGE_HEIGHT - 2 * MARGIN - HEADER) // ROW
LABELS_MAX = 10_000

TEXT = 38
"""Height of a line of words."""
CHAR_WIDTH = 0.6
"""Width of a letter, as part of the height; what is longer is cut in the middle."""
BAR_HEIGHT = 200
MODULE_DOTS = (4, 3)
"""Widths of a module, 0.34 and 0.25 mm: the first that fits is taken. Narrower is hard to read from paper."""
QUIET_MODULES = 10
QR_SIDE_MAX = 250
QR_QUIET_MODULES = 4


class Words(msgspec.Struct, frozen=True):
    """A line of text; *y* is its upper edge."""

    x: int
    y: int
    height: int
    text: str


class Symbol(msgspec.Struct, frozen=True):
    """A code: every row of modules is *row_dots* high, every module *module_dots* wide."""

    x: int
    y: int
    module_dots: int
    row_dots: int
    modules: Modules

    def bars(self) -> Iterator[tuple[int, int, int, int]]:
        """Dark rectangles: x, y, width, height."""
        for number, row in enumerate(self.modules):
            start = row.find("1")
            while start >= 0:
                end = row.find("0", start)
                end = len(row) if end < 0 else end
                x = self.x + start * self.module_dots
                yield x, self.y + number * self.row_dots, (end - start) * self.module_dots, self.row_dots
                start = row.find("1", end)


class Page(msgspec.Struct, frozen=True):
    """One side of paper."""

    words: list[Words]
    symbols: list[Symbol]


def pages_of(labels: Sequence[Label], title: str = "") -> list[Page]:
    """The labels in their order, two in a row where they are narrow enough. Raises :class:`LabelError`."""
    if len(labels) > LABELS_MAX:
        raise LabelError(
            f"{len(labels)} labels are too many for one sheet: name a document, {LABELS_MAX} fit"
        )
    pages: list[Page] = []
    row, column = ROWS_PER_PAGE, 0
    for label in labels:
        modules = modules_of(label)
        columns = 1 if _dots(label, modules, COLUMN) else 2
        if column + columns > 2:
            row, column = row + 1, 0
        if row >= ROWS_PER_PAGE:
            pages.append(Page([], []))
            row, column = 0, 0
        _place(pages[-1], label, modules, (column, columns, row))
        column += columns
    for number, page in enumerate(pages, start=1):
        heading = f"{printable(title)} · " if title else ""
        page.words.append(Words(MARGIN, MARGIN, TEXT, f"{heading}page {number} of {len(pages)}"))
    return pages


def _dots(label: Label, modules: Modules, width: int) -> int:
    """Dots a module where the symbol fits into *width* with its quiet zone, else 0."""
    if label.symbology in SQUARES:
        return max(MODULE_DOTS[-1], QR_SIDE_MAX // (len(modules) + QR_QUIET_MODULES))
    room = width // (len(modules[0]) + 2 * QUIET_MODULES)
    return next((dots for dots in MODULE_DOTS if dots <= room), 0)


def _place(page: Page, label: Label, modules: Modules, cell: tuple[int, int, int]) -> None:
    column, columns, row = cell
    x, y, width = MARGIN + column * COLUMN, MARGIN + HEADER + row * ROW, columns * COLUMN
    dots = _dots(label, modules, width)
    if not dots:
        raise LabelError(f"{label.human_readable} is too long for an A4 sheet: shorten it")
    letters = int(width / (TEXT * CHAR_WIDTH))
    square = label.symbology in SQUARES
    quiet = (QR_QUIET_MODULES if square else QUIET_MODULES) * dots
    symbol = Symbol(x + quiet, y + TEXT + 8, dots, dots if square else BAR_HEIGHT, modules)
    page.symbols.append(symbol)
    page.words.append(
        Words(x + quiet, y, TEXT, cut_middle(f"{label.kind.upper()} {label.title}", letters - 4))
    )
    below = symbol.y + symbol.row_dots * len(modules) + 8
    page.words.append(Words(x + quiet, below, TEXT, cut_middle(label.human_readable, letters - 4)))
