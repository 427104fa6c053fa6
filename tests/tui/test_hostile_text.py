"""Text that attacks goes through every part of every screen, and nothing of it reaches the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner_app.tui.canvas import Canvas
from scanner_app.tui.local import Local
from scanner_app.tui.look import SUN
from scanner_app.tui.paint.pages import PAGE_KEYS
from scanner_app.tui.paint.screen import paint
from scanner_app.tui.picture import Picture
from scanner_app.view import Banner, HistoryLine, MenuLine, ScreenView, SoftKey
from tests.tui.hostile import HOSTILE_BYTES
from tracking.printable import cells

HOSTILE_TEXTS = [raw.decode("utf-8", "replace") for raw in HOSTILE_BYTES] + [
    raw.decode("utf-8", "surrogateescape") for raw in HOSTILE_BYTES
]
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
SIZES = [(40, 20), (30, 12), (132, 43)]


def everywhere(text: str, workflow: str, level: str) -> ScreenView:
    """A view with the text in each of its fields."""
    lines = tuple(HistoryLine(level=kind, text=text, detail=text, time=text) for kind in ("ok", "note", text))
    return ScreenView(
        site=text,
        device=text,
        place=text,
        operator=text,
        link=text,
        workflow=workflow,
        task=text,
        document=text,
        detour=text,
        prompt=text,
        prompt_more=f"{text}\n{text}",
        line_text=text,
        next_text=text,
        banner=Banner(level=level, word=text, do=text, lines=(text,) * 9),
        stopped=level == "stop",
        history=lines,
        hint=text,
        soft_keys=tuple(SoftKey(key=text, label=text, command=text) for _ in range(5)),
        menu=tuple(MenuLine(key=text, label=text, command=text) for _ in range(12)),
        tasks=(MenuLine(key="f4", label=text, command="workflow receiving"),),
        help=(text, text),
    )


def pictures(text: str) -> Iterator[tuple[Picture, int, int]]:
    for width, height in SIZES:
        for workflow, level in (("home", "stop"), ("receiving", "ok"), ("look_up", "complete"), (text, text)):
            view = everywhere(text, workflow, level)
            for page in ("", *PAGE_KEYS):
                local = Local(page=page, entry=text, refused=1, refused_last=text, clock=text)
                yield paint(view, local, width, height), width, height
            asked = msgspec.structs.replace(view, wants_text=True, banner=None, progress=(1, 10**9))
            yield paint(asked, Local(entry=text), width, height, ascii_glyphs=True), width, height


def assert_harmless(text: str) -> None:
    canvas = Canvas(SUN)
    for picture, width, height in pictures(text):
        assert len(picture.rows) == height
        canvas.show(picture)
        for y, shown in enumerate(picture.text()):
            assert not FORBIDDEN.search(shown)
            assert cells(shown) == width
            strip = canvas.render_line(y)
            assert strip.text == shown
            assert all(segment.control is None for segment in strip)


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
def test_known_attacks(text: str) -> None:
    assert_harmless(text)


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    for picture, width, _height in pictures(text):
        for shown in picture.text():
            assert not FORBIDDEN.search(shown)
            assert cells(shown) == width
        break


def test_the_canvas_lets_nothing_through_that_a_picture_should_not_hold() -> None:
    from scanner_app.tui.picture import Span

    canvas = Canvas(SUN)
    canvas.show(Picture(((Span("A\x1b[2J\x9b1m", "plain"),),)))
    assert not FORBIDDEN.search(canvas.render_line(0).text)


def test_markup_is_shown_as_it_is() -> None:
    view = everywhere("[@click=app.quit]x[/]", "receiving", "ok")
    assert "[@click=app.quit]x[/]" in paint(view, Local(), 40, 20).text()[7]
