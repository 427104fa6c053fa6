"""The one widget: shows a picture and repaints only the rows that changed."""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from scanner_app.tui.look import Look
from scanner_app.tui.picture import Picture, Row
from tracking.printable import cells, printable

STRIPS_MAX = 256
"""Rows that are remembered as strips. A scan moves most of the session list down by one, unchanged."""


def _safe(text: str) -> str:
    """The last gate before the terminal. Pictures are printable by construction; this makes sure."""
    return text if text.isprintable() else printable(text, None)


def painted(row: Row, styles: Mapping[str, Style]) -> Strip:
    """A row of text as the terminal shows it: the one door for text."""
    segments = [Segment(_safe(span.text), styles[span.style]) for span in row]
    return Strip(segments, sum(cells(span.text) for span in row))


class Canvas(Widget, can_focus=False, can_focus_children=False, inherit_bindings=False):
    """A picture on the screen. It has no layout: the picture says what is in which row."""

    ALLOW_SELECT = False

    class Resized(Message):
        """The canvas has another size and needs a picture of it."""

    def __init__(self, look: Look) -> None:
        super().__init__(markup=False)
        self._picture = Picture(())
        self._styles: dict[str, Style] = {}
        # The same row keeps its strip, and with it what Textual remembers of it.
        self._strips: dict[Row, Strip] = {}
        self._use(look)

    @property
    def picture(self) -> Picture:
        """What is shown."""
        return self._picture

    def recolour(self, look: Look) -> None:
        """Show everything in other colours."""
        self._use(look)
        self._strips.clear()
        self.refresh()

    def show(self, picture: Picture) -> None:
        """Show a picture."""
        before, self._picture = self._picture.rows, picture
        if len(before) != len(picture.rows):
            self.refresh()
            return
        changed = [y for y, (old, new) in enumerate(zip(before, picture.rows, strict=True)) if old != new]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def on_resize(self) -> None:
        """What is shown is of another size."""
        self.post_message(self.Resized())

    def render_line(self, y: int) -> Strip:
        """The row as the terminal shows it."""
        rows = self._picture.rows
        if y >= len(rows):
            return Strip.blank(self.size.width)
        strip = self._strips.get(rows[y])
        if strip is None:
            if len(self._strips) >= STRIPS_MAX:
                self._strips.clear()
            strip = self._strips[rows[y]] = painted(rows[y], self._styles)
        return strip

    def _use(self, look: Look) -> None:
        self._styles = {
            name: Style(color=pair.fg, bgcolor=pair.bg, bold=pair.bold) for name, pair in look.items()
        }
