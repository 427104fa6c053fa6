"""A picture in the words of a printer: ZPL, TSPL, ESC/POS. Nothing but dots is sent, so no value can be a command."""

from __future__ import annotations

import zlib
from base64 import b64encode
from binascii import crc_hqx
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL.Image import Image

Language = Literal["zpl", "tspl", "escpos"]

BAND_ROWS = 255
"""Rows in one band of ESC/POS: small printers have little memory."""


def packed(image: Image) -> tuple[int, bytes]:
    """Bytes in a row, and all rows; a set bit is a black dot, the highest bit the leftmost."""
    width, height = image.size
    row_bytes = (width + 7) // 8
    raw = image.convert("1").tobytes()
    padding = row_bytes * 8 - width
    mask = 0xFF << padding & 0xFF
    rows = bytearray(byte ^ 0xFF for byte in raw)
    for row in range(height):
        rows[(row + 1) * row_bytes - 1] &= mask
    return row_bytes, bytes(rows)


def encoded(image: Image, language: Language, *, dpi: int, copies: int = 1) -> bytes:
    """The job as it is sent."""
    if language == "zpl":
        return _zpl(image, copies)
    if language == "tspl":
        return _tspl(image, dpi, copies)
    return _escpos(image) * copies


def _zpl(image: Image, copies: int) -> bytes:
    """A graphic field, compressed as ``:Z64:`` (ZPL II programming guide, alternative data compression)."""
    row_bytes, rows = packed(image)
    body = b64encode(zlib.compress(rows, 9))
    check = f"{crc_hqx(body, 0):04X}".encode()
    size = len(rows)
    head = f"^XA^PW{image.width}^LL{image.height}^LH0,0^FO0,0^GFA,{size},{size},{row_bytes},".encode()
    return head + b":Z64:" + body + b":" + check + f"^FS^PQ{copies}^XZ\n".encode()


def _tspl(image: Image, dpi: int, copies: int) -> bytes:
    row_bytes, rows = packed(image)
    white_is_one = bytes(byte ^ 0xFF for byte in rows)
    width_mm, height_mm = (side * 25.4 / dpi for side in image.size)
    head = (
        f"SIZE {width_mm:.1f} mm,{height_mm:.1f} mm\r\nDIRECTION 1\r\nCLS\r\n"
        f"BITMAP 0,0,{row_bytes},{image.height},0,"
    )
    return head.encode() + white_is_one + f"\r\nPRINT 1,{copies}\r\n".encode()


def _escpos(image: Image) -> bytes:
    """Raster bands (``GS v 0``), then the paper is fed and cut."""
    row_bytes, rows = packed(image)
    job = bytearray(b"\x1b@")
    for start in range(0, image.height, BAND_ROWS):
        count = min(BAND_ROWS, image.height - start)
        job += b"\x1dv0\0" + row_bytes.to_bytes(2, "little") + count.to_bytes(2, "little")
        job += rows[start * row_bytes : (start + count) * row_bytes]
    return bytes(job + b"\x1bd\x03\x1dV\x42\0")
