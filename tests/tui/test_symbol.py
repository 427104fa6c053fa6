"""The code on the screen: drawn cell by cell as a terminal shows it, and read by a decoder that knows nothing of us."""

from __future__ import annotations

import os

import pytest
from PIL import Image, ImageDraw, ImageFilter

from scanner_app.handing import pieces
from scanner_app.tui.local import Local
from scanner_app.tui.look import LOOKS
from scanner_app.tui.paint.screen import paint
from scanner_app.tui.picture import Picture
from scanner_app.view import ScreenView, SoftKey
from tracking import catalogue

zxingcpp = pytest.importorskip("zxingcpp")

CELL = (8, 16)
"""Pixels of a cell of the handheld's terminal."""
FULL = bytes(range(256)) * 2
"""Bytes that fill every code: no code is larger than these."""


def view(text: str, place: str = "1 of 8", language: str = "en") -> ScreenView:
    keys = (("f2", "key_reclaim", "take_back"), ("f3", "key_next", "more"), ("f4", "key_done", "done"))
    return ScreenView(
        language=language,
        symbol=text,
        symbol_of=place,
        prompt=catalogue.prompt("symbol", language),
        soft_keys=tuple(
            SoftKey(key=key, label=catalogue.word(label, language), command=command)
            for key, label, command in keys
        ),
    )


def drawn(picture: Picture, theme: str) -> Image.Image:
    """The picture as pixels: blocks as blocks, letters as bars, since they too stand beside the code."""
    look = LOOKS[theme]
    width = sum(len(span.text) for span in picture.rows[0])
    image = Image.new("RGB", (width * CELL[0], len(picture.rows) * CELL[1]))
    pen = ImageDraw.Draw(image)
    for y, row in enumerate(picture.rows):
        x = 0
        for span in row:
            pair = look[span.style]
            for character in span.text:
                left, top = x * CELL[0], y * CELL[1]
                right, low, middle = left + CELL[0] - 1, top + CELL[1] - 1, top + CELL[1] // 2
                pen.rectangle((left, top, right, low), fill=pair.bg)
                if character in "▀█":
                    pen.rectangle((left, top, right, middle - 1), fill=pair.fg)
                if character in "▄█":
                    pen.rectangle((left, middle, right, low), fill=pair.fg)
                if character.isalnum():
                    pen.rectangle((left + 2, top + 3, left + 4, low - 3), fill=pair.fg)
                x += 1
    return image


def read(image: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("theme", list(LOOKS))
@pytest.mark.parametrize("size", [(40, 20), (80, 24), (60, 50)])
def test_a_full_code_fits_the_smallest_screen_and_is_read_from_it(theme: str, size: tuple[int, int]) -> None:
    texts = pieces.cut((FULL * 2)[: pieces.BYTES_MAX])
    assert len(texts) == pieces.PIECES_MAX
    for text in texts:
        picture = paint(view(text), Local(theme=theme), *size)
        assert len(picture.rows) == size[1]
        assert read(drawn(picture, theme)) == [text]


def test_a_phone_reads_it_from_a_hand_that_is_not_still() -> None:
    """Small, turned, out of focus, on a dark table."""
    (text, *_) = pieces.cut(FULL[: pieces.BYTES_MAX])
    screen = drawn(paint(view(text), Local(theme="night"), 40, 20), "night")
    for scale, turn, blur in ((1.0, 7, 1.5), (0.6, -12, 0.8), (1.0, 90, 1.0), (1.6, 171, 2.0)):
        seen = screen.resize((round(screen.width * scale), round(screen.height * scale)))
        seen = seen.rotate(turn, expand=True, fillcolor=(40, 40, 40)).filter(ImageFilter.GaussianBlur(blur))
        assert read(seen) == [text], (scale, turn, blur)


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_words_and_keys_around_it_are_whole_in_every_language(language: str) -> None:
    (text,) = pieces.cut(b"x" * pieces.BYTES_A_PIECE)
    lines = paint(view(text, "8/8", language), Local(), 40, 20).text()
    assert catalogue.prompt("symbol", language) in lines[0]
    for name in ("key_reclaim", "key_next", "key_done"):
        assert catalogue.word(name, language) in lines[-1]
    assert "…" not in lines[0] + lines[-1]


def test_a_screen_too_small_for_it_says_so() -> None:
    (text,) = pieces.cut(b"x" * pieces.BYTES_A_PIECE)
    assert "40x20" in paint(view(text), Local(), 40, 18).text()[0]


def test_its_keys_can_be_touched() -> None:
    (text,) = pieces.cut(b"x" * pieces.BYTES_A_PIECE)
    for size in ((40, 20), (80, 24)):
        picture = paint(view(text), Local(), *size)
        touched = [picture.touched(x, size[1] - 1) for x in (1, size[0] // 2, size[0] - 2)]
        assert touched == ["take_back", "more", "done"]


@pytest.mark.skipif(not os.environ.get("SCANNER_LONG"), reason="SCANNER_LONG=1 reads many")
def test_every_length_is_read() -> None:
    for length in range(1, pieces.BYTES_A_PIECE + 1):
        for shift in range(8):
            (text,) = pieces.cut(bytes((value * 37 + shift) % 256 for value in range(length)))
            assert read(drawn(paint(view(text), Local(), 40, 20), "sun")) == [text]
