"""Downloads a snapshot: piece by piece, on from where it was cut, verified before anybody believes it.

Everything lies in one folder under names of its own until it is whole, so a cut at any moment leaves the cache that is
in use as it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from sync.cache_file import LAYOUT
from sync.ground import Asking
from sync.line import Part, Unreachable, understood
from sync.wire import SNAPSHOT_BYTES_MAX, ZSTD_WINDOW_BYTES_MAX, Snapshot
from tracking.phrases import phrase

PIECE_BYTES, PIECE_BYTES_MIN = 1024 * 1024, 32 * 1024
ROOM_LEFT_BYTES = 16 * 1024 * 1024
"""What a download leaves free: the journal needs it more."""
PART, NOTE, WHOLE = "snapshot.part", "snapshot.json", "snapshot.db"
READ_BYTES = 256 * 1024


class Coming(Exception):
    """The server is making one: ask again soon."""


class SnapshotError(Exception):
    """What came is not what was promised; nothing of it is used."""


def free_bytes(folder: Path) -> int:
    """Room on the disk of a folder."""
    return shutil.disk_usage(folder).free


def discard(folder: Path) -> None:
    """Whatever there is of a download."""
    for name in (PART, NOTE, WHOLE):
        (folder / name).unlink(missing_ok=True)


class Download:
    """One at a time, into one folder."""

    def __init__(
        self,
        line: Asking,
        folder: Path,
        *,
        over: Callable[[], bool],
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._line, self._folder, self._over, self._free = line, folder, over, free
        self._piece_bytes = PIECE_BYTES

    def fetch(self, site: str) -> tuple[Snapshot, Path] | None:
        """The newest snapshot of a site as a whole, verified file; None where the feed has to do.

        Raises :class:`Coming`, :class:`sync.line.Unreachable` (what came so far is kept), :class:`SnapshotError` and
        :class:`OSError`.
        """
        status, data = self._line.ask("GET", f"/v1/sites/{site}/snapshot")
        if status == 202:
            raise Coming
        if status != 200:
            return None
        snapshot = understood(data, Snapshot)
        if snapshot.layout != LAYOUT or snapshot.site != site:
            return None
        begun = self._begun(snapshot)
        if not self._fits(snapshot, begun):
            discard(self._folder)
            return None
        if not self._download(snapshot, begun):
            return None
        return snapshot, self._unpacked(snapshot)

    def _begun(self, snapshot: Snapshot) -> int:
        """How much of this very file is here already."""
        part = self._folder / PART
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            noted = msgspec.json.decode((self._folder / NOTE).read_bytes(), type=Snapshot)
            if noted.sha256 == snapshot.sha256 and part.stat().st_size <= snapshot.bytes:
                return part.stat().st_size
        discard(self._folder)
        (self._folder / NOTE).write_bytes(msgspec.json.encode(snapshot))
        return 0

    def _fits(self, snapshot: Snapshot, begun: int) -> bool:
        if max(snapshot.bytes, snapshot.bytes_unpacked) > SNAPSHOT_BYTES_MAX:
            return False
        needed = snapshot.bytes - begun + snapshot.bytes_unpacked + ROOM_LEFT_BYTES
        return self._free(self._folder) >= needed

    def _download(self, snapshot: Snapshot, begun: int) -> bool:
        """True when all of it is here; False where the server does not have it any more."""
        address = f"/v1/sites/{snapshot.site}/snapshots/{snapshot.snapshot}"
        with (self._folder / PART).open("ab") as file:
            while begun < snapshot.bytes:
                if self._over():
                    raise Unreachable(phrase("link_interrupted"))
                wanted = Part(begun, min(begun + self._piece_bytes, snapshot.bytes), snapshot.sha256)
                data = self._piece(address, wanted)
                if data is None:
                    discard(self._folder)
                    return False
                file.write(data)
                begun += len(data)
            file.flush()
            os.fsync(file.fileno())
        return True

    def _piece(self, address: str, wanted: Part) -> bytes | None:
        """One piece; None where the server does not give it. A line that breaks is asked for less at once."""
        try:
            status, data = self._line.ask("GET", address, part=wanted)
        except Unreachable:
            self._piece_bytes = max(PIECE_BYTES_MIN, self._piece_bytes // 2)
            raise
        if status != 206 or not 0 < len(data) <= wanted.stop - wanted.start:
            return None
        self._piece_bytes = min(PIECE_BYTES, self._piece_bytes * 2)
        return data

    def _unpacked(self, snapshot: Snapshot) -> Path:
        """The whole file, once both sums are right. Never more of it in memory, or on the disk, than was promised."""
        import zstandard

        part, whole = self._folder / PART, self._folder / WHOLE
        try:
            with part.open("rb") as source:
                packed = hashlib.file_digest(source, "sha256").hexdigest()
            if packed != snapshot.sha256:
                raise SnapshotError
            plain, size = hashlib.sha256(), 0
            unpacker = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES_MAX)
            with (
                part.open("rb") as source,
                unpacker.stream_reader(source) as reader,
                whole.open("wb") as target,
            ):
                while data := reader.read(READ_BYTES):
                    plain.update(data)
                    size += len(data)
                    if size > snapshot.bytes_unpacked:
                        raise SnapshotError
                    target.write(data)
                target.flush()
                os.fsync(target.fileno())
            if (plain.hexdigest(), size) != (snapshot.sha256_unpacked, snapshot.bytes_unpacked):
                raise SnapshotError
        except (zstandard.ZstdError, SnapshotError) as error:
            discard(self._folder)
            raise SnapshotError("the download is damaged: it is made again") from error
        part.unlink()
        (self._folder / NOTE).unlink(missing_ok=True)
        return whole
