"""Draws pages of labels: as SVG, as an HTML page with SVG inside, and as pixels for PNG and PDF."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from scanner_app.label_layout import DOTS_PER_INCH, PAGE_HEIGHT, PAGE_WIDTH, Page
from scanner_app.labels import LabelError

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont, ImageFont

_FONT = "DejaVu Sans Mono,Liberation Mono,Consolas,Menlo,monospace"
_PAGE_STYLE = "@page{size:A4;margin:0}body{margin:0}svg{display:block;break-after:page}"


def svg(page: Page) -> str:
    """One page, 210 by 297 mm."""
    size = f'width="210mm" height="297mm" viewBox="0 0 {PAGE_WIDTH} {PAGE_HEIGHT}"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect width="100%" height="100%" fill="#fff"/>']
    for symbol in page.symbols:
        path = "".join(f"M{x} {y}h{width}v{height}h-{width}z" for x, y, width, height in symbol.bars())
        parts.append(f'<path shape-rendering="crispEdges" d="{path}"/>')
    parts += [
        f'<text x="{line.x}" y="{line.y + line.height * 4 // 5}" font-size="{line.height * 9 // 10}" '
        f'font-family="{_FONT}">{escape(line.text)}</text>'
        for line in page.words
    ]
    return "\n".join([*parts, "</svg>\n"])


def html(pages: list[Page], title: str) -> str:
    """All pages as one document that prints one page a sheet."""
    body = "".join(svg(page) for page in pages)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title or 'Labels')}</title><style>{_PAGE_STYLE}</style></head>"
        f"<body>\n{body}</body></html>\n"
    )


def write_png(page: Page, path: Path) -> None:
    """One page as a picture. Raises :class:`LabelError` without Pillow."""
    _image(page).save(path, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH), optimize=True)


def write_pdf(pages: list[Page], path: Path) -> None:
    """All pages. Raises :class:`LabelError` without Pillow."""
    images = [_image(page) for page in pages]
    images[0].save(path, "PDF", resolution=DOTS_PER_INCH, save_all=True, append_images=images[1:])


def _image(page: Page) -> Image:
    try:
        from PIL import Image as Images
        from PIL import ImageDraw
    except ImportError as error:
        raise LabelError("PNG and PDF need Pillow: install it, or write .html or .svg") from error
    # One bit a pixel: printers have no grey, and a grey edge makes a bar wider or narrower than it is.
    image = Images.new("1", (PAGE_WIDTH, PAGE_HEIGHT), 1)
    draw = ImageDraw.Draw(image)
    for symbol in page.symbols:
        for x, y, width, height in symbol.bars():
            draw.rectangle((x, y, x + width - 1, y + height - 1), fill=0)
    for line in page.words:
        draw.text((line.x, line.y), line.text, font=_font(line.height * 9 // 10), fill=0)
    return image


@cache
def _font(height: int) -> FreeTypeFont | ImageFont:
    from PIL import ImageFont

    return ImageFont.load_default(height)
