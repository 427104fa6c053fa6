from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scan import SCAN_BYTES_MAX
from drivers.usb.hid_descriptor import Descriptor, DescriptorError, parse
from drivers.usb.hid_pos import REST_S_MAX, PosFragment, PosReader, PosScan, shapes

FOLDER = Path(__file__).parent / "descriptors"


def raw_descriptor(name: str) -> bytes:
    lines = (FOLDER / f"{name}.hex").read_text("utf-8").splitlines()
    return bytes.fromhex(" ".join(line for line in lines if not line.startswith("#")))


def descriptor(name: str) -> Descriptor:
    return parse(raw_descriptor(name))


def counted(data: bytes, aim: bytes = b"]C1", *, more: bool = False) -> bytes:
    """A report of the ``counted`` scanner."""
    return b"\x02" + bytes([len(data)]) + aim + data.ljust(56, b"\0") + b"\0\0" + bytes([more])


def scans(items: list[PosScan | PosFragment]) -> list[tuple[str, bytes]]:
    return [(item.symbology_id, item.raw) for item in items if isinstance(item, PosScan)]


@pytest.mark.parametrize(
    "name", ["counted", "one-symbology-usage", "unnumbered", "with-keyboard", "trigger-and-lock"]
)
def test_a_scanner_is_known_by_its_descriptor(name: str) -> None:
    assert len(shapes(descriptor(name))) == 1


@pytest.mark.parametrize("name", ["scale", "maker-page", "keyboard"])
def test_other_devices_are_no_scanners(name: str) -> None:
    assert shapes(descriptor(name)) == ()


def test_a_report_gives_its_exact_bytes_and_aim_id() -> None:
    reader = PosReader(descriptor("counted"))
    data = b"0109521234543213\x1d21\x00\xff"
    assert scans(reader.feed(counted(data), 0.0)) == [("]C1", data)]


def test_a_long_code_comes_in_several_reports() -> None:
    reader = PosReader(descriptor("counted"))
    code = bytes(range(130))
    assert reader.feed(counted(code[:56], more=True), 0.0) == []
    assert reader.feed(counted(code[56:112], b"   ", more=True), 0.01) == []
    assert scans(reader.feed(counted(code[112:]), 0.02)) == [("]C1", code)]


def test_a_code_whose_rest_never_comes_is_half_and_not_the_start_of_the_next() -> None:
    reader = PosReader(descriptor("counted"))
    reader.feed(counted(b"A" * 56, more=True), 0.0)
    due_s = reader.deadline()
    assert due_s is not None
    assert due_s == pytest.approx(REST_S_MAX)
    assert reader.feed(counted(b"SN-2"), due_s + 0.01) == [
        PosFragment(b"A" * 56),
        PosScan(b"SN-2", "]C1", due_s + 0.01, began_s=due_s + 0.01),
    ]


def test_an_unplugged_scanner_leaves_its_half_code() -> None:
    reader = PosReader(descriptor("counted"))
    reader.feed(counted(b"A" * 56, more=True), 0.0)
    assert reader.lost() == PosFragment(b"A" * 56)
    assert reader.lost() is None


def test_without_a_count_the_data_ends_before_the_zeros() -> None:
    reader = PosReader(descriptor("one-symbology-usage"))
    assert scans(reader.feed(b"\x04]d2" + b"SN-1".ljust(32, b"\0"), 0.0)) == [("]d2", b"SN-1")]


def test_an_identifier_without_its_bracket_is_completed_and_nonsense_is_none() -> None:
    reader = PosReader(descriptor("one-symbology-usage"))
    body = b"SN-1".ljust(32, b"\0")
    assert scans(reader.feed(b"\x04E0\0" + body, 0.0)) == [("]E0", b"SN-1")]
    assert scans(reader.feed(b"\x04\0\0\0" + body, 0.0)) == [("", b"SN-1")]


def test_reports_without_numbers_and_without_identifiers_are_read() -> None:
    reader = PosReader(descriptor("unnumbered"))
    first = b"\x3e" + b"B" * 62 + b"\x01"
    second = b"\x02CC".ljust(63, b"\0") + b"\x00"
    assert reader.feed(first, 0.0) == []
    assert scans(reader.feed(second, 0.01)) == [("", b"B" * 62 + b"CC")]


def test_other_reports_are_ignored_and_do_not_tear_a_code() -> None:
    reader = PosReader(descriptor("with-keyboard"))
    keyboard = b"\x01" + bytes(7)
    assert reader.feed(keyboard, 0.0) == []
    assert reader.feed(b"", 0.0) == []
    assert scans(reader.feed(b"\x02]C0" + b"SN-1".ljust(40, b"\0"), 0.0)) == [("]C0", b"SN-1")]
    assert reader.ignored == 2


def test_a_code_without_end_has_a_bound_and_says_that_it_was_cut() -> None:
    reader = PosReader(descriptor("counted"))
    for number in range(400):
        reader.feed(counted(b"A" * 56, more=True), number * 0.001)
    (found,) = reader.feed(counted(b"end"), 0.5)
    assert isinstance(found, PosScan)
    assert len(found.raw) == SCAN_BYTES_MAX
    assert found.bytes_cut == 401 * 56 - 53 - SCAN_BYTES_MAX


def test_a_descriptor_that_ends_in_the_middle_is_refused() -> None:
    with pytest.raises(DescriptorError):
        parse(raw_descriptor("counted")[:-5] + b"\x26\xff")


@given(st.binary(max_size=300), st.binary(max_size=80))
def test_no_bytes_make_it_fall_over(described: bytes, report: bytes) -> None:
    try:
        found = parse(described)
    except DescriptorError:
        return
    PosReader(found).feed(report, 0.0)


@given(st.binary(max_size=80))
def test_no_report_makes_a_real_scanner_fall_over(report: bytes) -> None:
    for name in ("counted", "unnumbered", "one-symbology-usage"):
        PosReader(descriptor(name)).feed(report, 0.0)
