"""One label as the picture that a printer prints: a bit a dot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from drivers.driver import DriverError
from drivers.printing.symbols import AIM, QUIET, modules_of
from drivers.printing.template import Code, Line, Template, TemplateError, Words, code_text, filled

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

MM_PER_INCH = 25.4
CHAR_WIDTH = 0.62
"""Width of a letter as part of its height, to judge what fits before it is drawn."""


def rendered(template: Template, values: Mapping[str, str], dpi: int) -> Image:
    """The picture of a label at a printer's resolution, black (0) on white.

    Raises :class:`TemplateError` where a value is missing or a code does not fit, DriverError without Pillow.
    """
    try:
        from PIL import Image as Images
        from PIL import ImageDraw
    except ImportError as error:
        raise DriverError("Labels cannot be drawn", "Pillow is missing", "run: pip install pillow") from error
    size = _dots(template.width, dpi), _dots(template.height, dpi)
    image = Images.new("1", size, 1)
    draw = ImageDraw.Draw(image)
    for element in template.elements:
        if isinstance(element, Words):
            _write(draw, element, filled(element.text, values), dpi)
        elif isinstance(element, Line):
            x, y = _dots(element.x, dpi), _dots(element.y, dpi)
            right = x + max(1, _dots(element.width, dpi)) - 1
            draw.rectangle((x, y, right, y + max(1, _dots(element.height, dpi)) - 1), fill=0)
        else:
            _draw_code(draw, element, values, dpi, size)
    return image


def codes_of(template: Template, values: Mapping[str, str]) -> list[tuple[str, bytes]]:
    """AIM id and bytes of every code on the label, as a scanner will deliver them."""
    return [
        (AIM[element.kind], code_text(element, values).encode("utf-8"))
        for element in template.elements
        if isinstance(element, Code)
    ]


def _dots(millimetres: float, dpi: int) -> int:
    return round(millimetres * dpi / MM_PER_INCH)


def _draw_code(
    draw: ImageDraw, code: Code, values: Mapping[str, str], dpi: int, size: tuple[int, int]
) -> None:
    modules = modules_of(code, values)
    module = max(1, _dots(code.module, dpi))
    row = _dots(code.height, dpi) if len(modules) == 1 else module
    x, y = _dots(code.x, dpi), _dots(code.y, dpi)
    quiet = QUIET[code.kind] * module
    right, bottom = x + len(modules[0]) * module, y + len(modules) * row
    below = 0 if len(modules) == 1 else quiet
    if row < 1 or x < quiet or right + quiet > size[0] or y < below or bottom + below > size[1]:
        raise TemplateError(
            f"the {code.kind} does not fit on this label: shorten its text or make the label wider"
        )
    for number, line in enumerate(modules):
        top = y + number * row
        start = line.find("1")
        while start >= 0:
            end = line.find("0", start)
            end = len(line) if end < 0 else end
            draw.rectangle((x + start * module, top, x + end * module - 1, top + row - 1), fill=0)
            start = line.find("1", end)


def _write(draw: ImageDraw, words: Words, text: str, dpi: int) -> None:
    from PIL import ImageFont

    height, room = _dots(words.height, dpi), _dots(words.width, dpi)
    shown = "".join(character if character.isprintable() else "\N{MIDDLE DOT}" for character in text)
    fits = max(3, int(room / (height * CHAR_WIDTH)))
    if len(shown) > fits:
        half = (fits - 1) // 2
        shown = f"{shown[: fits - 1 - half]}\N{HORIZONTAL ELLIPSIS}{shown[len(shown) - half :]}"
    font = ImageFont.load_default(height)
    draw.text((_dots(words.x, dpi), _dots(words.y, dpi)), shown, font=font, fill=0)
