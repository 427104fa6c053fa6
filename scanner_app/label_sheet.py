"""Writes a sheet of labels that any printer prints and any scanner reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scanner_app import label_drawing
from scanner_app.label_layout import pages_of
from scanner_app.labels import Label, LabelError


def write_sheet(labels: Sequence[Label], path: Path, title: str = "") -> list[Path]:
    """Writes the sheet as ``.html``, ``.svg``, ``.pdf`` or ``.png``, and returns the files written.

    SVG and PNG are one file a page: the first is *path*, then ``NAME-2.png`` and so on.
    Raises :class:`LabelError` for another suffix, for no labels, for a text that fits no label, for PDF and
    PNG where Pillow is missing; OSError where it cannot write.
    """
    pages = pages_of(labels, title)
    if not pages:
        raise LabelError("there are no labels to print")
    suffix = path.suffix.lower()
    if suffix in {".html", ".htm"}:
        path.write_text(label_drawing.html(pages, title), encoding="utf-8")
        return [path]
    if suffix == ".svg":
        written = _page_paths(path, len(pages))
        for page, one in zip(pages, written, strict=True):
            one.write_text(label_drawing.svg(page), encoding="utf-8")
        return written
    if suffix == ".pdf":
        label_drawing.write_pdf(pages, path)
        return [path]
    if suffix == ".png":
        written = _page_paths(path, len(pages))
        for page, one in zip(pages, written, strict=True):
            label_drawing.write_png(page, one)
        return written
    raise LabelError(f"{path.name} has no ending that says how to print it: use .html, .svg, .pdf or .png")


def _page_paths(path: Path, pages: int) -> list[Path]:
    return [
        path if number == 1 else path.with_stem(f"{path.stem}-{number}") for number in range(1, pages + 1)
    ]
