"""What is packed with zstd, wherever it is unpacked: frames that lie, ask for memory, have no end, or are many."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import zstandard

from server.decompress import decompress
from sync import outbox, snapshot
from sync.cache_file import LAYOUT
from sync.snapshot import Download, SnapshotError
from sync.wire import ZSTD_WINDOW_BYTES_MAX, Snapshot, TooLargeError, WireError

BOUND = 200_000
MEMORY_MAX = 12 * 1024 * 1024
MAGIC = (0xFD2FB528).to_bytes(4, "little")


def wide(log: int) -> bytes:
    """A frame that asks its reader to remember two to the ``log`` bytes, with a byte in it."""
    header = MAGIC + bytes([0x00, (log - 10) << 3])
    return header + (1 | 1 << 3).to_bytes(3, "little") + b"x"


def endless(blocks: int) -> bytes:
    """A frame of blocks that repeat one byte 131,072 times each: four bytes a block."""
    block = (1 << 1 | 128 * 1024 << 3).to_bytes(3, "little") + b"x"
    last = (1 | 1 << 1 | 128 * 1024 << 3).to_bytes(3, "little") + b"x"
    return MAGIC + bytes([0x00, (17 - 10) << 3]) + block * blocks + last


def lying(size: int, content: bytes) -> bytes:
    """A frame whose header promises another size than it has."""
    raw = (1 | len(content) << 3).to_bytes(3, "little") + content
    return MAGIC + bytes([0xE0]) + size.to_bytes(8, "little") + raw


FRAMES: dict[str, bytes] = {
    "a window of 2 GiB": wide(31),
    "a window of 128 MiB": wide(27),
    "a size that is not so": lying(2**62, b"x" * 100),
    "a size of nothing": lying(0, b"x" * 100),
    "without end": endless(5000),
    "many frames": zstandard.compress(b"x" * BOUND) * 50,
    "empty frames": zstandard.compress(b"") * 10_000,
    "cut off": zstandard.compress(b"x" * 5000 + bytes(range(256)))[:-5],
    "something behind it": zstandard.compress(b"{}") + b"more",
    "no frame": b"x" * 100,
    "a dictionary that nobody has": MAGIC + bytes([0x23]) + bytes(8),
    "a frame to be skipped": (0x184D2A50).to_bytes(4, "little") + (2**31).to_bytes(4, "little"),
}


def measured(work: Callable[[], object]) -> int:
    """The most memory that Python took meanwhile, bytes."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", FRAMES)
def test_a_body_never_becomes_more_than_its_bound(name: str) -> None:
    def work() -> None:
        try:
            plain = decompress(FRAMES[name], "zstd", BOUND)
        except WireError:  # of which too large is one
            return
        assert len(plain) <= BOUND

    assert measured(work) < MEMORY_MAX


@pytest.mark.parametrize("name", FRAMES)
def test_a_file_of_batches_never_becomes_more_than_its_bound(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "UNPACKED_BYTES_MAX", BOUND)

    def work() -> None:
        with pytest.raises(WireError):
            outbox.opened(signed(FRAMES[name]), ["secret"])

    assert measured(work) < MEMORY_MAX


def signed(packed: bytes) -> bytes:
    """A file with a good signature over whatever it is: an office may be fooled into handing it in."""
    return outbox._sealed(outbox.FORMAT, "D-7KQM2X", outbox._signature("D-7KQM2X", packed, "secret"), packed)


@pytest.mark.parametrize("name", FRAMES)
def test_a_snapshot_never_becomes_more_than_was_promised(name: str, tmp_path: Path) -> None:
    packed = FRAMES[name]
    promised = described(packed, unpacked=BOUND)
    download = Download(Given(packed, promised), tmp_path, over=lambda: False, free=lambda _: 2**40)

    def work() -> None:
        with pytest.raises(SnapshotError):
            download.fetch("HAM")

    assert measured(work) < MEMORY_MAX
    assert list(tmp_path.iterdir()) == []


def test_what_is_refused_never_was_on_the_disk_at_full_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed, sizes = FRAMES["without end"], []
    real = snapshot.discard

    def discard(folder: Path) -> None:
        whole = folder / snapshot.WHOLE
        sizes.append(whole.stat().st_size if whole.exists() else 0)
        real(folder)

    monkeypatch.setattr(snapshot, "discard", discard)
    promised = described(packed, unpacked=BOUND)
    with pytest.raises(SnapshotError):
        Download(Given(packed, promised), tmp_path, over=lambda: False, free=lambda _: 2**40).fetch("HAM")
    assert max(sizes) <= BOUND


def test_a_frame_that_wants_too_much_remembered_is_refused_though_it_is_sound(tmp_path: Path) -> None:
    plain = b'{"device":"D-7KQM2X","made_ms":0,"batches":[]}'
    wanting = zstandard.ZstdCompressionParameters(window_log=24, compression_level=3)
    packer = zstandard.ZstdCompressor(compression_params=wanting).compressobj()
    packed = packer.compress(plain) + packer.flush()
    assert zstandard.ZstdDecompressor().decompressobj().decompress(packed) == plain
    with pytest.raises(WireError):
        decompress(packed, "zstd", BOUND)
    with pytest.raises(WireError):
        outbox.opened(signed(packed), ["secret"])
    promised = described(packed, unpacked=len(plain), plain=plain)
    with pytest.raises(SnapshotError):
        Download(Given(packed, promised), tmp_path, over=lambda: False).fetch("HAM")


def test_what_the_server_packs_itself_is_within_the_window() -> None:
    """Else a handheld could not read it: the largest input that there is, by what its level would take for it."""
    for level in (outbox.ZSTD_LEVEL, 9):
        chosen = zstandard.ZstdCompressionParameters.from_level(level, source_size=0)
        assert 2**chosen.window_log <= ZSTD_WINDOW_BYTES_MAX


NAMES = (
    "../../../etc/cron.d/x",
    "/etc/passwd",
    "..",
    "a/../../b",
    "x" * 5000,
    "\x00",
    "%2e%2e%2f",
    "snapshot.db",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_snapshot_by_any_name_is_written_into_its_own_folder(name: str, tmp_path: Path) -> None:
    plain = b"not a database"
    packed = zstandard.compress(plain)
    told = described(packed, unpacked=len(plain), plain=plain)
    promised = msgspec.structs.replace(told, snapshot=name)
    folder = tmp_path / "downloads"
    folder.mkdir()
    found = Download(Given(packed, promised), folder, over=lambda: False).fetch("HAM")
    assert found is not None
    assert found[1] == folder / snapshot.WHOLE
    assert [path.name for path in tmp_path.rglob("*")] == ["downloads", snapshot.WHOLE]


def described(packed: bytes, *, unpacked: int, plain: bytes = b"") -> Snapshot:
    """What a server says of a file that it wants a handheld to take."""
    return Snapshot(
        snapshot="1-x", site="HAM", generation="g", cursor=1, layout=LAYOUT, units=1, bytes=len(packed),
        bytes_unpacked=unpacked, sha256=hashlib.sha256(packed).hexdigest(),
        sha256_unpacked=hashlib.sha256(plain).hexdigest(), made_ms=0,
    )  # fmt: skip


class Given:
    """A server that describes one file and gives it."""

    def __init__(self, packed: bytes, promised: Snapshot) -> None:
        self.token = ""
        self._packed, self._promised = packed, promised

    def ask(self, method: str, path: str, **params: object) -> tuple[int, bytes]:
        """The description, then the pieces."""
        part = params.get("part")
        if part is None:
            return 200, msgspec.json.encode(self._promised)
        return 206, self._packed[part.start : part.stop]  # type: ignore[attr-defined]

    def close(self) -> None:
        """Nothing to close."""


def test_too_large_is_said_to_be_so() -> None:
    with pytest.raises(TooLargeError):
        decompress(FRAMES["without end"], "zstd", BOUND)
