"""The terminal's bytes: data inside a run of characters, keys and reports only where one can begin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.keys import TypedChar, TypedEnter, TypedKey
from drivers.scan import SCAN_BYTES_MAX, Scan
from drivers.wedge import Cut, KeyFramer
from scanner_app.tui.terminal_bytes import Report, Taken, TerminalBytes
from tests.tui.hostile import HOSTILE_BYTES


def reader() -> TerminalBytes:
    return TerminalBytes(KeyFramer(wall_ms=lambda _mono_s: 7))


def silence(taking: TerminalBytes, after_s: float = 10.0) -> list[Taken]:
    """Everything that a long silence brings, judged whenever it is due."""
    out: list[Taken] = []
    while (due_s := taking.deadline()) is not None and due_s < after_s:
        out += taking.flush(due_s)
    return out


def raws(taken: list[Taken]) -> list[bytes]:
    return [output.raw for output in taken if isinstance(output, Scan)]


def kinds(taken: list[Taken]) -> list[str]:
    """Each output in a word."""
    words = []
    for output in taken:
        if isinstance(output, Scan):
            words.append(f"scan {output.text}")
        elif isinstance(output, TypedKey):
            words.append(output.key)
        elif isinstance(output, TypedChar):
            words.append(f"char {output.character}")
        elif isinstance(output, TypedEnter):
            words.append("enter")
        elif isinstance(output, Report):
            words.append("report")
        else:
            words.append("cut")
    return words


@pytest.mark.parametrize("raw", HOSTILE_BYTES)
@pytest.mark.parametrize("gap_s", [0.0, 0.001, 0.010])
def test_a_scan_keeps_its_bytes_at_any_speed(raw: bytes, gap_s: float) -> None:
    taking, out = reader(), []
    for at, byte in enumerate(raw + b"\r"):
        out += taking.feed(bytes([byte]), at * gap_s)
    out += silence(taking, len(raw) * gap_s + 10)
    assert raws(out) == [raw]
    assert len(out) == 1


CODES = st.binary(min_size=4, max_size=40).filter(
    lambda raw: not set(raw) & set(b"\r\n\t\x1b") and len(raw.decode("utf-8", "surrogateescape")) >= 4
)


@given(st.lists(CODES, min_size=1), st.lists(st.integers(1, 50), min_size=1))
def test_however_the_reads_fall_the_scans_are_the_same(codes: list[bytes], sizes: list[int]) -> None:
    stream = b"".join(code + b"\r" for code in codes)
    taking, out, at, turn = reader(), list[Taken](), 0, 0
    while at < len(stream):
        size = sizes[turn % len(sizes)]
        out += taking.feed(stream[at : at + size], turn * 0.001)
        at, turn = at + size, turn + 1
    assert raws(out) == codes


def test_keys_are_keys_between_scans_and_data_inside_them() -> None:
    out = reader().feed(b"SN-1\r\x1bOQ\x1b[21~\x1b[ASN\x1bOQ-2\r", 0.0)
    assert kinds(out) == ["scan SN-1", "f2", "f10", "up", "scan SN\x1bOQ-2"]


@pytest.mark.parametrize(
    ("sequence", "name"),
    [
        (b"\x1bOP", "f1"),
        (b"\x1b[11~", "f1"),
        (b"\x1b[[A", "f1"),
        (b"\x1bOS", "f4"),
        (b"\x1b[15~", "f5"),
        (b"\x1b[20~", "f9"),
        (b"\x1b[24~", "f12"),
        (b"\x1b[A", "up"),
        (b"\x1bOB", "down"),
        (b"\x1b[5~", "pageup"),
    ],
)
def test_function_and_cursor_keys_by_name(sequence: bytes, name: str) -> None:
    assert kinds(reader().feed(sequence, 0.0)) == [name]


def test_a_sequence_in_pieces_is_still_a_key() -> None:
    taking = reader()
    out = [*taking.feed(b"\x1b", 0.0), *taking.feed(b"[2", 0.001), *taking.feed(b"1~", 0.002)]
    assert kinds(out) == ["f10"]


def test_a_lone_escape_is_the_escape_key() -> None:
    taking = reader()
    assert taking.feed(b"\x1b", 1.0) == []
    assert kinds(silence(taking)) == ["escape"]


def test_a_key_that_no_screen_uses_is_no_scan() -> None:
    taking = reader()
    out = taking.feed(b"\x1b[1;5D", 0.0) + silence(taking)
    assert raws(out) == []


def test_a_touch_in_the_middle_of_a_scan_is_none_of_its_bytes() -> None:
    taking = reader()
    out = taking.feed(b"SN-0", 0.0) + taking.feed(b"\x1b[<0;5;19M", 0.003) + taking.feed(b"001\r", 0.006)
    assert kinds(out) == ["report", "scan SN-0001"]


def test_a_paste_is_one_scan_a_line() -> None:
    out = reader().feed(b"\x1b[200~SN-1\r\nSN\x1b[2J-2\ncaf\xe9\x1b[201~SN-3\r", 0.0)
    assert raws(out) == [b"SN-1", b"SN\x1b[2J-2", b"caf\xe9", b"SN-3"]
    assert [output.source for output in out if isinstance(output, Scan)] == ["paste"] * 3 + ["wedge"]


@pytest.mark.parametrize("size", [1, 3, 7, 4096])
def test_a_paste_in_pieces(size: int) -> None:
    stream = b"\x1b[200~SN-1\nSN-2\x1b[201~"
    taking, out = reader(), list[Taken]()
    for turn, at in enumerate(range(0, len(stream), size)):
        out += taking.feed(stream[at : at + size], turn * 0.001)
    assert raws(out) == [b"SN-1", b"SN-2"]
    assert silence(taking) == []


def test_a_paste_without_an_end_is_data_after_a_silence() -> None:
    taking = reader()
    assert taking.feed(b"\x1b[200~SN-1\r", 0.0) == []
    assert raws(silence(taking)) == [b"\x1b[200~SN-1"]
    assert raws(taking.feed(b"SN-2\r", 20.0)) == [b"SN-2"]


def test_a_paste_without_an_end_is_data_after_two_seconds_of_scanning() -> None:
    taking, out = reader(), list[Taken]()
    out += taking.feed(b"\x1b[200~", 0.0)
    for turn in range(60):
        out += taking.feed(b"SN-%04d\r" % turn, 0.05 * turn)
    assert raws(out) == [b"\x1b[200~SN-0000", *(b"SN-%04d" % turn for turn in range(1, 60))]


def test_an_end_of_a_paste_that_never_began_is_nothing() -> None:
    assert kinds(reader().feed(b"\x1b[201~SN-1\r", 0.0)) == ["scan SN-1"]


def test_what_is_held_has_a_bound() -> None:
    taking = reader()
    out = taking.feed(b"\x1b[" + b"1;" * 500 + b"\r", 0.0)
    assert raws(out) == [b"\x1b[" + b"1;" * 500]


def test_a_code_beyond_the_bound_is_said_to_be_cut() -> None:
    out = reader().feed(b"X" * (SCAN_BYTES_MAX + 5) + b"\r", 0.0)
    assert [type(output) for output in out] == [Scan, Cut]
    cut_in_a_character = reader().feed(b"X" + b"\xe9" * SCAN_BYTES_MAX + b"\r", 0.0)
    assert raws(cut_in_a_character)[0].strip(b"\xe9") == b"X"


def test_typing_comes_key_by_key() -> None:
    taking, out = reader(), list[Taken]()
    for at, byte in enumerate(b"12\x7f"):
        out += silence(taking, at * 0.2) + taking.feed(bytes([byte]), at * 0.2)
    out += silence(taking, 0.55) + taking.feed(b"\r", 0.6)
    assert kinds(out) == ["char 1", "char 2", "backspace", "enter"]


def test_letters_beyond_ascii_are_typed_whole() -> None:
    taking = reader()
    out = taking.feed("é".encode()[:1], 0.0) + taking.feed("é".encode()[1:], 0.001) + silence(taking)
    assert kinds(out) == ["char é"]
