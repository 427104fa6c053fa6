"""The app: inputs in order to the port, views to the screen, from any thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Thread

import msgspec
import pytest
from textual import events
from textual.strip import Strip

from drivers.scan import Scan
from scanner_app.inputs import Typed
from scanner_app.tui.app import ScannerScreens
from scanner_app.tui.canvas import Canvas
from scanner_app.tui.look import LOOKS
from scanner_app.tui.port import command
from scanner_app.tui.settings import ScreenSettings
from scanner_app.view import Banner, ScreenView
from tests.tui.fake_port import FakePort
from tests.tui.test_screens import rows, strips
from tests.tui.views import COMPLETE, HOME, PIN, RECEIVED, REPEAT, STOP

SIZE = (40, 20)


def colours(app: ScannerScreens, y: int) -> set[str]:
    """Background colours of a row."""
    styles = [segment.style for segment in strips(app)[y] if segment.style is not None]
    return {str(style.bgcolor.name) for style in styles if style.bgcolor is not None}


async def test_keys_that_are_fast_are_a_scan() -> None:
    port = FakePort(RECEIVED)
    app = ScannerScreens(port, ScreenSettings())
    async with app.run_test(size=SIZE):
        for character in "SN-1\x10\x11\r":
            await app.on_event(events.Key("enter" if character == "\r" else character, character))
    assert [given.raw for given in port.given if isinstance(given, Scan)] == [b"SN-1\x10\x11"]


async def test_a_view_from_a_plain_thread_is_shown() -> None:
    port = FakePort(HOME)
    app = ScannerScreens(port)
    async with app.run_test(size=SIZE) as pilot:
        thread = Thread(target=port.show, args=(RECEIVED,))
        thread.start()
        thread.join()
        await pilot.pause()
        assert "✓ RECEIVED" in rows(app)[7]


async def test_the_first_picture_waits_for_no_answer_of_the_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Silent(FakePort):
        def subscribe(self, callback: Callable[[ScreenView], None]) -> None:
            self._callback = callback

    drawn: list[str] = []
    render_line = Canvas.render_line

    def watched(canvas: Canvas, y: int) -> Strip:
        strip = render_line(canvas, y)
        drawn.append(strip.text)
        return strip

    monkeypatch.setattr(Canvas, "render_line", watched)
    port = Silent(RECEIVED)
    port.made = RECEIVED
    async with ScannerScreens(port).run_test(size=SIZE):
        assert "Scan the SERIAL" in drawn[1]


async def test_a_pin_is_never_shown() -> None:
    port = FakePort(PIN)
    app = ScannerScreens(port)
    async with app.run_test(size=SIZE) as pilot:
        for digit in "4711":
            await pilot.press(digit)
            await pilot.pause(0.1)
        assert "▸ ••••▁" in rows(app)[3]
        assert "4711" not in "\n".join(rows(app))
        await pilot.press("enter")
        await pilot.pause(0.1)
    assert port.given == [Typed(text="4711")]


async def test_an_unfinished_line_goes_when_something_else_is_asked() -> None:
    port = FakePort(PIN)
    app = ScannerScreens(port)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("4")
        await pilot.pause(0.1)
        port.show(RECEIVED)
        await pilot.pause()
        assert not any("▸" in row for row in rows(app))


async def test_a_full_queue_is_said_in_red_until_acknowledged() -> None:
    port = FakePort(RECEIVED)
    app = ScannerScreens(port)
    async with app.run_test(size=SIZE) as pilot:
        port.full = True
        await pilot.press("f2")
        await pilot.pause(0.1)
        assert "NOT TAKEN: WAIT" in rows(app)[1]
        assert "UNDO" in rows(app)[2]
        assert "1 to scan again" in rows(app)[2]
        assert colours(app, 1) == {LOOKS["sun"]["stop"].bg}
        port.full = False
        await pilot.press("f4")
        await pilot.pause(0.1)
        assert "NOT TAKEN: WAIT" in rows(app)[1]
        await pilot.pause(0.6)
        await pilot.press("enter")
        await pilot.pause(0.1)
        assert "Scan the SERIAL" in rows(app)[1]
    assert app.not_taken == 1
    assert port.given == [command("done")]


@pytest.mark.parametrize("theme", list(LOOKS))
async def test_the_light_is_the_verdicts(theme: str) -> None:
    port = FakePort(RECEIVED)
    app = ScannerScreens(port, ScreenSettings(theme=theme))
    look = LOOKS[theme]
    async with app.run_test(size=SIZE) as pilot:
        for view, level in ((RECEIVED, "ok"), (STOP, "stop"), (COMPLETE, "complete")):
            port.show(view)
            await pilot.pause()
            assert [colours(app, y) for y in range(6, 13)] == [{look[level].bg}] * 7


async def test_a_repeat_leaves_the_light_and_shows_its_sign() -> None:
    port = FakePort(RECEIVED)
    app = ScannerScreens(port)
    async with app.run_test(size=SIZE) as pilot:
        for before, level in ((RECEIVED, "ok"), (msgspec.structs.replace(STOP, stopped=False), "stop")):
            port.show(before)
            await pilot.pause()
            port.show(REPEAT)
            await pilot.pause()
            port.show(REPEAT)
            await pilot.pause()
            assert colours(app, 8) == {LOOKS["sun"][level].bg}
            assert "= SAME LABEL AGAIN" in rows(app)[7]


async def test_touches_on_soft_keys_menu_and_banner() -> None:
    port = FakePort(RECEIVED)
    app = ScannerScreens(port)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.mouse_down(offset=(0, 18))
        await pilot.pause(0.3)
        await pilot.mouse_down(offset=(39, 19))
        port.show(HOME)
        await pilot.pause(0.3)
        await pilot.mouse_down(offset=(20, 11))
        await pilot.pause(0.3)
        await pilot.mouse_down(offset=(3, 4))
        port.show(STOP)
        await pilot.pause(0.4)
        await pilot.mouse_down(offset=(20, 9))
        await pilot.pause(0.3)
        await pilot.mouse_down(offset=(39, 18))
    assert port.given == [
        command("undo"),
        command("more"),
        command("workflow move"),
        command("workflow receiving"),
        command("ack"),
        command("override"),
    ]


async def test_a_new_answer_closes_a_page_and_a_stop_is_never_hidden() -> None:
    port = FakePort(RECEIVED)
    app = ScannerScreens(port)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f1")
        await pilot.pause(0.1)
        assert "Scan the serial number on the label" in rows(app)[2]
        assert "Scan the serial number" in "\n".join(rows(app))
        port.show(msgspec.structs.replace(RECEIVED, unsynced=5))
        await pilot.pause()
        assert "Scan the serial number on the label" in rows(app)[2]
        port.show(msgspec.structs.replace(STOP, n=RECEIVED.n))
        await pilot.pause()
        assert "ALREADY SHIPPED" in rows(app)[7]
        port.show(msgspec.structs.replace(RECEIVED, n=99))
        await pilot.pause()
        assert "RECEIVED" in rows(app)[7]


async def test_what_is_waiting_behind_a_stop_is_counted() -> None:
    port = FakePort(STOP)
    app = ScannerScreens(port)
    async with app.run_test(size=SIZE) as pilot:
        for waiting, said in ((1, "1 scan waiting behind this"), (17, "17 scans waiting behind this")):
            port.show(msgspec.structs.replace(STOP, waiting=waiting))
            await pilot.pause()
            assert said in rows(app)[11]


async def test_nothing_can_take_the_keys_away() -> None:
    app = ScannerScreens(FakePort(RECEIVED))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("tab", "tab", "ctrl+p", "ctrl+q", "ctrl+c")
        await pilot.pause(0.1)
        assert app.focused is None
        assert len(app.screen_stack) == 1
        assert app.is_running


async def test_the_theme_changes_every_colour() -> None:
    app = ScannerScreens(FakePort(RECEIVED))
    async with app.run_test(size=SIZE) as pilot:
        assert colours(app, 1) == {LOOKS["sun"]["strong"].bg}
        await pilot.press("f8")
        await pilot.pause(0.1)
        assert colours(app, 1) == {LOOKS["night"]["strong"].bg}


async def test_the_bell_follows_the_tone_and_can_be_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr(ScannerScreens, "_sound", lambda _self, text: rung.append(text))
    for sound, expected in ((True, 3), (False, 0)):
        rung.clear()
        port = FakePort(RECEIVED)
        app = ScannerScreens(port, ScreenSettings(sound=sound))
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause(0.1)
            rung.clear()
            port.show(STOP)
            await pilot.pause(1.3)
            port.show(msgspec.structs.replace(STOP, unsynced=99))
            await pilot.pause(0.1)
        assert rung == ["\x07"] * expected


async def test_a_screen_that_has_gone_rings_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal belongs to somebody else by then."""
    rung: list[str] = []
    monkeypatch.setattr(ScannerScreens, "_sound", lambda _self, text: rung.append(text))
    port = FakePort(RECEIVED)
    async with ScannerScreens(port).run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        port.show(STOP)
        await pilot.pause(0.05)
    before = len(rung)
    await asyncio.sleep(1.0)
    assert len(rung) == before < 4


async def test_long_serials_are_cut_in_the_middle() -> None:
    serial = "SN-" + "0" * 60 + "4711"
    banner = Banner(level="ok", word="RECEIVED", lines=(serial,))
    port = FakePort(msgspec.structs.replace(RECEIVED, banner=banner))
    app = ScannerScreens(port)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "…" in rows(app)[8]
        assert "SN-0" in rows(app)[8]
        assert "4711 │" in rows(app)[8]
