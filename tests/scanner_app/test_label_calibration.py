"""The printed calibration card: read back from its picture, every symbol teaches a scanner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from config.keyboard_text import Retyping, typed
from scanner_app import cli, label_symbols
from scanner_app.label_calibration import calibration_labels
from scanner_app.label_sheet import write_sheet
from scanner_app.scanners import card


def test_every_printed_symbol_teaches_a_scanner(tmp_path: Path) -> None:
    zxing = pytest.importorskip("zxingcpp")
    write_sheet(calibration_labels(), tmp_path / "card.png", title="card")
    found: list[Any] = zxing.read_barcodes(Image.open(tmp_path / "card.png").convert("L"))
    assert {one.symbology_identifier for one in found} == {"]C1", "]d2", "]Q1"}
    german = Retyping("us", "de")
    for one in found:
        sent = typed(one.symbology_identifier + one.bytes.decode().replace("\x1d", "<GS>"), german)
        learned = card.learn(sent + "\r").profile
        assert learned is not None
        assert (learned.way, learned.gs, learned.aim) == (german, typed("<GS>", german), True)


def test_without_the_library_for_data_matrix_the_other_symbols_are_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(label_symbols, "find_spec", lambda name: None)
    assert [label.symbology for label in calibration_labels()] == ["gs1-128", "qr"]


def test_the_command_prints_the_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "card.html"
    assert cli.main(["labels", "--calibration", "--out", str(out)]) == 0
    assert "3 labels" in capsys.readouterr().out or not label_symbols.can_draw_data_matrix()
    assert "calibration card" in out.read_text()
