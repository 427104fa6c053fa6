"""A hand-over as texts of symbols, and back: small enough for a 40x20 screen, each one guarded by a check of its own.

A symbol of QR version 4 has 33 modules a side; with two modules in a row of the terminal it fits 20 rows beside a line
of words. It holds ``%CMD:TASK=`` as bytes and :data:`CHARS_MAX` characters of the alphanumeric mode behind it: base 32
(RFC 4648), since the letters and digits of it survive every keyboard layout and every case.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from tracking.site import COMMAND_PREFIX

PREFIX = f"{COMMAND_PREFIX}TASK="
CHARS_MAX = 97
PIECES_MAX = 8
"""Symbols of one hand-over: more, and nobody would scan them all."""
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_MARK_CHARS, _CHECK_CHARS = 4, 4
_HEAD_CHARS = _MARK_CHARS + 2
BYTES_A_PIECE = (CHARS_MAX - _HEAD_CHARS - _CHECK_CHARS) * 5 // 8
BYTES_MAX = BYTES_A_PIECE * PIECES_MAX


class Piece(NamedTuple):
    """One symbol: which hand-over it is of, and which part of it."""

    mark: str
    place: int
    total: int
    data: str


def _short(data: bytes, chars: int) -> str:
    """A check of so many base 32 digits."""
    value = zlib.crc32(data)
    return "".join(_DIGITS[value >> 5 * place & 31] for place in range(chars))


def cut(data: bytes) -> tuple[str, ...]:
    """The texts of the symbols for these bytes, at most :data:`BYTES_MAX` of them."""
    chunks = [data[at : at + BYTES_A_PIECE] for at in range(0, len(data), BYTES_A_PIECE)]
    assert 0 < len(chunks) <= PIECES_MAX, "the bundle was made to fit"
    mark = _short(data, _MARK_CHARS)
    texts = []
    for place, chunk in enumerate(chunks):
        body = mark + _DIGITS[place] + _DIGITS[len(chunks)] + base64.b32encode(chunk).decode().rstrip("=")
        texts.append(f"{PREFIX}{body}{_short(body.encode(), _CHECK_CHARS)}")
    return tuple(texts)


def piece_of(argument: str) -> Piece | None:
    """What stands behind the prefix, read; None where it is damaged."""
    text = argument.strip().upper()
    body, check = text[:-_CHECK_CHARS], text[-_CHECK_CHARS:]
    if not _HEAD_CHARS < len(body) <= CHARS_MAX or not set(body) <= set(_DIGITS):
        return None
    if _short(body.encode(), _CHECK_CHARS) != check:
        return None
    place, total = _DIGITS.index(body[_MARK_CHARS]), _DIGITS.index(body[_MARK_CHARS + 1])
    if not place < total <= PIECES_MAX:
        return None
    return Piece(body[:_MARK_CHARS], place, total, body[_HEAD_CHARS:])


def joined(mark: str, total: int, pieces: Mapping[int, str]) -> bytes:
    """The bytes of all pieces; empty where they do not make one whole."""
    try:
        data = b"".join(
            base64.b32decode(pieces[place] + "=" * (-len(pieces[place]) % 8)) for place in range(total)
        )
    except (KeyError, binascii.Error):
        return b""
    return data if _short(data, _MARK_CHARS) == mark else b""
