from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy
import pytest
from PIL import Image

from drivers.camera import driver as camera_driver
from drivers.camera.driver import CameraScanner, CameraSettings, Newest
from drivers.camera.gates import Gates
from drivers.camera.live import LiveReader
from drivers.camera.sources import gray_of, open_source
from drivers.driver import DriverError, start
from drivers.scan import Burst, Scan
from tests.drivers.camera import drawing
from tests.drivers.usb.bench import Heard

FPS = 10
WAIT_S = 30.0


def video(path: Path, frames: list[drawing.Gray]) -> Path:
    """A video of these frames."""
    height, width = frames[0].shape
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, (width, height))
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
    writer.release()
    return path


def played(source: Path, **settings: object) -> Heard:
    """What a camera with this source delivers, to its end."""
    heard = Heard()
    thread = start(CameraScanner(CameraSettings(source=str(source), **settings)), heard)  # type: ignore[arg-type]
    thread.join(WAIT_S)
    assert not thread.is_alive()
    return heard


def test_a_video_of_two_labels_gives_two_scans_with_aim_id(tmp_path: Path) -> None:
    first = drawing.placed(drawing.symbol("(01)09521234543213(21)SN-1", "DataMatrix", 5, gs1=True))
    second = drawing.placed(drawing.symbol("4006381333931", "EAN13"))
    empty = drawing.textured()
    heard = played(video(tmp_path / "shift.avi", [empty] * 3 + [first] * 5 + [empty] * 14 + [second] * 6))
    assert [(item.raw, item.symbology_id) for item in heard.items if isinstance(item, Scan)] == [
        (b"010952123454321321SN-1", "]d2"),
        (b"4006381333931", "]E0"),
    ]
    assert {source for source, _ in heard.codes} == {"camera:camera"}


def test_the_same_label_shown_again_after_a_while_is_scanned_again(tmp_path: Path) -> None:
    label, empty = drawing.placed(drawing.symbol("SN-1", "QRCode", 5)), drawing.textured()
    heard = played(video(tmp_path / "again.avi", [label] * 4 + [empty] * 15 + [label] * 4))
    assert [raw for _, raw in heard.codes] == [b"SN-1", b"SN-1"]


def test_all_codes_of_a_carton_label_are_one_burst(tmp_path: Path) -> None:
    codes = [
        drawing.symbol("SN-004712", "Code128", 2),
        drawing.symbol("4006381333931", "EAN13", 2),
        drawing.symbol("LOT-26-114", "DataMatrix", 4),
    ]
    heard = played(video(tmp_path / "carton.avi", [drawing.placed(*codes, size=(600, 640))] * 8), read="all")
    (burst,) = [item for item in heard.items if isinstance(item, Burst)]
    assert [scan.raw for scan in burst.scans] == [b"SN-004712", b"4006381333931", b"LOT-26-114"]


def test_aimed_takes_the_code_in_the_middle(tmp_path: Path) -> None:
    middle, others = drawing.symbol("MIDDLE", "Code128", 2), drawing.symbol("EDGE", "QRCode", 3)
    frame = drawing.placed(others, middle, drawing.symbol("OTHER", "QRCode", 3))
    heard = played(video(tmp_path / "aim.avi", [frame] * 4))
    assert {raw for _, raw in heard.codes} == {b"MIDDLE"}


def test_a_folder_of_pictures_is_a_source_and_each_picture_a_gesture(tmp_path: Path) -> None:
    for number, text in enumerate(("4006381333931", "4012345678901")):
        Image.fromarray(drawing.placed(drawing.symbol(text, "EAN13"))).save(tmp_path / f"{number}.png")
    (tmp_path / "2.png").write_bytes(b"no picture")
    assert [raw for _, raw in played(tmp_path).codes] == [b"4006381333931", b"4012345678901"]


def test_a_live_frame_that_lies_askew_is_read_after_a_moment() -> None:
    frame = drawing.turned(drawing.placed(drawing.symbol("SN-004712", "Code128")), 40)
    reader = LiveReader()
    reads = [reader.read(frame, number * 0.1) for number in range(8)]
    assert reads[0] == []
    assert any(symbol.text == "SN-004712" for read in reads for symbol in read)


def test_soft_focus_is_read_by_an_enhancement_after_a_moment() -> None:
    frame = drawing.blurred(drawing.placed(drawing.symbol("4006381333931", "EAN13")), 1.9)
    reader = LiveReader()
    reads = [reader.read(frame, number * 0.1) for number in range(24)]
    assert reads[0] == []
    assert any(symbol.text == "4006381333931" for read in reads for symbol in read)


def test_an_unchanged_frame_is_not_decoded_at_every_turn_but_now_and_then() -> None:
    gates, frame = Gates(), drawing.textured()
    decoded = [gates.open_for(frame, number * 0.04) for number in range(26)]
    assert decoded[0]
    assert 4 <= sum(decoded) <= 6


def test_a_new_frame_is_decoded_and_a_blurred_one_is_not() -> None:
    gates = Gates()
    gates.open_for(drawing.textured(seed=1), 0.0)
    assert gates.open_for(drawing.textured(seed=2), 0.01)
    assert not gates.open_for(drawing.blurred(drawing.textured(seed=5), 12), 0.02)


class Slow:
    """A camera whose frames come faster than they are taken."""

    live, still, period_s = True, False, 0.0

    def __init__(self, count: int) -> None:
        self.given, self._count, self.closed = 0, count, False
        self.asked_beyond = threading.Event()
        """The last frame was taken over, and another one asked for."""

    def frame(self) -> drawing.Gray | None:
        if self.given == self._count:
            self.asked_beyond.set()
            time.sleep(0.2)
            return None
        self.given += 1
        return numpy.full((4, 4), self.given, numpy.uint8)

    def close(self) -> None:
        self.closed = True


def test_only_the_newest_frame_waits() -> None:
    source = Slow(50)
    newest = Newest(source)
    assert source.asked_beyond.wait(20)
    frame = newest.take()
    assert frame is not None
    assert frame[0, 0] == 50
    assert newest.take() is None
    newest.close()
    assert source.closed


def test_a_camera_that_ends_is_lost_and_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Slow] = []

    def source(*_: object, **__: object) -> Slow:
        opened.append(Slow(2))
        return opened[-1]

    monkeypatch.setattr(camera_driver, "open_source", source)
    heard = Heard()
    driver = CameraScanner(CameraSettings(source="0"))
    thread = start(driver, heard)
    _until(lambda: len(opened) >= 2 and heard.states.count(("camera:camera", "lost")) >= 1)
    driver.close()
    thread.join(WAIT_S)
    assert heard.states[:3] == [
        ("camera:camera", "ready"),
        ("camera:camera", "lost"),
        ("camera:camera", "ready"),
    ]


def test_a_camera_that_is_not_there_says_so_and_what_to_do() -> None:
    with pytest.raises(DriverError, match="plug it in"):
        open_source("/dev/video987")
    with pytest.raises(DriverError, match="no camera"):
        open_source("/etc/hostname")


@pytest.mark.parametrize("shape", ["bgr", "yuyv", "gray", "jpeg"])
def test_frames_of_every_kind_become_grey(shape: str) -> None:
    gray = drawing.placed(drawing.symbol("SN-1", "DataMatrix", 4))
    frame = {
        "bgr": cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR),
        "yuyv": numpy.dstack([gray, numpy.full_like(gray, 128)]),
        "gray": gray,
        "jpeg": cv2.imencode(".jpg", gray)[1].reshape(1, -1),
    }[shape]
    made = gray_of(frame)
    assert made is not None
    assert [symbol.text for symbol in LiveReader().read(made, 0.0)] == ["SN-1"]


def _until(met: Callable[[], bool]) -> None:
    end_s = time.monotonic() + WAIT_S
    while not met():
        assert time.monotonic() < end_s
        time.sleep(0.005)


def test_what_the_prompt_cannot_take_is_not_looked_for_while_it_stands(tmp_path: Path) -> None:
    edge = drawing.textured((60, 200))
    label = drawing.placed(
        edge, drawing.symbol("4006381333931", "EAN13"), drawing.symbol("SN-1", "Code128", 2)
    )
    film = video(tmp_path / "label.avi", [label] * 8)
    for settings, expected in (
        ({}, [b"SN-1"]),
        ({"by_prompt": False}, [b"4006381333931"]),
        ({"read": "all"}, [b"4006381333931", b"SN-1"]),
    ):
        heard = Heard()
        camera = CameraScanner(CameraSettings(source=str(film), **settings))
        camera.look_for(frozenset({"EAN13", "EAN8", "UPCA", "UPCE", "ITF"}))
        camera.run(heard)
        found = [
            item.scans if isinstance(item, Burst) else (item,)
            for item in heard.items
            if isinstance(item, Scan | Burst)
        ]
        assert [scan.raw for scans in found for scan in scans] == expected


def test_itf_of_other_lengths_than_an_articles_is_looked_for_at_every_prompt(tmp_path: Path) -> None:
    film = video(tmp_path / "own.avi", [drawing.placed(drawing.symbol("123456", "ITF"))] * 8)
    heard = Heard()
    camera = CameraScanner(CameraSettings(source=str(film), itf_lengths=(6,)))
    camera.look_for(frozenset({"EAN13", "ITF"}))
    camera.run(heard)
    assert {raw for _, raw in heard.codes} == {b"123456"}
