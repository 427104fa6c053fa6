"""HID report descriptors (USB HID 1.11, section 6.2.2): which bits of which report mean what."""

from __future__ import annotations

import msgspec

DESCRIPTOR_BYTES_MAX = 4096
"""The kernel's own bound for a report descriptor."""

FIELDS_MAX = 4096
REPORT_COUNT_MAX = 4096

_INPUT, _OUTPUT, _FEATURE = 0x80, 0x90, 0xB0
_COLLECTION, _END_COLLECTION = 0xA0, 0xC0
_USAGE_PAGE, _SIZE, _ID, _COUNT, _PUSH, _POP = 0x04, 0x74, 0x84, 0x94, 0xA4, 0xB4
_USAGE, _USAGE_MIN, _USAGE_MAX = 0x08, 0x18, 0x28
_LONG_ITEM = 0xFE


class DescriptorError(ValueError):
    """Bytes that are no report descriptor."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A run of equal elements in one report."""

    report: int
    """Report number; 0 where the device numbers none."""
    bit: int
    """Offset from the beginning of the data, after the report number."""
    size: int
    """Bits of one element."""
    count: int
    usages: tuple[int, ...]
    """Usage page and usage as ``0x8C00FE``; fewer than ``count`` where the last is meant for all that follow."""
    constant: bool
    """Padding."""


class Descriptor(msgspec.Struct, frozen=True):
    """What a report descriptor says of the data that comes in, and of what the device can be told."""

    inputs: tuple[Field, ...]
    applications: tuple[int, ...]
    """Usages of the collections on top, page and usage."""
    numbered: bool
    """Whether each report begins with its number."""
    outputs: tuple[Field, ...] = ()


class _State(msgspec.Struct):
    page: int = 0
    size: int = 0
    count: int = 0
    report: int = 0


def parse(raw: bytes) -> Descriptor:
    """The meaning of a descriptor's bytes. Raises :class:`DescriptorError`."""
    if len(raw) > DESCRIPTOR_BYTES_MAX:
        raise DescriptorError("longer than any report descriptor")
    reader = _Reader()
    at = 0
    while at < len(raw):
        prefix = raw[at]
        if prefix == _LONG_ITEM:
            at += 3 + (raw[at + 1] if at + 1 < len(raw) else 0)
            continue
        size = (0, 1, 2, 4)[prefix & 3]
        if at + 1 + size > len(raw):
            raise DescriptorError(f"ends within the item at byte {at}")
        reader.item(prefix & 0xFC, int.from_bytes(raw[at + 1 : at + 1 + size], "little"), size)
        at += 1 + size
    inputs, outputs = tuple(reader.inputs), tuple(reader.outputs)
    return Descriptor(inputs, tuple(reader.applications), reader.numbered, outputs)


class _Reader:
    """Walks the items."""

    def __init__(self) -> None:
        self.inputs: list[Field] = []
        self.outputs: list[Field] = []
        self.applications: list[int] = []
        self.numbered = False
        self._state = _State()
        self._stack: list[_State] = []
        self._usages: list[int] = []
        self._range = [0, 0]
        self._depth = 0
        self._bits: dict[tuple[int, int], int] = {}

    def item(self, kind: int, value: int, size: int) -> None:
        if kind & 0x0C == 0x04:
            self._global(kind, value)
        elif kind & 0x0C == 0x08:
            self._local(kind, value, size)
        else:
            self._main(kind, value)

    def _global(self, kind: int, value: int) -> None:
        state = self._state
        if kind == _USAGE_PAGE:
            state.page = value
        elif kind == _SIZE:
            state.size = value
        elif kind == _COUNT:
            state.count = value
        elif kind == _ID:
            state.report, self.numbered = value, True
        elif kind == _PUSH and len(self._stack) < 16:
            self._stack.append(_State(state.page, state.size, state.count, state.report))
        elif kind == _POP and self._stack:
            self._state = self._stack.pop()

    def _local(self, kind: int, value: int, size: int) -> None:
        usage = value if size == 4 else self._state.page << 16 | value
        if kind == _USAGE:
            self._usages.append(usage)
        elif kind == _USAGE_MIN:
            self._range[0] = usage
        elif kind == _USAGE_MAX:
            self._usages += range(self._range[0], min(usage, self._range[0] + 1024) + 1)

    def _main(self, kind: int, value: int) -> None:
        if kind == _COLLECTION:
            if self._depth == 0 and value == 1 and self._usages:
                self.applications.append(self._usages[0])
            self._depth += 1
        elif kind == _END_COLLECTION:
            self._depth -= 1
        elif kind in (_INPUT, _OUTPUT):
            self._field(kind, value, self.inputs if kind == _INPUT else self.outputs)
        self._usages = []
        self._range = [0, 0]

    def _field(self, kind: int, flags: int, fields: list[Field]) -> None:
        state = self._state
        if state.size > 32 or state.count > REPORT_COUNT_MAX or len(fields) >= FIELDS_MAX:
            raise DescriptorError("fields beyond any report")
        bit = self._bits.get((kind, state.report), 0)
        field = Field(
            report=state.report,
            bit=bit,
            size=state.size,
            count=state.count,
            usages=tuple(self._usages),
            constant=bool(flags & 1),
        )
        self._bits[kind, state.report] = bit + state.size * state.count
        fields.append(field)
