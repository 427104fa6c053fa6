"""The camera's way from a frame to a result against a bare zxing-cpp call on the same frame, and how soon it reads.

The frames are drawn: 1280x720 with texture and grain, a carton's codes on it, and the same spoilt as a hand, a lamp and
a lens spoil them. "First read" counts frames of 30 a second until every code of the scene was right once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from time import perf_counter
from typing import Any

import cv2
import numpy
import zxingcpp
from pyzbar import pyzbar

from bench.figures import Figure, Result, median
from bench.room import Room
from drivers.camera.agreement import Agreement
from drivers.camera.gates import Gates
from drivers.camera.live import LiveReader
from drivers.camera.views import whole
from drivers.camera.zxing import HANDHELD_FORMATS, look

SIZE = (720, 1280)
ROUNDS = (40, 4)
FRAMES = (45, 6)
FPS = 30
SEED = 5

FAST_BUDGET, FULL_BUDGET, ATTEMPTS_BUDGET = 1.15, 1.05, 30.0
CODES = (
    *(("SN-004712", "Code128"), ("4006381333931", "EAN13"), ("00012345600012", "ITF")),
    *(("LOT-26-114", "DataMatrix"), ("https://example.com/u/1", "QRCode"), ("PUMP-100", "Code39")),
)

Gray = numpy.ndarray[Any, numpy.dtype[numpy.uint8]]


def run(room: Room) -> Result:
    """Times both by turns, then plays the scenes."""
    cv2.setNumThreads(1)
    label, empty = _label(CODES), _ground()
    fast = _ratio(label, room.size(*ROUNDS), thorough=False)
    full = _ratio(label, room.size(*ROUNDS), thorough=True)
    attempts = 1 / median([_timed(partial(LiveReader().read, empty, 0.0)) for _ in range(room.size(*ROUNDS))])
    figures = [
        Figure(name="decode path / bare fast read", value=fast[0], unit="x", budget=FAST_BUDGET),
        Figure(name="bare fast read, carton", value=fast[1] * 1e3, unit="ms"),
        Figure(name="full pass / bare full read", value=full[0], unit="x", budget=FULL_BUDGET),
        Figure(name="bare full read, carton", value=full[1] * 1e3, unit="ms"),
        Figure(
            name="attempts a second, 720p without a code",
            value=attempts,
            unit="1/s",
            budget=ATTEMPTS_BUDGET,
            bound="at least",
        ),
    ]
    return Result(
        benchmark="camera",
        against="zxingcpp.read_barcodes(gray) with the same formats on the same frame",
        figures=(*figures, *_first_reads(room.size(*FRAMES))),
    )


def _timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _ratio(frame: Gray, rounds: int, *, thorough: bool) -> tuple[float, float]:
    """Our whole path by a bare read, both timed by turns; and the bare read, seconds."""
    formats = zxingcpp.barcode_formats_from_str(",".join(HANDHELD_FORMATS))
    gates, agreement = Gates(), Agreement()

    def ours() -> None:
        gates.open_for(frame, 0.0)
        agreement.accepted(look(whole(frame), HANDHELD_FORMATS, thorough=thorough), 0.0)

    bare = partial(
        zxingcpp.read_barcodes,
        frame,
        formats=formats,
        try_rotate=thorough,
        try_downscale=thorough,
        try_invert=thorough,
        text_mode=zxingcpp.TextMode.Plain,
    )
    pairs = [(_timed(ours), _timed(bare)) for _ in range(rounds)]
    return median([one / other for one, other in pairs]), median([other for _, other in pairs])


def _first_reads(frames: int) -> list[Figure]:
    """For each scene the frames that ours, zxing-cpp alone and pyzbar alone need."""
    one = CODES[:1]
    scenes: dict[str, tuple[Gray, set[str]]] = {
        "straight": (_label(one), {one[0][0]}),
        "turned 40 degrees": (_turned(_label(one), 40), {one[0][0]}),
        "soft focus": (_typed(cv2.GaussianBlur(_label(one), (0, 0), 1.3)), {one[0][0]}),
        "dim": (_typed(_label(one) * 0.1 + 40), {one[0][0]}),
        "carton of six codes": (_label(CODES), {text for text, _ in CODES}),
    }
    figures = []
    for name, (scene, wanted) in scenes.items():
        readers: dict[str, Callable[[Gray, float], Sequence[str]]] = {
            "ours": _ours(),
            "zxing-cpp": lambda frame, _: [found.text for found in zxingcpp.read_barcodes(frame)],
            "pyzbar": lambda frame, _: [
                found.data.decode("utf-8", "replace") for found in pyzbar.decode(frame)
            ],
        }
        needed = {who: _frames_until(reader, scene, wanted, frames) for who, reader in readers.items()}
        others = ", ".join(f"{who} {count or 'never'}" for who, count in needed.items() if who != "ours")
        mine = needed["ours"]
        figures.append(
            Figure(
                name=f"first read, {name}",
                value=float(mine) / FPS * 1e3 if mine else float("nan"),
                unit="ms",
                note=f"frames: ours {mine or 'never'}, {others}",
            )
        )
    return figures


def _ours() -> Callable[[Gray, float], Sequence[str]]:
    reader = LiveReader(whole_label=True)
    return lambda frame, at_s: [symbol.text for symbol in reader.read(frame, at_s)]


def _frames_until(
    reader: Callable[[Gray, float], Sequence[str]], scene: Gray, wanted: set[str], frames: int
) -> int:
    """Frames until every wanted text was read once; 0 for never. Each frame has its own grain and tremor."""
    rng = numpy.random.default_rng(SEED)
    missing = set(wanted)
    for number in range(1, frames + 1):
        shifted = numpy.roll(scene, tuple(rng.integers(-3, 4, 2)), axis=(0, 1))
        missing -= set(reader(_typed(shifted + rng.normal(0, 4, scene.shape)), number / FPS))
        if not missing:
            return number
    return 0


def _ground() -> Gray:
    """Cardboard with print on it, and no code."""
    rng = numpy.random.default_rng(SEED)
    picture = numpy.full(SIZE, 190, numpy.uint8)
    for _ in range(120):
        x, y = int(rng.integers(SIZE[1])), int(rng.integers(SIZE[0]))
        cv2.putText(
            picture, "FRAGILE 4711"[: int(rng.integers(2, 12))], (x, y), 0, 0.7, int(rng.integers(90, 170)), 2
        )
    return _typed(picture + rng.normal(0, 5, SIZE))


def _label(codes: Sequence[tuple[str, str]]) -> Gray:
    """A white label with the codes in two columns."""
    picture = _ground()
    paper = numpy.full((600, 1120) if len(codes) > 1 else (260, 620), 245, numpy.uint8)
    for number, (text, name) in enumerate(codes):
        made = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str(name))
        drawn = numpy.array(made.to_image(scale=5 if name in {"DataMatrix", "QRCode"} else 2))
        y, x = 20 + number // 2 * 195, 20 + number % 2 * 560
        paper[y : y + drawn.shape[0], x : x + drawn.shape[1]] = drawn
    top, left = (SIZE[0] - paper.shape[0]) // 2, (SIZE[1] - paper.shape[1]) // 2
    picture[top : top + paper.shape[0], left : left + paper.shape[1]] = paper
    return picture


def _turned(picture: Gray, degrees: float) -> Gray:
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return _typed(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REFLECT))


def _typed(values: Any) -> Gray:
    return numpy.ascontiguousarray(numpy.clip(values, 0, 255), dtype=numpy.uint8)
