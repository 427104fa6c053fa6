"""One look at one picture with zxing-cpp. Whatever goes wrong in it is a miss of this look, nothing more."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

from drivers.camera.libraries import library
from drivers.camera.symbol import Symbol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drivers.camera.views import View

_LOG = logging.getLogger(__name__)

HANDHELD_FORMATS = (
    *("Code128", "Code39", "Code93", "Codabar", "ITF", "EAN13", "EAN8", "UPCA", "UPCE", "DataBar"),
    *("QRCode", "DataMatrix", "PDF417", "Aztec"),
)
"""What is printed on goods, papers and badges: what a live camera looks for. By zxing-cpp's names."""

LINEAR_FORMATS = (
    *("Code128", "Code39", "Code93", "Codabar", "ITF", "EAN13", "EAN8", "UPCA", "UPCE", "DataBar"),
)
"""Those that must lie nearly level to be read; the others are found at any angle."""

TEXT_BYTES_MAX = 16_384

_NAMES = {
    "EAN13": "EAN-13",
    "EAN8": "EAN-8",
    "UPCE": "UPC-E",
    "UPCA": "UPC-A",
    "AztecCode": "Aztec",
    "RMQRCode": "rMQRCode",
    "Code39Std": "Code39",
    "Code39Ext": "Code39",
    "DataBarOmni": "DataBar",
    "DataBarStk": "DataBar",
    "DataBarStkOmni": "DataBar",
    "DataBarExp": "DataBar Expanded",
    "DataBarExpStk": "DataBar Expanded",
    "DataBarLtd": "DataBar Limited",
    "TelepenAlpha": "Telepen",
    "TelepenNumeric": "Telepen",
    "QRCodeModel1": "QRCode",
    "QRCodeModel2": "QRCode",
    "CompactPDF417": "PDF417",
    "ITF14": "ITF",
    "ISBN": "EAN-13",
}


def look(
    view: View, formats: tuple[str, ...] = (), *, thorough: bool = True, global_threshold: bool = False
) -> list[Symbol]:
    """The symbols in a view, at their places in the whole picture.

    ``formats`` by zxing-cpp's names, none for all. ``thorough`` also tries turned by 90 degrees, smaller and light
    on dark: three to four times the time.
    """
    zxing = library("zxingcpp")
    binarizer = zxing.Binarizer.GlobalHistogram if global_threshold else zxing.Binarizer.LocalAverage
    try:
        found = zxing.read_barcodes(
            view.image,
            formats=_formats(formats),
            try_rotate=thorough,
            try_downscale=thorough,
            try_invert=thorough,
            text_mode=zxing.TextMode.Plain,
            binarizer=binarizer,
        )
        return [symbol_of(one, view) for one in found if one.bytes]
    except (RuntimeError, ValueError) as error:
        _LOG.warning("a look at a picture failed: %s", error)
        return []


@cache
def _formats(names: tuple[str, ...]) -> Any:
    zxing = library("zxingcpp")
    if not names:
        return zxing.BarcodeFormats([])
    return zxing.barcode_formats_from_str(",".join(names))


def symbol_of(found: Any, view: View) -> Symbol:
    """A symbol from zxing-cpp's own object."""
    raw = bytes(found.bytes)[:TEXT_BYTES_MAX]
    corners = found.position
    four = (corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left)
    return Symbol(
        raw=raw,
        text=_text(raw, found.text),
        symbology=_NAMES.get(found.format.name, found.format.name),
        symbology_id=found.symbology_identifier,
        position=view.in_picture((one.x, one.y) for one in four),
    )


def _text(raw: bytes, said: str) -> str:
    # zxing-cpp guesses a character set where the symbol names none, and takes "äö" for Japanese.
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return said


def format_names(wanted: Iterable[str]) -> tuple[str, ...]:
    """The names that zxing-cpp knows among ``wanted``. Raises ``ValueError`` for one that it does not."""
    names = tuple(wanted)
    _formats(names)
    return names
