"""A label's text as dark and light modules: Code 128 and GS1-128 by python-barcode, QR by segno, the rest by zxing."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from scanner_app.labels import GS, GS1_128, Label, LabelError

GS1_DATA_MATRIX = "]d2"
"""AIM symbology identifier of a Data Matrix with GS1 elements."""

SQUARES = frozenset({"qr", "datamatrix"})
"""Symbols as high as they are wide."""

QR_CHARS_MAX = 300
"""A longer text makes a symbol too dense for a sheet."""

Modules = list[str]
"""Rows of ``1`` (dark) and ``0``; a linear symbol has one row. Without the quiet zone."""


def modules_of(label: Label) -> Modules:
    """The symbol of a label. Raises :class:`LabelError` for a text that does not fit."""
    if label.symbology == "qr":
        return _qr(label)
    if label.symbology == "datamatrix":
        return _data_matrix(label)
    from barcode.codex import Code128, Gs1_128

    if label.symbology == "code128":
        return [str(Code128(label.text).build()[0])]
    # A scanner tells of an FNC1 at the beginning by ]C1, and sends each further one as GS.
    data = label.text.removeprefix(GS1_128).replace(GS, Gs1_128.FNC1_CHAR)
    return [str(Gs1_128(data).build()[0])]


def _qr(label: Label) -> Modules:
    if len(label.text) > QR_CHARS_MAX:
        shown = f"{label.human_readable[:40]}…"
        raise LabelError(
            f"{shown} is longer than {QR_CHARS_MAX} characters, too long for a label: shorten it"
        )
    import segno

    code = segno.make_qr(label.text, error="m")
    return ["".join("1" if dark else "0" for dark in row) for row in code.matrix]


def can_draw_data_matrix() -> bool:
    """Whether the library for it is installed; it belongs to the hardware part."""
    return find_spec("zxingcpp") is not None


def _data_matrix(label: Label) -> Modules:
    """A GS1 Data Matrix of elements with identifiers of two digits and values of any length, ``]d2``."""
    import zxingcpp

    elements = label.text.removeprefix(GS1_DATA_MATRIX).split(GS)
    written = "".join(f"({element[:2]}){element[2:]}" for element in elements)
    code = zxingcpp.create_barcode(written, zxingcpp.BarcodeFormat.DataMatrix, gs1=True, force_square=True)
    picture: Any = code.to_image(scale=1, add_quiet_zones=False)
    rows: Any = memoryview(picture).tolist()
    return ["".join("0" if light else "1" for light in row) for row in rows]
