"""What is printed is what was meant: symbols are read back from their bars, sheets from their files."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from barcode.charsets import code128
from PIL import Image

from scanner_app.label_layout import PAGE_HEIGHT, PAGE_WIDTH, QUIET_MODULES, Page, pages_of
from scanner_app.label_sheet import write_sheet
from scanner_app.label_symbols import modules_of
from scanner_app.labels import Label, LabelError, element_string, labels, symbology_for
from scanner_app.sample import company

HAM = company(date(2026, 11, 23)).site("HAM")
GTIN = "09521234543213"
START = {103: "A", 104: "B", 105: "C"}
TO = {99: "C", 100: "B", 101: "A"}
FNC1, STOP_MODULES = 102, 13


def a_label(text: str) -> Label:
    return Label(kind="unit", title="A", human_readable=text, text=text, symbology=symbology_for(text))


def read_code128(modules: str) -> tuple[bool, str]:
    """Whether the symbol begins with FNC1, and its text with further ones as GS (ISO/IEC 15417)."""
    values = [code128.CODES.index(modules[at : at + 11]) for at in range(0, len(modules) - STOP_MODULES, 11)]
    start, *data, check = values
    assert (start + sum(place * value for place, value in enumerate(data, start=1))) % 103 == check
    charset, text = START[start], ""
    for value in data:
        if value == FNC1:
            text += "\x1d"
        elif TO.get(value, charset) != charset:
            charset = TO[value]
        elif charset == "C":
            text += f"{value:02d}"
        else:
            assert charset == "B" or value < 64
            text += chr(value + 32)
    return text.startswith("\x1d"), text.removeprefix("\x1d")


@pytest.mark.parametrize(
    "text",
    [
        "SN-000001",
        "009521230628527",
        "%CMD:QUANTITY=12",
        element_string(GTIN, serial="SN-1"),
        element_string(GTIN, serial="2", lot="1"),
        element_string(GTIN, serial="4567", lot="123"),
        element_string(GTIN, serial="FM20-742354", lot="26-566", expiry="2027-11-23"),
        element_string(GTIN, serial="x", lot="a1b22c333d4444e55"),
        element_string("", serial="12345", lot="12345"),
    ],
)
def test_bars_read_back_as_their_text(text: str) -> None:
    gs1, read = read_code128(modules_of(a_label(text))[0])
    assert ("]C1" if gs1 else "") + read == text


def test_every_symbol_of_the_sample_reads_back() -> None:
    for label in labels(HAM):
        gs1, read = read_code128(modules_of(label)[0])
        assert ("]C1" if gs1 else "") + read == label.text


def test_a_long_text_is_a_square_and_one_beyond_measure_is_refused() -> None:
    square = modules_of(a_label("Größe " + "x" * 60))
    assert len(square) == len(square[0]) > 21
    with pytest.raises(LabelError, match="300 characters"):
        modules_of(a_label("x" * 301))


def overlaps(page: Page) -> int:
    """Symbols whose quiet zones touch another symbol, or that leave the page."""
    boxes = []
    for symbol in page.symbols:
        quiet = QUIET_MODULES * symbol.module_dots if len(symbol.modules) == 1 else 0
        left, right = symbol.x - quiet, symbol.x + len(symbol.modules[0]) * symbol.module_dots + quiet
        boxes.append((left, symbol.y, right, symbol.y + len(symbol.modules) * symbol.row_dots))
    outside = sum(
        left < 0 or top < 0 or right > PAGE_WIDTH or bottom > PAGE_HEIGHT
        for left, top, right, bottom in boxes
    )
    return outside + sum(
        one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
        for place, one in enumerate(boxes)
        for other in boxes[place + 1 :]
    )


def test_no_symbol_touches_another() -> None:
    mixed = [
        *labels(HAM)[:60],
        a_label("Größe"),
        a_label("x" * 200),
        a_label(element_string(GTIN, lot="A" * 20)),
    ] * 2
    pages = pages_of(mixed, "a title")
    assert sum(len(page.symbols) for page in pages) == len(mixed)
    assert [overlaps(page) for page in pages] == [0] * len(pages)


def test_too_many_labels_are_refused_before_they_are_drawn() -> None:
    with pytest.raises(LabelError, match="10001 labels"):
        pages_of([a_label("X")] * 10_001)


def test_a_web_page_has_every_label_and_nothing_live(tmp_path: Path) -> None:
    sheet = [*labels(HAM, "PO-4711"), a_label("<script>alert(1)</script>")]
    path = tmp_path / "sheet.html"
    assert write_sheet(sheet, path, "<PO-4711>") == [path]
    text = path.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<title>&lt;PO-4711&gt;</title>" in text
    assert text.count("<path") == len(sheet)
    assert text.count("<text") == 2 * len(sheet) + text.count("<svg")
    assert "(01)" in text


def test_svg_is_well_formed_and_one_file_a_page(tmp_path: Path) -> None:
    written = write_sheet(labels(HAM, "PO-4712"), tmp_path / "sheet.svg")
    assert [path.name for path in written[:2]] == ["sheet.svg", "sheet-2.svg"]
    for path in written:
        root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
        assert (root.get("width"), root.get("height")) == ("210mm", "297mm")


def test_a_picture_shows_the_very_bars(tmp_path: Path) -> None:
    label = a_label(element_string(GTIN, serial="FM20-742354", lot="26-566", expiry="2027-11-23"))
    [path] = write_sheet([label], tmp_path / "sheet.png")
    [symbol] = pages_of([label])[0].symbols
    with Image.open(path) as picture:
        assert picture.size == (PAGE_WIDTH, PAGE_HEIGHT)
        assert round(picture.info["dpi"][0]) == 300
        row = [picture.getpixel((x, symbol.y + 100)) for x in range(PAGE_WIDTH)]
    dark = "".join("0" if dot else "1" for dot in row).strip("0")
    runs = [len(run) for run in re.findall("1+|0+", dark)]
    assert not [run for run in runs if run % symbol.module_dots]
    assert "".join(dark[:: symbol.module_dots]) == symbol.modules[0]


def test_a_pdf_has_all_pages(tmp_path: Path) -> None:
    sheet = labels(HAM, "PO-4711")
    [path] = write_sheet(sheet, tmp_path / "sheet.PDF")
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", data)) == len(pages_of(sheet))


def test_what_cannot_be_printed_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"use \.html, \.svg, \.pdf or \.png"):
        write_sheet(labels(HAM, "PO-4711"), tmp_path / "sheet.docx")
    with pytest.raises(LabelError, match="no labels"):
        write_sheet([], tmp_path / "sheet.pdf")
    assert not list(tmp_path.iterdir())


def test_without_pillow_a_picture_is_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    with pytest.raises(LabelError, match=r"write \.html or \.svg"):
        write_sheet([a_label("X")], tmp_path / "sheet.png")
