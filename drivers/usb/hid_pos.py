"""Codes out of HID-POS reports: the bar code scanner page of the HID Point of Sale usage tables, page 0x8C.

A scan is one report, or several where a bit says that data follows. What is not scanned data (status, trigger,
weights) is left alone, and so is every report that the descriptor does not describe as scanned data.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from drivers.scan import SCAN_BYTES_MAX
from drivers.usb.hid_descriptor import Descriptor, Field

SCANNER_PAGE = 0x8C
SCANNER = 0x8C0002
_SYMBOLOGY = (0x8C00FB, 0x8C00FC, 0x8C00FD)
_DATA, _CONTINUED = 0x8C00FE, 0x8C00FF

REST_S_MAX = 0.5
"""The next report of the same code follows within this time, seconds; else it is not coming."""


class PosScan(msgspec.Struct, frozen=True):
    """One whole code."""

    raw: bytes
    symbology_id: str
    """AIM identifier; empty where the scanner names none."""
    time_s: float
    bytes_cut: int = 0
    began_s: float = 0.0


class PosFragment(msgspec.Struct, frozen=True):
    """Reports of a code whose rest never came."""

    raw: bytes


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """Where one report has its scanned data. Byte offsets count from the data after the report number."""

    report: int
    data: tuple[int, int]
    """Offset and number of bytes."""
    symbology: tuple[int, ...]
    """Offsets of up to three bytes; none where the report has no identifier."""
    length: int | None
    """Offset of the byte that counts the data; without one the data ends with its last byte that is not zero."""
    continued_bit: int | None


def shapes(descriptor: Descriptor) -> tuple[Shape, ...]:
    """The reports of scanned data; none for a device that is no HID-POS scanner."""
    reports = sorted({field.report for field in descriptor.inputs})
    found = (_shape(number, [one for one in descriptor.inputs if one.report == number]) for number in reports)
    return tuple(shape for shape in found if shape is not None)


def _shape(report: int, fields: list[Field]) -> Shape | None:
    data = next((field for field in fields if _DATA in field.usages and field.size == 8), None)
    if data is None or data.bit % 8:
        return None
    first = data.usages.index(_DATA)
    symbology: list[int] = []
    continued = None
    length = None
    for field in fields:
        for index, usage in enumerate(field.usages[: field.count]):
            place = field.bit + index * field.size
            if usage in _SYMBOLOGY and field.size == 8:
                symbology.append(place // 8)
            elif usage == _CONTINUED:
                continued = place
        single = field.size == 8 and field.count == 1 and not field.constant
        if single and field.bit < data.bit and not {*_SYMBOLOGY, _CONTINUED} & {*field.usages}:
            length = field.bit // 8
    named = [field for field in fields if set(_SYMBOLOGY[:1]) & set(field.usages) and field.count == 3]
    if named and len(symbology) < 3:
        symbology = [named[0].bit // 8 + index for index in range(3)]
    return Shape(
        report=report,
        data=(data.bit // 8 + first, data.count - first),
        symbology=tuple(symbology),
        length=length,
        continued_bit=continued,
    )


class PosReader:
    """Joins the reports of one device into codes. Pure: time comes with the reports."""

    def __init__(self, descriptor: Descriptor) -> None:
        self._numbered = descriptor.numbered
        self._shapes = {shape.report: shape for shape in shapes(descriptor)}
        self._open = bytearray()
        self._cut = 0
        self._symbology = ""
        self._last_s = 0.0
        self._began_s = 0.0
        self.ignored = 0
        """Reports that were no scanned data."""

    def feed(self, report: bytes, now_s: float) -> list[PosScan | PosFragment]:
        """Take one report; give back what is complete now."""
        done: list[PosScan | PosFragment] = list(self.flush(now_s))
        number = report[0] if self._numbered and report else 0
        body = report[1:] if self._numbered else report
        shape = self._shapes.get(number)
        if shape is None or len(body) <= shape.data[0]:
            self.ignored += 1
            return done
        if not self._open:
            self._began_s = now_s
            self._symbology = _aim(body[place] for place in shape.symbology if place < len(body))
        self._take(_data(shape, body))
        self._last_s = now_s
        if shape.continued_bit is not None and _bit(body, shape.continued_bit):
            return done
        if scan := self._end():
            done.append(scan)
        return done

    def flush(self, now_s: float) -> list[PosFragment]:
        """Judge the silence. Due at :meth:`deadline`."""
        due_s = self.deadline()
        lost = self.lost() if due_s is not None and now_s > due_s else None
        return [lost] if lost else []

    def deadline(self) -> float | None:
        """When the rest of a code is overdue; None while none is open."""
        return self._last_s + REST_S_MAX if self._open else None

    def lost(self) -> PosFragment | None:
        """The device is gone: the half code, if there is one."""
        raw = bytes(self._open)
        self._open.clear()
        self._cut = 0
        return PosFragment(raw) if raw else None

    def _take(self, data: bytes) -> None:
        room = SCAN_BYTES_MAX - len(self._open)
        self._open += data[:room]
        self._cut += max(0, len(data) - room)

    def _end(self) -> PosScan | None:
        cut, raw = self._cut, bytes(self._open)
        self._open.clear()
        self._cut = 0
        return PosScan(raw, self._symbology, self._last_s, cut, self._began_s) if raw else None


def _data(shape: Shape, body: bytes) -> bytes:
    start, size = shape.data
    data = body[start : start + size]
    if shape.length is not None and shape.length < len(body):
        return data[: body[shape.length]]
    return data.rstrip(b"\0")


def _aim(characters: Iterable[int]) -> str:
    """``]C1`` of three bytes; some scanners leave the bracket out and a zero behind."""
    text = "".join(chr(one) for one in characters if 0x20 < one < 0x7F)
    text = text if text.startswith("]") else "]" + text
    return text if len(text) == 3 else ""


def _bit(body: bytes, bit: int) -> bool:
    place = bit // 8
    return place < len(body) and bool(body[place] >> bit % 8 & 1)
