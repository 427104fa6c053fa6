from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner_app.cli import main

UNIT = [
    "unit-linear",
    *("--value", "serial=SN-004712", "--value", "item=PUMP-100", "--value", "description=Dosing pump"),
]


@pytest.fixture
def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCANNER_PRINTER_TARGET", str(spool))
    monkeypatch.setenv("SCANNER_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


def test_a_label_is_printed_listed_verified_and_printed_again(
    floor: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["print", *UNIT]) == 0
    assert main(["print", "--reprint", "1"]) == 0
    assert len(list((floor / "spool").iterdir())) == 2
    assert main(["print", "--verify", "2", "]C0SN-004712"]) == 0
    assert main(["print", "--verify", "1", "SN-004713"]) == 1
    capsys.readouterr()
    assert main(["print", "--jobs", "--json"]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["state"], first["verified_ms"]) == ("printed", 0)
    assert (second["reprint_of"], second["verified_ms"] > 0) == (1, True)


@pytest.mark.parametrize("suffix", ["png", "pdf", "svg"])
def test_a_preview_is_drawn_without_a_printer(
    suffix: str, floor: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SCANNER_PRINTER_TARGET", "")
    path = floor / f"label.{suffix}"
    assert main(["print", *UNIT, "--preview", str(path)]) == 0
    assert path.stat().st_size > 500
    if suffix == "png":
        capsys.readouterr()
        assert main(["decode", "--json", str(path)]) == 0
        (code,) = json.loads(capsys.readouterr().out)["codes"]
        assert (code["text"], code["symbology_id"]) == ("SN-004712", "]C0")


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (["nothing"], 1, "nothing"),
        (["unit-linear", "--value", "serial=1"], 1, "item"),
        (["unit-linear", "--value", "serial"], 2, "NAME=TEXT"),
        ([], 2, "template"),
        ([*UNIT, "--copies", "0"], 2, "copies"),
        ([*UNIT, "--preview", "label.doc"], 2, "label.doc"),
        (["--reprint", "9"], 1, "9"),
        (["--verify", "x", "SN-1"], 2, "x"),
    ],
)
def test_wrong_use_is_one_sentence(
    arguments: list[str], code: int, named: str, floor: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert floor.is_dir()
    assert main(["print", *arguments]) == code
    said = capsys.readouterr().err
    assert named in said
    assert said.count("\n") == 1


def test_a_program_is_answered_in_json(floor: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*words: str, code: int = 0) -> list[dict[str, object]]:
        assert main(["print", *words, "--json"]) == code
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    templates = {str(row["template"]): row for row in said("--templates")}
    assert templates["badge"] == {"template": "badge", "size_mm": [60, 30], "values": ["badge", "name"]}
    assert said(*UNIT, "--preview", "label.png") == [{"file": "label.png"}]
    assert said(*UNIT)[0]["printed"] is True
    assert said("--verify", "1", "SN-004712") == [{"job": 1, "ok": True}]
    assert said("--verify", "1", "SN-004713", code=1) == [{"job": 1, "ok": False}]
    assert main(["print", "--verify", "9", "SN-004712"]) == 1
    assert capsys.readouterr().err == "scanner: there is no print job 9\n"
