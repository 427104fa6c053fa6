"""A label's text as dark and light modules: Code 128 and GS1-128 by python-barcode, QR by segno."""

from __future__ import annotations

from scanner_app.labels import GS, GS1_128, Label, LabelError

QR_CHARS_MAX = 300
"""A longer text makes a symbol too dense for a sheet."""

Modules = list[str]
"""Rows of ``1`` (dark) and ``0``; a linear symbol has one row. Without the quiet zone."""


def modules_of(label: Label) -> Modules:
    """The symbol of a label. Raises :class:`LabelError` for a text that does not fit."""
    if label.symbology == "qr":
        return _qr(label)
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
