"""What is on the disk after a power cut at any write of a log."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tests.durability.write_log import Op

SECTOR_BYTES = 512
MODES = ("none", "prefix", "torn", "all")
"""Of the writes that were not synced the drive keeps: none; the first few; a random half, some of the others torn
at a sector; all of them, as when only the process ends."""

Image = dict[str, bytes]


class Disk:
    """Files as they are after every sync, and the writes since."""

    def __init__(self) -> None:
        self._synced: dict[str, bytearray] = defaultdict(bytearray)
        self._waiting: dict[str, list[Op]] = defaultdict(list)

    def take(self, op: Op) -> None:
        """One more operation came through."""
        if op.kind == "delete":
            self._synced.pop(op.file, None)
            self._waiting.pop(op.file, None)
        elif op.kind == "sync":
            for waiting in self._waiting.pop(op.file, []):
                _apply(self._synced[op.file], waiting)
        else:
            _ = self._synced[op.file]
            self._waiting[op.file].append(op)

    def after_cut(self, mode: str, chance: random.Random) -> Image:
        """The files that the next start finds."""
        return {
            name: self._file(synced, _kept(self._waiting.get(name, []), mode, chance))
            for name, synced in self._synced.items()
        }

    @staticmethod
    def _file(synced: bytearray, kept: Sequence[Op]) -> bytes:
        if not kept:
            return bytes(synced)
        content = bytearray(synced)
        for op in kept:
            _apply(content, op)
        return bytes(content)


def _apply(content: bytearray, op: Op) -> None:
    if op.kind == "truncate":
        del content[op.offset :]
        return
    if len(content) < op.offset:
        content.extend(bytes(op.offset - len(content)))
    content[op.offset : op.offset + len(op.data)] = op.data


def _kept(waiting: Sequence[Op], mode: str, chance: random.Random) -> list[Op]:
    match mode:
        case "none":
            return []
        case "all":
            return list(waiting)
        case "prefix":
            return list(waiting[: chance.randint(0, len(waiting))])
    kept: list[Op] = []
    for op in waiting:
        if chance.random() < 0.5:
            kept.append(op)
        elif chance.random() < 0.3 and op.kind == "write":
            kept += _torn(op, chance)
    return kept


def _torn(op: Op, chance: random.Random) -> Iterator[Op]:
    """Some of its sectors. A sector is written whole or not at all."""
    start = op.offset
    end = op.offset + len(op.data)
    while start < end:
        stop = min(end, (start // SECTOR_BYTES + 1) * SECTOR_BYTES)
        if chance.random() < 0.5:
            yield Op("write", op.file, start, op.data[start - op.offset : stop - op.offset])
        start = stop


def cuts(ops: Sequence[Op], mode: str, seed: int) -> Iterator[tuple[int, Image]]:
    """After each operation: how many came through, and the files that a start would find."""
    chance = random.Random(seed)
    disk = Disk()
    for count, op in enumerate(ops, 1):
        disk.take(op)
        yield count, disk.after_cut(mode, chance)
