"""What the camera sees, on any terminal: two pixels a cell by the upper half block, the aim, and a box round what was
read.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from scanner_app.tui.canvas import painted
from scanner_app.tui.look import Pair
from scanner_app.tui.picture import centred, row

if TYPE_CHECKING:
    from drivers.camera.driver import Seen
    from drivers.camera.views import Gray

FRAMES_PER_S = 5
"""Enough to aim by, and little enough for a slow terminal line."""

CAPTION_ROWS = 1

SHADES = 16
"""Steps of grey. Fewer colours mean fewer bytes to the terminal."""

AIM, READ = (255, 196, 0), (0, 200, 83)
"""Colours of the aim and of the box, red, green, blue."""

AIM_PART = (0.67, 0.5)
"""The part of the picture, across and down, that is looked at first."""

Colour = tuple[int, int, int]
Pixels = list[list[Colour]]


def pixels(seen: Seen, columns: int, rows: int) -> Pixels:
    """The picture in ``columns`` by ``2 * rows`` pixels, as large as fits, with aim and boxes; black around it."""
    height, width = (int(side) for side in seen.gray.shape)
    scale = min(columns / width, 2 * rows / height)
    wide, high = max(1, int(width * scale)), max(1, int(height * scale))
    left, top = (columns - wide) // 2, (2 * rows - high) // 2
    picture: Pixels = [[(0, 0, 0)] * columns for _ in range(2 * rows)]
    for y in range(high):
        line = _averaged(seen.gray, y, wide, high)
        for x in range(wide):
            shade = int(line[x]) * SHADES // 256 * 255 // (SHADES - 1)
            picture[top + y][left + x] = (shade, shade, shade)
    aim_x, aim_y = (wide * (1 - AIM_PART[0]) / 2, high * (1 - AIM_PART[1]) / 2)
    _box(
        picture,
        (left + aim_x, top + aim_y, left + wide - 1 - aim_x, top + high - 1 - aim_y),
        AIM,
        corner=True,
    )
    for symbol in seen.symbols:
        xs = [left + x * scale for x, _ in symbol.position]
        ys = [top + y * scale for _, y in symbol.position]
        _box(picture, (min(xs), min(ys), max(xs), max(ys)), READ)
    return picture


def _averaged(gray: Gray, row: int, wide: int, high: int) -> list[float]:
    """One row of the picture at its small size: the mean of what each pixel stands for.

    A single one of so many would be a bar or a gap by chance, and the preview of a bar code a flicker.
    """
    height, width = (int(side) for side in gray.shape)
    top, below = row * height // high, max((row + 1) * height // high, row * height // high + 1)
    sums = [0.0, *gray[top:below].mean(axis=0).cumsum().tolist()]
    edges = [column * width // wide for column in range(wide + 1)]
    ends = [(left, max(right, left + 1)) for left, right in pairwise(edges)]
    return [(sums[right] - sums[left]) / (right - left) for left, right in ends]


def _box(
    picture: Pixels, sides: tuple[float, float, float, float], colour: Colour, *, corner: bool = False
) -> None:
    """A rectangle of one pixel's width; only its corners for the aim, so that it hides nothing."""
    across, down = len(picture[0]) - 1, len(picture) - 1
    x0, y0, x1, y1 = (round(side) for side in sides)
    x0, x1 = (min(across, max(0, x)) for x in (x0, x1))
    y0, y1 = (min(down, max(0, y)) for y in (y0, y1))
    reach_x, reach_y = ((x1 - x0) // 5, (y1 - y0) // 5) if corner else (x1 - x0, y1 - y0)
    for x in range(x0, x1 + 1):
        if min(x - x0, x1 - x) <= reach_x:
            picture[y0][x] = picture[y1][x] = colour
    for y in range(y0, y1 + 1):
        if min(y - y0, y1 - y) <= reach_y:
            picture[y][x0] = picture[y][x1] = colour


def strips(picture: Pixels) -> list[Strip]:
    """Rows of the terminal: the upper pixel is the half block, the lower one its background."""
    made = []
    for upper, lower in zip(picture[::2], picture[1::2], strict=True):
        segments: list[Segment] = []
        start = 0
        for x in range(1, len(upper) + 1):
            if x == len(upper) or (upper[x], lower[x]) != (upper[start], lower[start]):
                style = Style(color=_hex(upper[start]), bgcolor=_hex(lower[start]))
                segments.append(Segment("▀" * (x - start), style))
                start = x
        made.append(Strip(segments, len(upper)))
    return made


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def caption(text: str, colours: Pair, columns: int) -> Strip:
    """The row under the picture: what to do, and the way back."""
    style = Style(color=colours.fg, bgcolor=colours.bg, bold=colours.bold)
    return painted(row(centred(text, columns), columns), {"plain": style})


class Finder(Widget, can_focus=False):
    """Shows the newest picture while it is open, over one row of words."""

    DEFAULT_CSS = "Finder { display: none; width: 100%; height: 100%; }"

    def __init__(self, newest: Callable[[], Seen | None], words: Callable[[], tuple[str, Pair]]) -> None:
        """``newest`` gives the camera's newest picture, ``words`` the row under it and its colours."""
        super().__init__(markup=False)
        self._newest = newest
        self._words = words
        self._strips: list[Strip] = []
        self._shown: Seen | None = None
        self._timer: Timer | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return self._timer is not None

    def open(self) -> None:
        """Begin to show pictures."""
        if self._timer is None:
            self.display = True
            self._timer = self.set_interval(1 / FRAMES_PER_S, self._look)

    def close(self) -> None:
        """Give the screen back."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
            self.display = False

    def render_line(self, y: int) -> Strip:
        """One row of the picture, blank before the first; the last row says what to do."""
        if y == self.size.height - CAPTION_ROWS:
            return caption(*self._words(), self.size.width)
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width)

    def _look(self) -> None:
        seen = self._newest()
        width, height = self.size
        if seen is None or seen is self._shown or not width or height <= CAPTION_ROWS:
            return
        self._shown = seen
        self._strips = strips(pixels(seen, width, height - CAPTION_ROWS))
        self.refresh()
