"""The camera's picture on a plain terminal."""

from __future__ import annotations

import numpy
import pytest
from textual import events

from drivers.camera.driver import Seen
from drivers.camera.symbol import Symbol
from scanner_app.inputs import Command
from scanner_app.tui.app import FINDER_KEY, ScannerScreens
from scanner_app.tui.finder import AIM, READ, pixels, strips
from scanner_app.tui.settings import ScreenSettings
from tests.tui.fake_port import FakePort
from tests.tui.views import HOME, RECEIVED, STOP

SIZE = (40, 20)


def seen(*boxes: tuple[int, int, int, int]) -> Seen:
    """A picture, dark on the left and light on the right, with symbols in it."""
    gray = numpy.zeros((360, 640), numpy.uint8)
    gray[:, 320:] = 255
    symbols = tuple(
        Symbol(
            raw=b"x",
            text="x",
            symbology="QRCode",
            symbology_id="]Q1",
            position=((x0, y0), (x1, y0), (x1, y1), (x0, y1)),
        )
        for x0, y0, x1, y1 in boxes
    )
    return Seen(gray, symbols, 0.0)


@pytest.mark.parametrize(("columns", "rows"), [(40, 20), (80, 24), (7, 3), (1, 1)])
def test_the_picture_fits_every_size_and_keeps_its_shape(columns: int, rows: int) -> None:
    picture = pixels(seen(), columns, rows)
    assert [len(line) for line in picture] == [columns] * (2 * rows)
    made = strips(picture)
    assert [strip.cell_length for strip in made] == [columns] * rows
    assert {segment.text for strip in made for segment in strip} <= {"▀" * n for n in range(1, columns + 1)}


def test_dark_is_dark_and_light_is_light_on_their_sides() -> None:
    line = pixels(seen(), 40, 20)[10]
    assert line[1] == (0, 0, 0)
    assert line[38] == (255, 255, 255)


def test_what_was_read_has_a_box_where_it_lies_and_the_aim_hides_nothing_in_the_middle() -> None:
    picture = pixels(seen((320, 160, 480, 240)), 80, 24)
    boxed = {(x, y) for y, line in enumerate(picture) for x, pixel in enumerate(line) if pixel == READ}
    assert {min(x for x, _ in boxed), max(x for x, _ in boxed)} == {40, 60}
    assert any(pixel == AIM for line in picture for pixel in line)
    assert picture[24][30] != AIM
    assert pixels(seen((-900, -900, 9000, 9000)), 80, 24)


async def test_a_key_opens_it_an_answer_closes_it_and_scans_go_on_meanwhile() -> None:
    port = FakePort(HOME)
    app = ScannerScreens(port, ScreenSettings(finder=seen))
    async with app.run_test(size=SIZE) as pilot:
        assert app._finder is not None
        await app.on_event(events.Key(FINDER_KEY, None))
        app._give(app._framer.flush(app._framer.deadline() or 0.0))
        await pilot.pause(0.5)
        states = [app._finder.is_open]
        assert app._finder.render_line(10).text == "▀" * 40
        assert app._finder.render_line(19).text.strip() == "code into the frame · F11 back"
        port.show(RECEIVED)
        await pilot.pause()
        states.append(app._finder.is_open)
        assert states == [True, False]
        assert app._canvas.display


async def test_without_a_camera_the_key_is_any_other_key() -> None:
    app = ScannerScreens(FakePort(HOME))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(FINDER_KEY)
        await pilot.pause()
        assert app._finder is None


async def test_a_stop_is_never_covered() -> None:
    app = ScannerScreens(FakePort(STOP), ScreenSettings(finder=seen))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert app._finder is not None
        await app.on_event(events.Key(FINDER_KEY, None))
        app._give(app._framer.flush(app._framer.deadline() or 0.0))
        assert not app._finder.is_open


def test_bars_that_are_finer_than_a_cell_are_grey_and_not_black_or_white_by_chance() -> None:
    gray = numpy.zeros((360, 640), numpy.uint8)
    gray[:, ::2] = 255
    middle = pixels(Seen(gray, (), 0.0), 40, 20)[20]
    assert all(100 < shade < 156 for shade, _, _ in (middle[x] for x in range(15, 25)))


async def test_a_touch_gives_the_task_back_and_presses_no_key_that_is_not_seen() -> None:
    port = FakePort(RECEIVED)
    app = ScannerScreens(port, ScreenSettings(finder=seen))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert app._finder is not None
        touch = next(one for one in app._canvas.picture.touches if one.action == "undo")
        app._aim(app._finder, opened=True)
        await pilot.pause()
        await pilot.click(offset=(touch.left, touch.top))
        await pilot.pause()
        assert (app._finder.is_open, port.given) == (False, [])
        await pilot.click(offset=(touch.left, touch.top))
        await pilot.pause()
        assert [given.name for given in port.given if isinstance(given, Command)] == ["undo"]
