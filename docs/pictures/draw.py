"""Draws the pictures of the screens: ``python docs/pictures/draw.py``. The same painter as on the handheld."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from scanner_app.tui.local import Local  # noqa: E402
from scanner_app.tui.look import LOOKS, Look  # noqa: E402
from scanner_app.tui.paint.screen import paint  # noqa: E402
from scanner_app.tui.picture import Picture  # noqa: E402
from scanner_app.view import ScreenView  # noqa: E402
from tests.tui import views  # noqa: E402
from tracking.printable import cells  # noqa: E402

CELL_X, CELL_Y = 10, 20
PICTURES: dict[str, tuple[ScreenView, str, int, int]] = {
    "receiving-40x20": (views.RECEIVED, "sun", 40, 20),
    "stop-40x20": (views.STOP, "sun", 40, 20),
    "start-40x20": (views.HOME, "sun", 40, 20),
    "receiving-night-80x24": (views.RECEIVED, "night", 80, 24),
}


def svg(picture: Picture, look: Look) -> str:
    """The picture as an SVG that needs nothing but a monospaced font."""
    width = sum(cells(span.text) for span in picture.rows[0]) * CELL_X
    height = len(picture.rows) * CELL_Y
    font = 'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="16"'
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" {font}>']
    for y, row in enumerate(picture.rows):
        x = 0
        for span in row:
            pair, columns = look[span.style], cells(span.text)
            place = f'x="{x * CELL_X}" y="{y * CELL_Y}" width="{columns * CELL_X}" height="{CELL_Y + 1}"'
            lines.append(f'<rect {place} fill="{pair.bg}"/>')
            if span.text.strip():
                weight = ' font-weight="bold"' if pair.bold else ""
                lines.append(
                    f'<text x="{x * CELL_X}" y="{y * CELL_Y + 15}" textLength="{columns * CELL_X}" '
                    f'xml:space="preserve" fill="{pair.fg}"{weight}>{escape(span.text)}</text>'
                )
            x += columns
    return "\n".join([*lines, "</svg>", ""])


def drawn(name: str) -> str:
    """One picture by its name."""
    view, theme, width, height = PICTURES[name]
    local = Local(theme=theme, clock="14:02", cache_age_s=view.cache_age_s)
    return svg(paint(view, local, width, height), LOOKS[theme])


if __name__ == "__main__":
    for name in PICTURES:
        (HERE / f"{name}.svg").write_text(drawn(name), encoding="utf-8")
