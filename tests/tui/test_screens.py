"""Every kind of screen at the four sizes: what is needed is there, uncut, where it belongs."""

from __future__ import annotations

from itertools import pairwise

import pytest
from textual.strip import Strip

from scanner_app.tui.app import ScannerScreens
from scanner_app.tui.canvas import Canvas
from scanner_app.tui.layout import bands
from scanner_app.tui.settings import ScreenSettings
from tests.tui import views
from tests.tui.fake_port import FakePort

SIZES = [(40, 20), (60, 50), (80, 24), (132, 43)]

NEEDED: dict[str, dict[str, list[str]]] = {
    "received": {
        "top": ["RECEIVING", "PO-4711", "● online", "0 ↑"],
        "prompt": ["Scan the SERIAL", "PUMP-100  Dosing pump, rev C"],
        "count": ["line 1 of 3", "next: MOTOR-7", "╺┓ ╺━┓  ╱╻ ╻┏━┓"],
        "banner": [
            "┌─",
            "✓ RECEIVED",
            "SN-004712",
            "lot 26-114 · expires 2028-10",
            "confirmed here · cache 2 min old",
        ],
        "history": ["✓ SN-004711", "14:02:11", "! SN-004709  not on the notice", "↺ SN-004708"],
        "hint": ["F1 help · hold the label flat", "2 min"],
        "keys": ["F2", "UNDO", "F3", "LIST", "F4", "DONE", "F5", "MORE"],
    },
    "stop": {
        "top": ["SHIPPING", "SO-3004", "○ OFFLINE", "37 ↑"],
        "prompt": ["Not this one: put it aside"],
        "banner": [
            "╔═",
            "✖ ALREADY SHIPPED",
            "PUMP-100  SN-004712",
            "by Ida, dock 2, today 09:14",
            "on SO-2998 for North Ltd",
            "2 scans waiting behind this",
        ],
        "hint": ["cache 14 min"],
        "keys": ["ENTER", "I HAVE IT", "F9", "SUPERVISOR"],
    },
    "note": {
        "banner": ["! NOT ON THE SUPPLIER'S NOTICE", "SN-004713", "taken, the office is told"],
        "prompt": ["Scan the SERIAL"],
        "keys": ["UNDO"],
    },
    "repeat": {"banner": ["= SAME LABEL AGAIN", "SN-004712"]},
    "complete": {
        "banner": ["★★★★★★★★★", "PO-4711 COMPLETE", "40 of 40 received"],
        "count": ["╻ ╻┏━┓  ╱╻ ╻┏━┓"],
    },
    "home": {
        "top": ["HAM · dock 2", "Ida", "●", "0 ↑"],
        "prompt": ["Scan anything", "an order opens it, a unit shows it"],
        "count": ["▶ PO-4711 receiving, 12 of 40, yours"],
        "all": ["1 Receive", "5 Move", "9 More"],
    },
    "look_up": {
        "top": ["LOOK-UP", "back: PO-4711 (F3)", "○", "4 ↑"],
        "all": [
            "PUMP-100 · SN-004712 · rev C",
            "SHIPPED to North Ltd, SO-2998",
            "inside: 3 parts  F6   in: -",
            "history: 7 events F7",
        ],
    },
    "pin": {"prompt": ["Type your PIN", "Ida"], "count": ["▸ ▁", "ENTER"]},
    "build": {
        "prompt": ["Scan a VALVE-9 for position B", "in G-0001"],
        "count": ["A MOTOR-7   ✓ M7-00001", "B VALVE-9   ▢ scan now", "C SEAL-KIT  ▢ lot, 1"],
    },
}


def strips(app: ScannerScreens) -> list[Strip]:
    canvas = app.query_one(Canvas)
    return [canvas.render_line(y) for y in range(canvas.size.height)]


def rows(app: ScannerScreens) -> list[str]:
    return [strip.text for strip in strips(app)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_what_is_needed_is_where_it_belongs(size: tuple[int, int]) -> None:
    port = FakePort(views.HOME)
    app = ScannerScreens(port)
    async with app.run_test(size=size) as pilot:
        for name, parts in NEEDED.items():
            port.show(views.ALL[name])
            await pilot.pause()
            assert all(strip.cell_length == size[0] for strip in strips(app))
            assert_shown(rows(app), name, parts, size[1])


def assert_shown(shown: list[str], name: str, parts: dict[str, list[str]], height: int) -> None:
    assert len(shown) == height
    for part, texts in parts.items():
        band = None if part == "all" else getattr(bands(height), part)
        text = "\n".join(shown if band is None else shown[band.top : band.end])
        for needed in texts:
            assert needed in text, f"{name}: {needed!r} is not in {part}:\n" + "\n".join(shown)


def test_the_smallest_screen_has_exactly_the_rows_that_were_agreed() -> None:
    parts = bands(20)
    order = ("top", "prompt", "count", "banner", "history", "hint", "keys")
    firsts_and_lasts = [(getattr(parts, name).top + 1, getattr(parts, name).end) for name in order]
    assert firsts_and_lasts == [(1, 1), (2, 3), (4, 6), (7, 13), (14, 17), (18, 18), (19, 20)]


@pytest.mark.parametrize("height", range(12, 70))
def test_parts_never_overlap_or_leave_the_screen(height: int) -> None:
    parts = bands(height)
    order = [parts.top, parts.prompt, parts.count, parts.banner, parts.history, parts.hint, parts.keys]
    for above, below in pairwise(order):
        assert above.rows >= 0
        assert above.end <= below.top
    assert parts.keys.end == height
    assert parts.banner.rows >= 3


async def test_glyphs_have_twins_for_poor_fonts() -> None:
    for view in (views.RECEIVED, views.STOP, views.COMPLETE, views.HOME, views.BUILD):
        app = ScannerScreens(FakePort(view), ScreenSettings(ascii_glyphs=True))
        async with app.run_test(size=(40, 20)) as pilot:
            await pilot.pause()
            assert all(row.isascii() for row in rows(app)), rows(app)


async def test_a_screen_that_is_too_small_says_so_and_still_shows_a_stop() -> None:
    app = ScannerScreens(FakePort(views.STOP))
    async with app.run_test(size=(24, 8)) as pilot:
        await pilot.pause()
        assert "40x20" in "\n".join(rows(app))
        assert "ALREADY SHIPPED" in "\n".join(rows(app))
