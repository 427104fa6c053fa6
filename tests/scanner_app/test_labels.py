"""Labels say what a scanner would deliver."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date

import biip
import pytest

from scanner_app.label_goods import Goods
from scanner_app.labels import (
    GS1_128,
    LabelError,
    element_string,
    goods_texts,
    human_readable,
    labels,
    next_labels,
    symbology_for,
)
from scanner_app.sample import SITES, company, shift
from tracking.site import Item, Operator, Site

TODAY = date(2026, 11, 23)
HAM = company(TODAY).site("HAM")
GTIN = "09521234543213"


def test_an_element_string_parts_a_lot_from_the_serial_after_it() -> None:
    text = element_string(GTIN, serial="SN-1", lot="26-114", expiry="2028-10-31")
    assert text == f"]C101{GTIN}172810311026-114\x1d21SN-1"
    assert element_string(GTIN, lot="26-114") == f"]C101{GTIN}1026-114"
    assert element_string("", serial="SN-1") == "]C121SN-1"


def test_every_element_string_of_the_sample_is_sound_gs1() -> None:
    count = 0
    for code in SITES:
        site = company(TODAY).site(code)
        by_gtin = {gtin: item for item in site.items for gtin in item.gtins}
        for label in labels(site):
            if not label.text.startswith(GS1_128):
                continue
            message = biip.parse(label.text).gs1_message
            assert message is not None
            values = {one.ai.ai: one.value for one in message.element_strings}
            item = by_gtin[values["01"]]
            assert not ("lot" in item.requires and label.kind == "unit") or values["10"]
            assert not ("expiry" in item.requires and label.kind == "unit") or values["17"]
            assert label.human_readable == "".join(f"({ai}){value}" for ai, value in values.items())
            assert len(label.text) - 3 <= 48
            count += 1
    assert count > 250


def test_a_bare_serial_is_enough_only_where_no_other_item_has_its_pattern() -> None:
    shared = Item(item="A", gtins=(GTIN,), serial_pattern=r"^SN-\d{3}$")
    alone = Item(item="B", gtins=("09521234543220",), serial_pattern=r"^B\d{3}$")
    site = Site(site="S", items=(shared, Item(item="C", serial_pattern=r"^SN-\d{3}$"), alone))
    assert goods_texts(site, Goods(item="A", serial="SN-001")) == [f"]C101{GTIN}21SN-001"]
    assert goods_texts(site, Goods(item="B", serial="B001")) == ["B001"]
    assert goods_texts(site, Goods(item="B", serial="B001", expiry="2027-01-31")) == [
        "]C101095212345432201727013121B001"
    ]


def test_what_gs1_cannot_carry_is_printed_bare() -> None:
    site = Site(site="S", items=(Item(item="A", gtins=(GTIN,)), Item(item="B")))
    for serial in ("SN 1", "Größe", "X" * 21, "A\x1dB"):
        assert goods_texts(site, Goods(item="A", serial=serial)) == [serial]
    assert goods_texts(site, Goods(item="B", serial="SN-1")) == ["SN-1"]


def test_a_label_that_is_too_long_for_one_symbol_becomes_two() -> None:
    site = Site(site="S", items=(Item(item="A", gtins=(GTIN,), requires=("lot",)),))
    goods = Goods(item="A", serial="S" * 20, lot="L" * 20, expiry="2027-01-31")
    assert goods_texts(site, goods) == [f"]C101{GTIN}1727013110{'L' * 20}", f"]C121{'S' * 20}"]


def test_the_next_labels_of_a_receipt_begin_with_the_order_and_give_a_quantity_after_a_lot() -> None:
    texts = next_labels(HAM, "PO-4711")
    assert texts[0] == "PO-4711"
    assert [text[:3] for text in texts[1:9]] == ["M7-"] * 8
    assert all(text.startswith("]C10109521234610045") for text in texts[9:13])
    assert texts[-1] == "%CMD:QUANTITY=40"
    assert texts[-2].startswith(GS1_128)
    assert len(texts) == 1 + 8 + 4 + 2


def test_the_sheet_shows_the_labels_that_the_shift_scans() -> None:
    printed = {label.text for label in labels(HAM)}
    script = shift(HAM).replace("\\x1d", "\x1d")
    for number in ("PO-4711", "PO-4712", "PO-4713", "SO-3004", "SO-3008"):
        for text in next_labels(HAM, number):
            assert text in printed
            assert text.startswith("%CMD:") or f"scan {text}\n" in script


def test_the_whole_site_has_labels_for_people_papers_places_and_commands() -> None:
    kinds = Counter(label.kind for label in labels(HAM))
    assert kinds["badge"] == len(HAM.operators)
    assert kinds["document"] == len(HAM.documents)
    assert kinds["location"] == len(HAM.locations)
    commands = {label.text for label in labels(HAM) if label.kind == "command"}
    assert {
        f"%CMD:{one}" for one in ("UNDO", "ACK", "DONE", "CONFIRM", "BACK", "REMOVE", "QUANTITY=12")
    } <= commands


def test_one_document_brings_its_own_goods_only() -> None:
    sheet = labels(HAM, "PO-4712")
    assert [label.text for label in sheet if label.kind == "document"] == ["PO-4712"]
    assert sum(label.kind == "unit" for label in sheet) == 56
    assert not [label for label in sheet if label.kind == "location"]


def test_a_document_that_is_not_there_is_named() -> None:
    for ask in (labels, next_labels):
        with pytest.raises(LabelError, match="PO-9999 is not a document of site HAM; it has PO-4711"):
            ask(HAM, "PO-9999")


def test_hostile_names_reach_the_sheet_as_pictures_only() -> None:
    site = Site(site="S", operators=(Operator(badge="OP-1", name="Ida\x1b[2J"),))
    assert next(label.title for label in labels(site) if label.kind == "badge") == "Ida␛[2J"
    assert human_readable("SN\x1b[2J\x1d1") == "SN␛[2J␝1"
    assert human_readable("]C110A\x1b\x1d21B") == "(10)A␛(21)B"


@pytest.mark.parametrize(
    ("text", "symbology"),
    [("SN-1", "code128"), ("]C121SN-1", "gs1-128"), ("x" * 41, "qr"), ("Größe", "qr"), ("A\x1dB", "qr")],
)
def test_the_symbol_fits_the_text(text: str, symbology: str) -> None:
    assert symbology_for(text) == symbology


def test_labels_are_said_without_loading_what_only_draws_them() -> None:
    heavy = ("barcode", "segno", "PIL")
    code = (
        "import sys; import scanner_app.sample, scanner_app.labels, scanner_app.label_sheet;"
        f"sys.exit(str([name for name in {heavy} if name in sys.modules] or ''))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
