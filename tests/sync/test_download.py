"""What a handheld believes of a snapshot that it is offered, without a network."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import zstandard

from sync import snapshot
from sync.cache_file import LAYOUT
from sync.line import Part, Unreachable
from sync.snapshot import NOTE, PART, PIECE_BYTES, PIECE_BYTES_MIN, ROOM_LEFT_BYTES, WHOLE, Coming, Download
from sync.wire import SNAPSHOT_BYTES_MAX, Snapshot

PLAIN = bytes(range(256)) * 40
PACKED = zstandard.compress(PLAIN)
PROMISED = Snapshot(
    snapshot="1-x", site="HAM", generation="g", cursor=1, layout=LAYOUT, units=1, bytes=len(PACKED),
    bytes_unpacked=len(PLAIN), sha256=hashlib.sha256(PACKED).hexdigest(),
    sha256_unpacked=hashlib.sha256(PLAIN).hexdigest(), made_ms=0,
)  # fmt: skip


class Shelf:
    """A server with one file on it; what goes wrong is said beforehand."""

    def __init__(self, promised: Snapshot = PROMISED, packed: bytes = PACKED) -> None:
        self.token = ""
        self.promised, self.packed = promised, packed
        self.parts: list[tuple[int, int]] = []
        self.about: tuple[int, bytes] | None = None
        """What is answered to the question for the newest one, in place of the description."""
        self.piece: Callable[[Part], tuple[int, bytes]] = lambda part: (
            206,
            self.packed[part.start : part.stop],
        )

    def ask(self, method: str, path: str, **params: object) -> tuple[int, bytes]:
        part = params.get("part")
        if not isinstance(part, Part):
            assert path == "/v1/sites/HAM/snapshot"
            return self.about or (200, msgspec.json.encode(self.promised))
        self.parts.append((part.start, part.stop))
        return self.piece(part)

    def close(self) -> None:
        """Nothing to close."""


def download(
    shelf: Shelf, folder: Path, free: int = 2**50, over: Callable[[], bool] = lambda: False
) -> Download:
    return Download(shelf, folder, over=over, free=lambda _: free)


def test_a_whole_one_is_given_with_what_it_is(tmp_path: Path) -> None:
    found = download(Shelf(), tmp_path).fetch("HAM")
    assert found == (PROMISED, tmp_path / WHOLE)
    assert found[1].read_bytes() == PLAIN
    assert sorted(path.name for path in tmp_path.iterdir()) == [WHOLE]


@pytest.mark.parametrize(("status", "word"), [(404, "no_snapshot"), (500, "fault"), (200, "")])
def test_where_there_is_none_the_feed_has_to_do(tmp_path: Path, status: int, word: str) -> None:
    shelf = Shelf(msgspec.structs.replace(PROMISED, layout=LAYOUT + 1))
    if word:
        shelf.about = (status, b"{}")
    assert download(shelf, tmp_path).fetch("HAM") is None
    assert shelf.parts == []


def test_one_that_is_being_made_is_asked_for_again(tmp_path: Path) -> None:
    shelf = Shelf()
    shelf.about = (202, b"{}")
    with pytest.raises(Coming):
        download(shelf, tmp_path).fetch("HAM")


def test_another_sites_is_not_taken(tmp_path: Path) -> None:
    shelf = Shelf(msgspec.structs.replace(PROMISED, site="MEM"))
    assert download(shelf, tmp_path).fetch("HAM") is None
    assert shelf.parts == []


def test_it_needs_room_for_both_and_for_the_journal_besides(tmp_path: Path) -> None:
    needed = len(PACKED) + len(PLAIN) + ROOM_LEFT_BYTES
    assert download(Shelf(), tmp_path, free=needed - 1).fetch("HAM") is None
    assert list(tmp_path.iterdir()) == []
    assert download(Shelf(), tmp_path, free=needed).fetch("HAM") is not None


@pytest.mark.parametrize("field", ["bytes", "bytes_unpacked"])
def test_one_of_an_impossible_size_is_not_begun(tmp_path: Path, field: str) -> None:
    shelf = Shelf(msgspec.structs.replace(PROMISED, **{field: SNAPSHOT_BYTES_MAX + 1}))
    assert download(shelf, tmp_path).fetch("HAM") is None
    assert shelf.parts == []


def test_it_goes_on_where_it_was_cut_and_needs_less_room_then(tmp_path: Path) -> None:
    (tmp_path / PART).write_bytes(PACKED[:100])
    (tmp_path / NOTE).write_bytes(msgspec.json.encode(PROMISED))
    shelf = Shelf()
    needed = len(PACKED) - 100 + len(PLAIN) + ROOM_LEFT_BYTES
    assert download(shelf, tmp_path, free=needed).fetch("HAM") is not None
    assert shelf.parts == [(100, len(PACKED))]


@pytest.mark.parametrize("begun", ["another file's", "too much", "a note that is none"])
def test_what_is_begun_of_something_else_is_thrown_away(tmp_path: Path, begun: str) -> None:
    noted = msgspec.structs.replace(PROMISED, sha256="0" * 64) if begun == "another file's" else PROMISED
    note = b"{" if begun == "a note that is none" else msgspec.json.encode(noted)
    (tmp_path / NOTE).write_bytes(note)
    (tmp_path / PART).write_bytes(b"x" * (len(PACKED) + 1 if begun == "too much" else 100))
    shelf = Shelf()
    found = download(shelf, tmp_path).fetch("HAM")
    assert found is not None
    assert found[1].read_bytes() == PLAIN
    assert shelf.parts[0][0] == 0


@pytest.mark.parametrize(
    "answer", [(200, PACKED), (206, b""), (206, b"x" * (len(PACKED) + 1)), (404, b"{}"), (416, b"{}")]
)
def test_a_piece_that_is_none_ends_it_and_leaves_nothing(tmp_path: Path, answer: tuple[int, bytes]) -> None:
    shelf = Shelf()
    shelf.piece = lambda _: answer
    assert download(shelf, tmp_path).fetch("HAM") is None
    assert list(tmp_path.iterdir()) == []


def test_a_line_that_breaks_is_asked_for_less_and_for_more_again_when_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = bytes(1) * (8 * PIECE_BYTES)
    shelf = Shelf(
        msgspec.structs.replace(PROMISED, bytes=len(packed), sha256=hashlib.sha256(packed).hexdigest()),
        packed,
    )
    breaks = 7

    def piece(part: Part) -> tuple[int, bytes]:
        nonlocal breaks
        if breaks:
            breaks -= 1
            raise Unreachable("broken")
        return 206, packed[part.start : part.stop]

    shelf.piece = piece
    one = download(shelf, tmp_path)
    for _ in range(7):
        with pytest.raises(Unreachable):
            one.fetch("HAM")
    with pytest.raises(snapshot.SnapshotError):  # it is no file that could be unpacked
        one.fetch("HAM")
    sizes = [stop - start for start, stop in shelf.parts]
    assert sizes[:8] == [max(PIECE_BYTES_MIN, PIECE_BYTES >> n) for n in range(8)]
    assert sizes[8:14] == [min(PIECE_BYTES, PIECE_BYTES_MIN << n) for n in range(1, 7)]
    assert max(sizes) == PIECE_BYTES


def test_whoever_is_closing_does_not_wait_for_the_end_of_it(tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        download(Shelf(), tmp_path, over=lambda: True).fetch("HAM")


def test_what_came_is_the_very_file_and_not_only_one_that_unpacks_alike(tmp_path: Path) -> None:
    longer = PACKED + b"more"
    shelf = Shelf(msgspec.structs.replace(PROMISED, bytes=len(longer)), longer)
    with pytest.raises(snapshot.SnapshotError):
        download(shelf, tmp_path).fetch("HAM")
    assert list(tmp_path.iterdir()) == []
