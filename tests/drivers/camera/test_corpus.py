"""Photographs with known contents: beside the checkout in ``../shared/corpus``, or where ``CORPUS`` says."""

from __future__ import annotations

import csv
import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from drivers.camera.pictures import read_picture
from drivers.camera.still import read_still
from tests.structure import tree

FOLDER = Path(os.environ.get("CORPUS") or tree.ROOT.parent / "shared" / "corpus")
EVERY = 1 if os.environ.get("SCANNER_LONG") else 6
"""Every so many of the pictures are read; all with ``SCANNER_LONG=1``."""


def canonical(text: str) -> str:
    """One spelling for what is written in several: UPC-A with or without a leading zero, UPC-E short or long."""
    text = text.strip()
    if re.fullmatch(r"0\d{7}", text):
        number, last, check = text[:6], text[6], text[7]
        head, tail = (
            (number[:3] + last + "0000", number[3:]) if last in "012" else (number[:6] + "0000", last)
        )
        if last == "3":
            head, tail = number[:4] + "00000", number[4:]
        if last == "4":
            head, tail = number[:5] + "00000", number[5:]
        text = head + tail + check
    return "0" + text if re.fullmatch(r"\d{12}", text) else text


@pytest.mark.skipif(not (FOLDER / "manifest.csv").exists(), reason="no photographs beside the checkout")
def test_photographs_are_read_and_empty_ones_give_nothing() -> None:
    rows = list(csv.DictReader((FOLDER / "manifest.csv").read_text("utf-8").splitlines()))[::EVERY]
    read, total, wrong = Counter[str](), Counter[str](), []
    for row in rows:
        truth = json.loads(row["expected_text"])
        wanted = {canonical(text) for text in ([truth] if isinstance(truth, str) else truth or [])}
        found = {canonical(symbol.text) for symbol in read_still(read_picture(FOLDER / row["file"]))}
        wrong += [row["file"]] if found and not wanted & found else []
        for group in (row["kind"], row["symbology"]) if wanted else ():
            total[group] += 1
            read[group] += wanted <= found
    assert len(wrong) <= 2, wrong
    assert read["photo"] >= 0.91 * total["photo"]
    assert read["DataMatrix"] >= 0.97 * total["DataMatrix"]
