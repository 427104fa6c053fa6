"""Runs pyzbar in a process of its own: zbar can abort the process that it lives in, and that must not be a handheld.

Standard input: width and height as two big-endian 32-bit numbers, then the grey bytes; standard output: the length of
a JSON list as one such number, then the list: ``[type, text, [[x, y], ...]]`` for each symbol. Ends with its input.
"""

from __future__ import annotations

import json
import struct
import sys

PIXELS_MAX = 1 << 26


def _found(pixels: bytes, width: int, height: int) -> list[tuple[str, str, list[tuple[int, int]]]]:
    from pyzbar.pyzbar import ZBarSymbol, decode

    try:
        # UPC-A comes as EAN-13. Other kinds are left to zxing-cpp: zbar tells no AIM id, and ITF by halves.
        found = decode((pixels, width, height), symbols=[ZBarSymbol.EAN13, ZBarSymbol.EAN8])
    except (
        ValueError
    ):  # a QR code of a set, and codes without a place, make pyzbar raise for the whole picture
        return []
    return [(one.type, one.data.decode("ascii", "replace"), _corners(one.rect)) for one in found]


def _corners(rect: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    left, top, width, height = rect
    return [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]


def main() -> None:
    """Answer pictures until there are no more."""
    given, answers = sys.stdin.buffer, sys.stdout.buffer
    while len(head := given.read(8)) == 8:
        width, height = struct.unpack(">II", head)
        if width * height > PIXELS_MAX:
            return
        pixels = given.read(width * height)
        answer = json.dumps(_found(pixels, width, height) if len(pixels) == width * height else []).encode()
        answers.write(struct.pack(">I", len(answer)) + answer)
        answers.flush()


if __name__ == "__main__":
    main()
