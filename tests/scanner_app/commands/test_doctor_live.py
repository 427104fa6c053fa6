from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from PIL import Image

from drivers.driver import DriverState
from drivers.scan import Burst, Scan
from scanner_app.cli import main
from scanner_app.commands.trigger_test import rows
from tests.drivers.camera import drawing


@pytest.fixture
def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCANNER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SCANNER_USB_SCANNERS", "off")
    return tmp_path


def test_the_live_test_shows_bytes_aim_id_and_meaning(floor: Path, monkeypatch: pytest.MonkeyPatch,
                                                      capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    label = drawing.placed(drawing.symbol("(01)09521234543213(21)SN-1", "DataMatrix", 5, gs1=True))
    Image.fromarray(label).save(floor / "label.png")
    monkeypatch.setenv("SCANNER_CAMERA_SOURCE", str(floor / "label.png"))
    assert main(["doctor", "--scan", "3", "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (scan,) = [row for row in found if "text" in row]
    assert scan["symbology_id"] == "]d2"
    assert scan["bytes_hex"] == b"010952123454321321SN-1".hex()
    assert scan["kind"] == "unit"


def test_without_a_scan_the_live_test_fails(floor: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--scan", "0.05"]) == 1
    assert "none is set" in capsys.readouterr().out
    assert main(["doctor", "--scan", "0"]) == 2


def test_a_burst_is_shown_code_by_code_and_a_state_as_it_is() -> None:
    burst = Burst(scans=(Scan(raw=b"SN-1", symbology_id="]C0"), Scan(raw=b"\x1d\xff")))
    assert [row["bytes_hex"] for row in rows(burst)] == ["534e2d31", "1dff"]
    assert rows(DriverState("usb:dock", "lost", "unplugged"))[0]["state"] == "lost"


def checks(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str]]:
    """What the doctor says, by name."""
    main(["doctor", "--json"])
    found = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    return {check["name"]: check for check in found}


def test_a_printer_that_answers_and_one_that_does_not(
    floor: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("SCANNER_PRINTER_TARGET", f"tcp://127.0.0.1:{listener.getsockname()[1]}")
        assert checks(capsys)["printer"]["state"] == "ok"
    off = checks(capsys)
    assert off["printer"]["state"] == "fault"
    assert "switch it on" in off["printer"]["fix"]
    assert off["labels"]["state"] == "ok"


@pytest.mark.parametrize(
    ("shade", "state", "said"), [(0, "note", "too dark"), (120, "note", "blurred"), (-1, "ok", "")]
)
def test_a_camera_is_looked_through(
    shade: int, state: str, said: str, floor: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    picture = drawing.textured() if shade < 0 else Image.new("L", (640, 480), shade)
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(floor / "view.png")
    monkeypatch.setenv("SCANNER_CAMERA_SOURCE", str(floor / "view.png"))
    camera = checks(capsys)["camera"]
    assert camera["state"] == state
    assert said in camera["fix"]


def test_a_camera_that_is_not_there_comes_with_what_to_do(
    floor: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SCANNER_CAMERA_SOURCE", "987")
    camera = checks(capsys)["camera"]
    assert (camera["state"], camera["fix"]) == ("fault", "plug it in")
