"""Codes as dark and light modules: Code 128 by python-barcode, QR by segno, Data Matrix and GS1 QR by zxing-cpp."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.driver import DriverError
from drivers.printing.template import Code, TemplateError, code_text, gs1_parts

Modules = tuple[str, ...]
"""Rows of ``1`` (dark) and ``0`` without the quiet zone; a linear symbol has one row."""

QUIET = {"code128": 10, "gs1-128": 10, "qr": 4, "gs1-qr": 4, "datamatrix": 2, "gs1-datamatrix": 2}
"""Modules of white that each kind needs around it. Data Matrix asks for 1; printers smear."""

AIM = {
    "code128": "]C0", "gs1-128": "]C1", "qr": "]Q1", "gs1-qr": "]Q3",
    "datamatrix": "]d1", "gs1-datamatrix": "]d2",
}  # fmt: skip
"""The identifier that a scanner gives for each kind."""

CODE_CHARS_MAX = 300


def modules_of(code: Code, values: Mapping[str, str]) -> Modules:
    """The symbol of one code. Raises :class:`TemplateError` for a text that the symbol cannot hold."""
    text = code_text(code, values)
    if not text:
        raise TemplateError(f"a {code.kind} of this label would be empty")
    if len(text) > CODE_CHARS_MAX:
        raise TemplateError(
            f"a {code.kind} of more than {CODE_CHARS_MAX} characters cannot be read from a label"
        )
    if code.kind in {"code128", "gs1-128"}:
        return _code128(text, gs1=code.kind == "gs1-128")
    if code.kind == "qr":
        import segno

        return tuple(
            "".join("1" if dark else "0" for dark in row) for row in segno.make_qr(text, error="m").matrix
        )
    if code.kind == "datamatrix":
        return _by_zxing(text, "DataMatrix", gs1=False)
    name = "QRCode" if code.kind == "gs1-qr" else "DataMatrix"
    return _by_zxing(_bracketed(code, values), name, gs1=True)


def _code128(text: str, *, gs1: bool) -> Modules:
    from barcode.codex import Code128, Gs1_128
    from barcode.errors import BarcodeError

    if not text.replace("\x1d", "").isascii() or not text.replace("\x1d", "").isprintable():
        raise TemplateError(
            "a Code 128 holds plain letters, digits and signs only; use a Data Matrix or QR code"
        )
    if "\x1d" in text and not gs1:
        raise TemplateError("a separator needs a GS1 code")
    try:
        symbol = Gs1_128(text.replace("\x1d", Gs1_128.FNC1_CHAR)) if gs1 else Code128(text)
        return (str(symbol.build()[0]),)
    except BarcodeError as error:
        raise TemplateError(f"a Code 128 cannot hold this: {error}") from error


def _bracketed(code: Code, values: Mapping[str, str]) -> str:
    """GS1 data as zxing-cpp takes it, with the identifiers in brackets."""
    if isinstance(code.data, str):
        raise TemplateError(f"a {code.kind} is a list of application identifiers with their values")
    text = ""
    for part, whole in gs1_parts(code.data, values):
        identifier = part[: len(part) - len(part.lstrip("0123456789"))]
        if not 2 <= len(identifier) <= 4:
            raise TemplateError(f"{part!r} does not begin with an application identifier")
        value = whole[len(identifier) :]
        if set("()\\") & set(value):
            raise TemplateError("a value with brackets cannot be drawn in this GS1 code; use gs1-128")
        text += f"({identifier}){value}"
    return text


def _by_zxing(text: str, name: str, *, gs1: bool) -> Modules:
    try:
        import numpy
        import zxingcpp
    except ImportError as error:
        raise DriverError(
            "This label cannot be drawn", "zxing-cpp is missing", "run: pip install zxing-cpp"
        ) from error
    try:
        made = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str(name), gs1=gs1)
        drawn = numpy.array(made.to_image(scale=1, add_quiet_zones=False))
    except (ValueError, RuntimeError) as error:
        raise TemplateError(f"a {name} cannot hold this: {error}") from error
    return tuple("".join("0" if light else "1" for light in row) for row in drawn)
