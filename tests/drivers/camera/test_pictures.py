from __future__ import annotations

from pathlib import Path

import numpy
import pytest
from PIL import Image

from drivers.camera import pictures
from drivers.camera.pictures import PictureError, read_picture
from drivers.camera.still import read_still
from tests.drivers.camera import drawing


def test_black_on_nothing_is_black_on_white(tmp_path: Path) -> None:
    drawn = drawing.placed(drawing.symbol("SN-1", "DataMatrix", 4), ground=255)
    layers = numpy.zeros((*drawn.shape, 4), numpy.uint8)
    layers[..., 3] = 255 - drawn
    path = tmp_path / "clear.png"
    Image.fromarray(layers, "RGBA").save(path)
    assert [symbol.text for symbol in read_still(read_picture(path))] == ["SN-1"]


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp", "tif", "gif"])
def test_the_usual_formats_are_read(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"label.{suffix}"
    Image.fromarray(drawing.placed(drawing.symbol("SN-1", "DataMatrix", 4))).save(path)
    assert [symbol.text for symbol in read_still(read_picture(path))] == ["SN-1"]


def test_sixteen_bits_of_grey_are_read(tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    drawn = drawing.placed(drawing.symbol("SN-1", "DataMatrix", 4)).astype(numpy.uint16) * 30
    Image.fromarray(drawn).save(path)
    assert [symbol.text for symbol in read_still(read_picture(path))] == ["SN-1"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("nothing.png", b""),
        ("text.png", b"not a picture"),
        ("torn.png", None),
        ("missing.png", ...),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_picture_is_one_sentence(name: str, content: object, tmp_path: Path) -> None:
    path = tmp_path / name
    if content is None:
        Image.fromarray(drawing.textured()).save(path)
        path.write_bytes(path.read_bytes()[:3000])
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(PictureError, match=name):
        read_picture(path)


def test_a_small_file_that_claims_to_be_huge_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.png"
    Image.new("1", (300, 200)).save(path)
    monkeypatch.setattr(pictures, "PIXELS_MAX", 50_000)
    with pytest.raises(PictureError, match="pixels"):
        read_picture(path)
