from __future__ import annotations

import struct
import zlib
from base64 import b64decode
from binascii import crc_hqx
from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from drivers.camera.still import read_still
from drivers.printing.languages import encoded, packed
from drivers.printing.render import codes_of, rendered
from drivers.printing.template import SHIPPED, TemplateError, load_template, named_template

TEMPLATES = sorted(path.stem for path in SHIPPED.glob("*.toml"))
VALUES = {
    "gtin": "09521234543213",
    "expiry": "281031",
    "lot": "L26-114",
    "serial": "SN-004712",
    "item": "PUMP-100",
    "description": "Dosing pump, rev C",
    "sscc": "395212345000000018",
    "container": "CARTON-7",
    "contents": "40 x PUMP-100",
    "location": "HAM-A-01-2",
    "badge": "OP-7",
    "name": "Ida Müller",
}


def read_back(image: Image.Image) -> list[tuple[str, bytes]]:
    """What a camera reads of a label."""
    gray: NDArray[numpy.uint8] = numpy.ascontiguousarray(numpy.asarray(image.convert("L")))
    return sorted((symbol.symbology_id, symbol.raw) for symbol in read_still(gray))


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_reads_back_to_the_same_bytes_and_aim_id(name: str, dpi: int) -> None:
    template = named_template(name)
    assert codes_of(template, VALUES)
    assert read_back(rendered(template, VALUES, dpi)) == sorted(codes_of(template, VALUES))


def test_a_value_that_is_empty_leaves_its_part_of_a_gs1_code_out() -> None:
    values = VALUES | {"lot": "", "expiry": ""}
    assert read_back(rendered(named_template("unit"), values, 203)) == [
        ("]d2", b"010952123454321321SN-004712")
    ]


def test_a_value_that_is_missing_is_named() -> None:
    with pytest.raises(TemplateError, match="serial"):
        rendered(named_template("unit"), {name: "1" for name in VALUES if name != "serial"}, 203)


def test_a_code_that_does_not_fit_is_refused_and_not_cut() -> None:
    with pytest.raises(TemplateError, match="does not fit"):
        rendered(named_template("unit-linear"), VALUES | {"serial": "S" * 60}, 203)


def test_words_that_do_not_fit_are_cut_in_the_middle_and_stay_on_the_label() -> None:
    image = rendered(named_template("badge"), VALUES | {"name": "W" * 300}, 203)
    assert image.size == (480, 240)


@pytest.mark.parametrize("value", ["^XZ^XA^FDpwned", '"\r\nCLS\r\nPRINT 9', "~JA", "\x1b@\x1dV"])
def test_a_value_cannot_become_a_command_of_the_printer(value: str) -> None:
    image = rendered(named_template("location"), VALUES | {"location": value}, 203)
    for language in ("zpl", "tspl", "escpos"):
        assert value.encode() not in encoded(image, language, dpi=203)


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20))
def test_any_printable_serial_reads_back_or_is_refused(serial: str) -> None:
    values = VALUES | {"serial": serial}
    template = named_template("unit-linear")
    try:
        image = rendered(template, values, 203)
    except TemplateError:
        assert len(serial) > 10
        return
    assert read_back(image) == [("]C0", serial.encode())]


def test_a_bracket_in_a_serial_does_not_open_another_field() -> None:
    with pytest.raises(TemplateError, match="brackets"):
        rendered(named_template("unit"), VALUES | {"serial": "X(10)FAKE"}, 203)


def test_zpl_carries_the_very_picture() -> None:
    image = rendered(named_template("unit"), VALUES, 203)
    job = encoded(image, "zpl", dpi=203, copies=3)
    assert job.startswith(b"^XA")
    assert job.endswith(b"^PQ3^XZ\n")
    _, total, row_bytes, rest = job.split(b"^GFA,")[1].split(b",", 3)
    body, crc = rest.split(b":")[2], rest.split(b":")[3][:4]
    assert crc == f"{crc_hqx(body, 0):04X}".encode()
    rows = zlib.decompress(b64decode(body))
    assert len(rows) == int(total)
    assert _picture(rows, int(row_bytes), image.size) == image.tobytes()


def test_tspl_carries_the_very_picture_with_white_as_ones() -> None:
    image = rendered(named_template("unit"), VALUES, 203)
    job = encoded(image, "tspl", dpi=203)
    assert job.startswith(b"SIZE 60.1 mm,30.0 mm\r\n")
    head, body = job.split(b"BITMAP 0,0,")[1].split(b",0,", 1)
    row_bytes, height = (int(number) for number in head.split(b","))
    rows = bytes(byte ^ 0xFF for byte in body[: row_bytes * height])
    assert body[row_bytes * height :] == b"\r\nPRINT 1,1\r\n"
    assert _picture(rows, row_bytes, image.size) == image.tobytes()


def test_escpos_carries_the_very_picture_in_bands() -> None:
    image = rendered(named_template("carton"), VALUES, 203)
    job = encoded(image, "escpos", dpi=203)
    rows, at, row_bytes = b"", 2, 0
    while job[at : at + 4] == b"\x1dv0\0":
        row_bytes, count = struct.unpack("<HH", job[at + 4 : at + 8])
        rows += job[at + 8 : at + 8 + row_bytes * count]
        at += 8 + row_bytes * count
    assert _picture(rows, row_bytes, image.size) == image.tobytes()


def test_the_last_byte_of_a_row_has_no_black_beyond_the_label() -> None:
    row_bytes, rows = packed(Image.new("1", (13, 2), 1))
    assert (row_bytes, rows) == (2, bytes(4))
    row_bytes, rows = packed(Image.new("1", (13, 1), 0))
    assert rows == b"\xff\xf8"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not toml [",
        'name="x"\nwidth=5000\nheight=10\nelements=[]',
        'name="x"\nwidth=50\nheight=10\n[[elements]]\ntype="text"\nx=1\ny=1\nwidth=5\nheight=2\ntext="a"\nscript="b"',
        'name="x"\nwidth=50\nheight=10\n[[elements]]\ntype="code"\nx=1\ny=1\nkind="morse"\nmodule=1\ndata="a"',
    ],
)
def test_a_wrong_template_is_one_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text(text)
    with pytest.raises(TemplateError, match=r"wrong\.toml"):
        load_template(tmp_path / "wrong.toml")


def test_a_template_of_the_site_stands_before_a_shipped_one_and_no_name_leads_elsewhere(
    tmp_path: Path,
) -> None:
    own = (SHIPPED / "badge.toml").read_text().replace("width = 60", "width = 70", 1)
    (tmp_path / "badge.toml").write_text(own)
    assert named_template("badge", tmp_path).width == 70
    assert named_template("unit", tmp_path).width == 60
    with pytest.raises(TemplateError, match="no name"):
        named_template("../../secret", tmp_path)


def _picture(rows: bytes, row_bytes: int, size: tuple[int, int]) -> bytes:
    """Printer's rows as Pillow keeps a picture of single bits."""
    bits = numpy.unpackbits(numpy.frombuffer(rows, numpy.uint8).reshape(size[1], row_bytes), axis=1)
    return Image.fromarray(bits[:, : size[0]] == 0).convert("1").tobytes()
