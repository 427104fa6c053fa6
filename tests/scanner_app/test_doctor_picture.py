from __future__ import annotations

from pathlib import Path

import cv2
import msgspec

from config import loader
from scanner_app.doctor_picture import kept
from tests.drivers.camera import drawing


def test_what_the_camera_sees_is_kept_as_a_picture(tmp_path: Path) -> None:
    seen = drawing.placed(drawing.symbol("SN-1", "QRCode", 5))
    cv2.imwrite(str(tmp_path / "label.png"), seen)
    camera = msgspec.structs.replace(loader.shipped().camera, source=str(tmp_path / "label.png"))
    check = kept(camera, tmp_path / "kept.png")
    assert check.state == "ok"
    again = cv2.imread(str(tmp_path / "kept.png"), cv2.IMREAD_GRAYSCALE)
    assert again is not None
    assert (again == seen).all()


def test_what_is_wrong_is_one_sentence_and_no_traceback(tmp_path: Path) -> None:
    camera = loader.shipped().camera
    cv2.imwrite(str(tmp_path / "label.png"), drawing.textured())
    here = msgspec.structs.replace(camera, source=str(tmp_path / "label.png"))
    gone = msgspec.structs.replace(camera, source=str(tmp_path / "gone.png"))
    for section, name in ((camera, "a.png"), (gone, "a.png"), (here, "a.xyz"), (here, "no/folder/a.png")):
        check = kept(section, tmp_path / name)
        assert check.state == "fault"
        assert check.detail
