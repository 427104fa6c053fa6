"""Framing: every code comes out whole and alone, however its bytes arrive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.framing import Fragment, Frame, Framer, Framing
from drivers.scan import SCAN_BYTES_MAX

CODE = st.binary(min_size=1, max_size=40).filter(lambda code: not set(code) & set(b"\r\n\t"))
END = st.sampled_from([b"\r", b"\n", b"\r\n", b"\t"])


def raws(frames: list[Frame | Fragment]) -> list[bytes]:
    assert all(isinstance(frame, Frame) for frame in frames)
    return [frame.raw for frame in frames]


def chunks(data: bytes, sizes: list[int]) -> list[bytes]:
    """``data`` in pieces of the given sizes, over and over."""
    pieces, start, turn = [], 0, 0
    while start < len(data):
        pieces.append(data[start : start + sizes[turn % len(sizes)]])
        start += sizes[turn % len(sizes)]
        turn += 1
    return pieces


@given(
    codes=st.lists(st.tuples(CODE, END), max_size=20),
    sizes=st.lists(st.integers(1, 50), min_size=1),
    gap_s=st.floats(0, 0.149),
)
def test_any_codes_in_any_chunks_come_out_exactly(
    codes: list[tuple[bytes, bytes]], sizes: list[int], gap_s: float
) -> None:
    framer = Framer()
    out: list[Frame | Fragment] = []
    for turn, chunk in enumerate(chunks(b"".join(code + end for code, end in codes), sizes)):
        out += framer.feed(chunk, turn * gap_s)
    assert raws(out) == [code for code, _ in codes]
    assert framer.deadline() is None


@given(
    codes=st.lists(st.binary(min_size=1, max_size=40), max_size=20),
    sizes=st.lists(st.integers(1, 50), min_size=1),
)
def test_without_terminators_silence_separates_any_bytes(codes: list[bytes], sizes: list[int]) -> None:
    framer = Framer(Framing(terminators=(), gap_ms_max=50))
    out: list[Frame | Fragment] = []
    now_s = 0.0
    for code in codes:
        now_s += 0.06
        for chunk in chunks(code, sizes):
            now_s += 0.04
            out += framer.feed(chunk, now_s)
    out += framer.flush(now_s + 0.06)
    assert raws(out) == codes
    assert all(frame.ended_by == "gap" for frame in out if isinstance(frame, Frame))


@given(size=st.integers(SCAN_BYTES_MAX - 2, SCAN_BYTES_MAX + 9000), chunk=st.integers(1000, 9000))
def test_a_code_beyond_the_bound_comes_once_cut_and_flagged(size: int, chunk: int) -> None:
    framer = Framer()
    out: list[Frame | Fragment] = []
    for piece in chunks(b"x" * size + b"\rnext\r", [chunk]):
        out += framer.feed(piece, 0.0)
    assert raws(out) == [b"x" * min(size, SCAN_BYTES_MAX), b"next"]
    assert isinstance(out[0], Frame)
    assert out[0].bytes_cut == max(0, size - SCAN_BYTES_MAX)


def test_endless_noise_takes_no_more_memory_than_the_bound() -> None:
    framer = Framer()
    for _ in range(100):
        assert framer.feed(b"noise" * 1000, 0.0) == []
    fragment = framer.lost()
    assert fragment is not None
    assert len(fragment.raw) == SCAN_BYTES_MAX
    assert len(framer._open) == 0


def test_an_end_of_two_bytes_is_found_across_chunks_and_its_halves_are_data() -> None:
    framer = Framer(Framing(terminators=(b"\r\n",)))
    assert raws(framer.feed(b"A\rB\nC\r", 0.0)) == []
    assert raws(framer.feed(b"\nD\r\n", 0.0)) == [b"A\rB\nC", b"D"]


def test_an_end_of_two_bytes_is_found_behind_a_code_beyond_the_bound() -> None:
    framer = Framer(Framing(terminators=(b"\r\n",)))
    assert framer.feed(b"x" * (SCAN_BYTES_MAX + 5000) + b"\r", 0.0) == []
    out = framer.feed(b"\nB\r\n", 0.0)
    assert raws(out) == [b"x" * SCAN_BYTES_MAX, b"B"]
    assert [frame.bytes_cut for frame in out if isinstance(frame, Frame)] == [5000, 0]


def test_bytes_on_both_sides_of_a_cut_are_no_end() -> None:
    framer = Framer(Framing(terminators=(b"\r\n",)))
    assert framer.feed(b"x" * (SCAN_BYTES_MAX - 1) + b"\r" + b"y" * 100 + b"\n", 0.0) == []
    assert framer.feed(b"z", 0.0) == []
    assert raws(framer.feed(b"\r\n", 0.0)) == [b"x" * (SCAN_BYTES_MAX - 1) + b"\r"]


def test_of_two_ends_that_begin_alike_the_longer_is_meant() -> None:
    framer = Framer(Framing(terminators=(b"\x03", b"\x03\x04")))
    assert raws(framer.feed(b"A\x03\x04B\x03", 0.0)) == [b"A", b"B"]


def test_carriage_return_and_line_feed_are_one_end_even_where_only_the_first_is_configured() -> None:
    framer = Framer(Framing(terminators=(b"\r",)))
    assert raws(framer.feed(b"A\r\nB\r", 0.0)) == [b"A", b"B"]
    assert raws(framer.feed(b"\nC\n\r", 0.0)) == [b"C\n"]


def test_separators_of_the_data_survive() -> None:
    label = b"]d2[)>\x1e06\x1d1PPUMP-100\x1dSSN-1\x1e\x04"
    assert raws(Framer().feed(label + b"\r", 0.0)) == [label]


def test_prefix_and_suffix_are_taken_off_where_they_are() -> None:
    framer = Framer(Framing(prefix=b"\x02", suffix=b"\x03"))
    assert raws(framer.feed(b"\x02A\x03\rB\r\x02\x03\r", 0.0)) == [b"A", b"B"]


def test_a_cut_code_has_no_suffix_to_take_off() -> None:
    (frame,) = Framer(Framing(suffix=b"x")).feed(b"x" * (SCAN_BYTES_MAX + 1) + b"\r", 0.0)
    assert frame.raw == b"x" * SCAN_BYTES_MAX


def test_a_half_code_of_a_lost_device_is_a_fragment_and_does_not_touch_the_next_code() -> None:
    framer = Framer()
    assert raws(framer.feed(b"SN-1\rSN-", 1.0)) == [b"SN-1"]
    assert framer.lost() == Fragment(raw=b"SN-", time_s=1.0)
    assert framer.lost() is None
    assert raws(framer.feed(b"SN-2\r", 1.0)) == [b"SN-2"]


def test_a_stall_within_a_code_does_not_tear_it_where_terminators_are_known() -> None:
    framer = Framer()
    framer.feed(b"SN-1\rSN", 0.0)
    assert framer.flush(1.9) == []
    assert raws(framer.feed(b"-2\r", 1.9)) == [b"SN-2"]


def test_a_code_whose_end_never_comes_is_a_fragment_and_is_not_merged_into_the_next() -> None:
    framer = Framer()
    framer.feed(b"SN-1\rSN-2", 0.0)
    assert framer.deadline() == 2.0
    assert framer.feed(b"SN-3\r", 2.5) == [
        Fragment(raw=b"SN-2", time_s=0.0),
        Frame(raw=b"SN-3", time_s=2.5, began_s=2.5, terminator="\r"),
    ]


def test_a_device_that_never_sent_a_terminator_is_framed_by_silence() -> None:
    framer = Framer()
    framer.feed(b"SN-1", 0.0)
    assert framer.flush(0.15) == []
    assert framer.flush(0.16) == [Frame(raw=b"SN-1", time_s=0.0, ended_by="gap")]


def test_bytes_that_lay_waiting_do_not_prove_a_silence() -> None:
    framer = Framer(Framing(terminators=(), gap_ms_max=50))
    framer.feed(b"SN", 0.0)
    assert framer.feed(b"-1", 1.0, late=True) == []
    assert raws(framer.flush(1.06)) == [b"SN-1"]


def test_a_frame_becomes_a_scan_with_source_and_times() -> None:
    scan = Frame(raw=b"]C121\xe9", time_s=2.5).scan("serial:dock", 1700)
    assert (scan.raw, scan.source, scan.mono_ns, scan.wall_ms) == (
        b"]C121\xe9",
        "serial:dock",
        2_500_000_000,
        1700,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Framing(terminators=(b"",)),
        lambda: Framing(terminators=(b"x" * 17,)),
        lambda: Framing(prefix=b"x" * 17),
        lambda: Framing(gap_ms_max=-1),
        lambda: Framing(terminators=(), gap_ms_max=0),
    ],
)
def test_settings_that_could_not_frame_are_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(ValueError, match=r"terminator|prefix|negative"):
        wrong()
