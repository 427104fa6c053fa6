"""Draws the pictures of the screens: ``python docs/pictures/draw.py``. The same painter as on the handheld.

Every screen of the catalogue (``tests/screens``) is drawn in English into ``screens/``, those that the operator's guide
shows in every language, ``NAME.de.svg``; a few more, for the README, beside this file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from scanner_app.tui.finder import CAPTION_ROWS, pixels  # noqa: E402
from scanner_app.tui.local import Local  # noqa: E402
from scanner_app.tui.look import LOOKS, Look  # noqa: E402
from scanner_app.tui.paint.screen import paint  # noqa: E402
from scanner_app.tui.picture import Picture, Row, Span, centred  # noqa: E402
from scanner_app.view import ScreenView  # noqa: E402
from tests.screens import stage  # noqa: E402
from tests.screens.sights import sight  # noqa: E402
from tests.tui import views  # noqa: E402
from tracking.catalogue import LANGUAGES, word  # noqa: E402
from tracking.printable import cells  # noqa: E402

SCREENS = HERE / "screens"
COLUMNS, ROWS = 40, 20
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
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" {font}>',
        f'<rect width="{width}" height="{height}" fill="{look["plain"].bg}"/>',
    ]
    for y, row in enumerate(picture.rows):
        lines += _row(row, y * CELL_Y, look)
    return "\n".join([*lines, "</svg>", ""])


def camera(name: str, look: Look, language: str) -> str:
    """What the camera sees, two pixels a cell, over its row of words."""
    grid = pixels(sight(name), COLUMNS, ROWS - CAPTION_ROWS)
    words = Span(centred(word("camera_aim", language), COLUMNS), "bar")
    rows: list[Row] = [(Span(" " * COLUMNS, "plain"),)] * (ROWS - CAPTION_ROWS)
    *head, end, _ = svg(Picture((*rows, (words,)), ()), look).split("\n")
    high = CELL_Y // 2
    dots = []
    for y, line in enumerate(grid):
        start = 0
        for x in range(1, COLUMNS + 1):
            if x == COLUMNS or line[x] != line[start]:
                fill = "#{:02x}{:02x}{:02x}".format(*line[start])
                size = f'width="{(x - start) * CELL_X}" height="{high + 1}"'
                dots.append(f'<rect x="{start * CELL_X}" y="{y * high}" {size} fill="{fill}"/>')
                start = x
    at = next(place for place, text in enumerate(head) if text.startswith("<rect")) + 1
    return "\n".join([*head[:at], *dots, *head[at:], end, ""])


def _row(row: Row, y: int, look: Look) -> Iterator[str]:
    x = 0
    for span in row:
        pair, columns = look[span.style], cells(span.text)
        if pair.bg != look["plain"].bg:
            size = f'width="{columns * CELL_X}" height="{CELL_Y + 1}"'
            yield f'<rect x="{x * CELL_X}" y="{y}" {size} fill="{pair.bg}"/>'
        text = span.text.rstrip(" ")
        if text.lstrip(" "):
            weight = ' font-weight="bold"' if pair.bold else ""
            shown = text.lstrip(" ")
            left = x + cells(text) - cells(shown)
            yield (
                f'<text x="{left * CELL_X}" y="{y + 15}" textLength="{cells(shown) * CELL_X}" '
                f'xml:space="preserve" fill="{pair.fg}"{weight}>{escape(shown)}</text>'
            )
        x += columns


def drawn(name: str) -> str:
    """One of the README's pictures by its name."""
    view, theme, width, height = PICTURES[name]
    local = Local(theme=theme, clock="14:02", cache_age_s=view.cache_age_s)
    return svg(paint(view, local, width, height), LOOKS[theme])


def screens() -> Iterator[tuple[str, str]]:
    """Name and SVG of every screen of the catalogue, and of the guide's in the other languages."""
    for language in LANGUAGES:
        for path in stage.scripts():
            for shown in stage.reached(path, language):
                if language == "en" or shown.main:
                    name = shown.name if language == "en" else f"{shown.name}.{language}"
                    look = LOOKS[shown.local.theme]
                    if shown.camera:
                        yield name, camera(shown.camera, look, language)
                    else:
                        yield name, svg(paint(shown.view, shown.local, COLUMNS, ROWS), look)


def names() -> set[str]:
    """The names that :func:`screens` draws, without drawing or playing anything."""
    marks = [mark for path in stage.scripts() for mark in stage.read(path).marks()]
    others = {f"{mark.name}.{language}" for mark in marks if mark.main for language in LANGUAGES[1:]}
    return {mark.name for mark in marks} | others


def gallery() -> str:
    """The page with every screen, in the order of the scripts that lead to them."""
    parts = [
        "# Screens",
        "",
        "Every screen of the handheld at 40x20, drawn by `python docs/pictures/draw.py` with the",
    ]
    parts += ["longest names and numbers. What to do with them is in [the guide](operator-guide.md)."]
    for path in stage.scripts():
        marks = [mark.name for mark in stage.read(path).marks()]
        parts += ["", f"## {path.stem.replace('_', ' ').capitalize()}", ""]
        parts.append(path.read_text("utf-8").splitlines()[0].removeprefix("# "))
        parts += [f"\n`{name}`\n\n![{name}](pictures/screens/{name}.svg)" for name in marks]
    return "\n".join([*parts, ""])


if __name__ == "__main__":
    (HERE.parent / "screens.md").write_text(gallery(), encoding="utf-8")
    for name in PICTURES:
        (HERE / f"{name}.svg").write_text(drawn(name), encoding="utf-8")
    SCREENS.mkdir(exist_ok=True)
    for path in SCREENS.glob("*.svg"):
        if path.stem not in names():
            path.unlink()
    for name, text in screens():
        (SCREENS / f"{name}.svg").write_text(text, encoding="utf-8")
