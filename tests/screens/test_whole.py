"""Every screen of the catalogue, in the app itself, at both sizes and in every language: nothing cut, all to be hit."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
import pytest
from textual.strip import Strip

from scanner_app.tui.app import ScannerScreens
from scanner_app.tui.canvas import Canvas
from scanner_app.tui.finder import AIM, READ, Finder
from scanner_app.tui.local import Local
from scanner_app.tui.look import CONTRAST_MIN, LOOKS, Pair, contrast
from scanner_app.tui.paint.need import FINGER_ROWS
from scanner_app.tui.settings import ScreenSettings
from scanner_app.view import Banner, ScreenView
from tests.screens import stage
from tests.screens.sights import sight
from tests.screens.stage import Shown
from tests.screens.wanted import cut
from tests.tui.fake_port import FakePort
from tracking.catalogue import LANGUAGES, word
from tracking.printable import cells

SIZES = ((40, 20), (80, 24))
by_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
by_language = pytest.mark.parametrize("language", LANGUAGES)


class Stage:
    """The app over a port that shows what it is told."""

    def __init__(self) -> None:
        self.port = FakePort(ScreenView())
        self.camera = ""
        self.app = ScannerScreens(self.port, ScreenSettings(finder=lambda: sight(self.camera)))

    def show(self, view: ScreenView, local: Local, camera: str = "") -> None:
        """The view as the session's answer, with what the screens know by themselves, and what the camera sees."""
        self.app._view, self.app._local = view, local
        self.camera = camera
        self.app._colours()
        self.app._aim(self.finder, opened=bool(camera))
        self.app._paint()

    @property
    def finder(self) -> Finder:
        assert self.app._finder is not None
        return self.app._finder

    def seen(self) -> list[Strip]:
        """The rows with the camera's picture in front."""
        self.finder._look()
        return [self.finder.render_line(y) for y in range(self.finder.size.height)]

    @property
    def canvas(self) -> Canvas:
        return self.app.query_one(Canvas)

    def strips(self) -> list[Strip]:
        return [self.canvas.render_line(y) for y in range(self.canvas.size.height)]


@by_size
@by_language
async def test_every_screen_is_whole(language: str, size: tuple[int, int]) -> None:
    there = Stage()
    faults: list[str] = []
    async with there.app.run_test(size=size) as pilot:
        for shown in screens(language):
            there.show(shown.view, shown.local, shown.camera)
            await pilot.pause()
            found = camera_faults(there, shown, size) if shown.camera else faults_of(there, shown, size)
            faults += [f"{shown.name}: {fault}" for fault in found]
    assert faults == []


@cache
def screens(language: str) -> list[Shown]:
    return [shown for path in stage.scripts() for shown in stage.reached(path, language)]


def faults_of(there: Stage, shown: Shown, size: tuple[int, int]) -> list[str]:
    """Everything that is wrong with a screen, in words."""
    strips = there.strips()
    rows = [strip.text for strip in strips]
    faults = cut(shown.view, shown.local, rows)
    if there.canvas.region.size != size or [cells(row) for row in rows] != [size[0]] * size[1]:
        faults.append("something stands outside the screen")
    if there.app.focused is not None:
        faults.append("a widget would take the keys")
    faults += [f"contrast {ratio:.1f}" for strip in strips if (ratio := weakest(strip)) < CONTRAST_MIN]
    return faults + hard_to_hit(there, shown.view, size)


def camera_faults(there: Stage, shown: Shown, size: tuple[int, int]) -> list[str]:
    """What is wrong with a screen that shows what the camera sees, over one row of words."""
    *picture, words = there.seen()
    faults = [] if there.finder.region.size == size else ["it does not fill the screen"]
    if [strip.cell_length for strip in (*picture, words)] != [size[0]] * size[1]:
        faults.append("something stands outside the screen")
    if word("camera_aim", shown.view.language) != words.text.strip():
        faults.append(f"cut: {words.text.strip()}")
    if weakest(words) < CONTRAST_MIN:
        faults.append(f"contrast {weakest(words):.1f}")
    colours = {
        part.style.color.name for strip in picture for part in strip if part.style and part.style.color
    }
    boxed = "#{:02x}{:02x}{:02x}".format(*READ) in colours
    if "#{:02x}{:02x}{:02x}".format(*AIM) not in colours or boxed != (shown.camera == "read"):
        faults.append("no aim, or no box round what was read")
    return faults


def weakest(strip: Strip) -> float:
    """The lowest contrast of a row, as the terminal is told to show it."""
    found = []
    for segment in strip:
        assert segment.style is not None
        assert segment.style.color is not None
        assert segment.style.bgcolor is not None
        found.append(contrast(Pair(segment.style.color.name, segment.style.bgcolor.name)))
    return min(found)


def hard_to_hit(there: Stage, view: ScreenView, size: tuple[int, int]) -> list[str]:
    """Fields that lie outside the screen, or that a glove would miss: soft keys, a number pad's digits, choices."""
    faults = []
    choices = {line.command for line in view.menu} if not view.stopped else set()
    for touch in there.canvas.picture.touches:
        if not (0 <= touch.left < touch.right <= size[0] and 0 <= touch.top < touch.bottom <= size[1]):
            faults.append(f"{touch.action} lies outside")
        key = touch.bottom == size[1] or touch.action.startswith(":type") or touch.action in choices
        # Beside a code that another handheld reads there is one row for the keys.
        if key and touch.bottom - touch.top < FINGER_ROWS and not view.symbol:
            faults.append(f"{touch.action} is {touch.bottom - touch.top} rows high")
    return faults


LONG = "Scannen Sie bitte jetzt die Seriennummer des nächsten Stücks dieser Bestellung vollständig ab"


@by_size
async def test_a_text_that_is_too_long_is_found(size: tuple[int, int]) -> None:
    there = Stage()
    shown = next(shown for shown in screens("de") if shown.name == "receiving-received")
    assert shown.view.banner is not None
    planted: dict[str, dict[str, Any]] = {
        "prompt": {"prompt": f"{LONG}. {LONG}"},
        "hint": {"hint": " ".join([LONG] * 4)},
        "keys": {"soft_keys": tuple(msgspec.structs.replace(key, label="STORNIEREN BITTE ALLES") for key in
                                    shown.view.soft_keys)},
        "banner": {"banner": Banner(level="ok", word="EINGEGANGEN", lines=tuple(f"{n} {LONG}" for n in range(12)))},
        "top": {"document": "PO-2026-004711-HAMBURG-WARENEINGANG-TOR-2-NACHLIEFERUNG-FÜR-SCHICHT-3-VON-ACME"},
    }  # fmt: skip
    async with there.app.run_test(size=size) as pilot:
        for part, change in planted.items():
            view = msgspec.structs.replace(shown.view, **change)
            there.show(view, shown.local)
            await pilot.pause()
            found = cut(view, shown.local, [strip.text for strip in there.strips()])
            assert part in {fault.partition(":")[0] for fault in found}


async def test_a_pale_colour_and_a_low_field_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    pale = {**LOOKS["sun"], "plain": Pair("#767676", "#ffffff")}  # 4.5, what pages of text are content with
    monkeypatch.setitem(LOOKS, "sun", pale)
    monkeypatch.setattr("scanner_app.tui.paint.need.FINGER_ROWS", 1)
    there = Stage()
    shown = next(shown for shown in screens("en") if shown.name == "receiving-quantity")
    assert shown.view.banner is not None
    crowded = msgspec.structs.replace(shown.view.banner, lines=(LONG,) * 2)
    async with there.app.run_test(size=(40, 20)) as pilot:
        there.show(msgspec.structs.replace(shown.view, banner=crowded), shown.local)
        await pilot.pause()
        faults = faults_of(there, shown, (40, 20))
    assert any(fault.startswith("contrast 4.5") for fault in faults)
    assert any(fault.endswith("1 rows high") for fault in faults)


@by_size
async def test_words_under_the_camera_that_are_too_long_are_found(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Stage()
    shown = next(shown for shown in screens("de") if shown.camera == "read")
    monkeypatch.setattr(there.finder, "_words", lambda: (LONG, LOOKS["sun"]["quiet"]))
    async with there.app.run_test(size=size) as pilot:
        there.show(shown.view, shown.local, "aimed")
        await pilot.pause()
        faults = camera_faults(there, shown, size)
    assert [fault.partition(":")[0] for fault in faults] == ["cut", "no aim, or no box round what was read"]
