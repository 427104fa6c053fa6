"""The list of what others are at work on: each in a row of its own, whole on the smallest screen."""

from __future__ import annotations

import pytest

from scanner_app.tui.local import Local
from scanner_app.tui.paint.screen import paint
from scanner_app.view import Banner, MenuLine, ScreenView


def view(count: int, banner: Banner | None = None) -> ScreenView:
    return ScreenView(
        prompt="Which task?",
        banner=banner,
        menu=tuple(
            MenuLine(
                key=str(n),
                label=f"PO-471{n} receiving, Anna, Dock {n}",
                command=f"take_over D-1/receiving/{n}",
                wide=True,
            )
            for n in range(1, count + 1)
        ),
    )


@pytest.mark.parametrize("count", [1, 4, 9])
@pytest.mark.parametrize("size", [(40, 20), (80, 24)])
def test_every_task_has_its_row_its_digit_and_its_touch(count: int, size: tuple[int, int]) -> None:
    picture = paint(view(count), Local(), *size)
    for n in range(1, count + 1):
        (at,) = [
            y for y, text in enumerate(picture.text()) if f" {n} PO-471{n} receiving, Anna, Dock {n}" in text
        ]
        assert picture.touched(5, at) == f"take_over D-1/receiving/{n}"


def test_with_an_answer_on_the_screen_the_first_ones_stay() -> None:
    picture = paint(view(9, Banner(level="ok", word="TASKS OF OTHERS")), Local(), 40, 20)
    shown = [text for text in picture.text() if "receiving, Anna" in text]
    assert len(shown) >= 4
    assert [f" {n} PO-471{n}" in text for n, text in enumerate(shown, 1)] == [True] * len(shown)
    assert any("TASKS OF OTHERS" in text for text in picture.text())
