"""The screens as a Textual app: hands on inputs in order, shows each view, keeps the screens' own small state."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

import msgspec
from textual import events, on
from textual.app import App, ComposeResult
from textual.driver import Driver
from textual.message import Message
from textual.timer import Timer

from drivers.keys import TypedKey
from drivers.scan import Burst, Scan
from drivers.tones import TONES, ToneName, rings
from drivers.wedge import KeyFramer, Output
from scanner_app import start_up
from scanner_app.inputs import Command, Typed
from scanner_app.tui.canvas import Canvas
from scanner_app.tui.desk import Act, Desk, Own
from scanner_app.tui.finder import Finder
from scanner_app.tui.local import Local
from scanner_app.tui.look import LOOKS, Pair
from scanner_app.tui.paint.banner import light
from scanner_app.tui.paint.screen import paint
from scanner_app.tui.port import Input, Terminal
from scanner_app.tui.settings import ScreenSettings
from scanner_app.tui.terminal_driver import Given, ReadingFailed, TerminalDriver, TerminalGone
from scanner_app.view import ScreenView
from tracking.catalogue import word

FINDER_KEY = "f11"
PICTURE_FIRST_S = 0.02
"""A bell is written so long after its answer, seconds: nobody hears it, and the picture does not wait behind it."""


class ViewArrived(Message, bubble=False):
    """The session has answered."""

    def __init__(self, view: ScreenView) -> None:
        super().__init__()
        self.view = view


class ScannerScreens(App[None]):
    """All screens of the handheld."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    CSS = "Screen { layout: vertical; overflow: hidden; } Canvas { width: 100%; height: 100%; }"

    def __init__(self, port: Terminal, settings: ScreenSettings | None = None) -> None:
        super().__init__()
        self.animation_level = "none"
        self.settings = settings or ScreenSettings()
        self.failure: Exception | None = None
        """What ended the app, if it was not the operator."""
        self.not_taken = 0
        """Inputs that the session's queue refused since the start."""
        self._port = port
        self._zone = ZoneInfo(self.settings.timezone) if self.settings.timezone else None
        self._view = ScreenView()
        self._view_since_s = time.monotonic()
        self._local = Local(theme=self.settings.theme, sound=self.settings.sound)
        self._desk = Desk()
        self._framer = KeyFramer(self.settings.wedge)
        self._framer_timer: Timer | None = None
        self._bells: list[asyncio.TimerHandle] = []
        self._linux_console = os.environ.get("TERM") == "linux"
        self._canvas = Canvas(LOOKS[self.settings.theme])
        self._finder = Finder(self.settings.finder, self._aim_words) if self.settings.finder else None

    def get_driver_class(self) -> type[Driver]:
        """The terminal, read byte by byte; tests run without one."""
        return TerminalDriver

    def compose(self) -> ComposeResult:
        """One widget: the picture; and what the camera sees, where there is one."""
        if self._finder is not None:
            yield self._finder
        yield self._canvas

    def on_mount(self) -> None:
        """Show what there is and ask the session for more."""
        self._colours()
        self._take(self._port.shown())
        self._minute()
        self._port.subscribe(self._arrived)

    def on_ready(self) -> None:
        """The first picture is on the screen."""
        start_up.end()

    def _arrived(self, view: ScreenView) -> None:
        """Called in the session's thread; a screen that has gone takes no more."""
        self.post_message(ViewArrived(view))

    # What comes in -------------------------------------------------------------------------------------------

    async def on_event(self, event: events.Event) -> None:
        """Keys and touches are taken here, before focus and bindings could make something else of them."""
        if isinstance(event, events.Key):
            self._give(self._framer.feed_key(event.character, event.key, event.time))
            self._flush_later()
        elif isinstance(event, events.Paste):
            self._give(self._framer.paste(event.text, event.time))
        elif isinstance(event, events.MouseDown) and self._finder is not None and self._finder.is_open:
            self._aim(self._finder, opened=False)  # the keys under the picture are not seen, so not meant
        elif isinstance(event, events.MouseDown):
            action = self._canvas.picture.touched(event.x, event.y)
            self._act(*self._desk.touch(action, event.time, self._view, self._local))
        elif not isinstance(event, events.InputEvent):
            await super().on_event(event)

    @on(Given)
    def _handed_on(self, message: Given) -> None:
        """One read of the terminal."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.taken()
        self._give(message.outputs)

    @on(TerminalGone)
    def _nobody_there(self) -> None:
        """Nobody sees or types any more."""
        self.exit()

    @on(ReadingFailed)
    def _cannot_read(self, message: ReadingFailed) -> None:
        self._handle_exception(message.error)

    def _give(self, outputs: list[Output]) -> None:
        for output in outputs:
            if self._finder is not None and isinstance(output, TypedKey) and output.key == FINDER_KEY:
                # A stop waits for eyes: it is never covered.
                self._aim(self._finder, opened=not (self._finder.is_open or self._view.stopped))
                continue
            self._act(*self._desk.take(output, self._view, self._local))

    def _aim(self, finder: Finder, *, opened: bool) -> None:
        """Show what the camera sees in place of the task, or the task again."""
        if opened:
            finder.open()
        else:
            finder.close()
        self._canvas.display = not opened

    def _aim_words(self) -> tuple[str, Pair]:
        return word("camera_aim", self._view.language), LOOKS[self._local.theme]["bar"]

    def _flush_later(self) -> None:
        """Judge the silence after keys that came through Textual; a terminal's bytes are judged where they are read."""
        if self._framer_timer is not None:
            self._framer_timer.stop()
            self._framer_timer = None
        due_s = self._framer.deadline()
        if due_s is not None:
            self._framer_timer = self.set_timer(max(0.001, due_s - time.monotonic()), self._end_by_silence)

    def _end_by_silence(self) -> None:
        self._framer_timer = None
        self._give(self._framer.flush(time.monotonic()))
        self._flush_later()

    def _act(self, local: Local, acts: list[Act]) -> None:
        before, self._local = self._local, local
        for act in acts:
            if isinstance(act, Own):
                self._own(act.name)
            elif not self._port.submit(act):
                self._refused(act)
        if self._local.theme != before.theme:
            self._colours()
        if self._local != before:
            self._paint()

    def _own(self, name: str) -> None:
        if name == "leave":
            self.exit()
        elif name == "bell":
            self._ring("stop")

    def _refused(self, given: Input) -> None:
        """The queue is full: said in red and by ear, never silently."""
        self.not_taken += 1
        self._local = msgspec.structs.replace(
            self._local, refused=self._local.refused + 1, refused_last=_as_text(given)
        )
        self._ring("stop")

    # What is shown -------------------------------------------------------------------------------------------

    @on(ViewArrived)
    def _show(self, message: ViewArrived) -> None:
        """Show the session's answer."""
        view, before = message.view, self._view
        self._take(view)
        self._paint()
        if view.tone and view.n != before.n:  # news of the link bring the old answer again
            self._ring(cast(ToneName, view.tone))

    def _take(self, view: ScreenView) -> None:
        """What is shown from now on. A stop, and any new answer, closes pages."""
        before, self._view = self._view, view
        self._view_since_s = time.monotonic()
        self._desk.shown(view, self._view_since_s)
        asked = (view.workflow, view.document, view.prompt, view.wants_text)
        same = asked == (before.workflow, before.document, before.prompt, before.wants_text)
        self._local = msgspec.structs.replace(
            self._local,
            light=light(before, self._local.light),
            entry=self._local.entry if same else "",
            page=self._local.page if _as_before(view, before) else "",
            cache_age_s=view.cache_age_s,
        )
        if view.page and view.n != before.n:
            self._open(view.page)
        if self._finder is not None and self._finder.is_open and view.n != before.n:
            self._aim(self._finder, opened=False)  # an answer is looked at, not aimed through

    def _open(self, page: str) -> None:
        """What a command card, a key or a touch asked the session for."""
        if page == "theme":
            theme = "night" if self._local.theme == "sun" else "sun"
            self._local = msgspec.structs.replace(self._local, theme=theme)
            self._colours()
        else:
            self._local = msgspec.structs.replace(self._local, page=page, cursor=0, entry="")

    @on(Canvas.Resized)
    def _fit(self) -> None:
        """Another size of the terminal: the same order, other heights."""
        self._paint()

    def _paint(self) -> None:
        # Before the first layout the canvas has no size, and will have all of the terminal's.
        width, height = self._canvas.size or self.size
        if not (width and height):
            return
        self._canvas.show(paint(self._view, self._local, width, height, self.settings.ascii_glyphs))

    def _colours(self) -> None:
        look = LOOKS[self._local.theme]
        self.screen.styles.background = look["plain"].bg
        self.screen.styles.color = look["plain"].fg
        self._canvas.recolour(look)

    def _minute(self) -> None:
        """Clock and cache age, once a minute on the minute."""
        now = datetime.now(self._zone)
        age_s = self._view.cache_age_s
        if age_s is not None:
            age_s += int(time.monotonic() - self._view_since_s)
        self._local = msgspec.structs.replace(self._local, clock=f"{now:%H:%M}", cache_age_s=age_s)
        self._paint()
        self.set_timer(60.5 - now.second, self._minute)

    def on_unmount(self) -> None:
        """Nothing sounds any more on a terminal that somebody else has by now."""
        self._hush()

    def _hush(self) -> None:
        for bell in self._bells:
            bell.cancel()
        self._bells.clear()

    def _ring(self, tone: ToneName) -> None:
        self._hush()
        if not self._local.sound or tone not in TONES:
            return
        after_s = PICTURE_FIRST_S
        # The loop's own timers: Textual's are tasks that a scan would wait for.
        loop = asyncio.get_running_loop()
        for ring in rings(tone, linux_console=self._linux_console):
            after_s += ring.wait_ms / 1000
            self._bells.append(loop.call_later(after_s, self._sound, ring.text))

    def _sound(self, text: str) -> None:
        if self._driver is not None:
            self._driver.write(text)

    # How it ends ---------------------------------------------------------------------------------------------

    def _fatal_error(self) -> None:
        """No traceback on an operator's screen: the terminal is restored, and whoever started the app says why."""
        self.failure = self._exception
        self._close_messages_no_wait()


def _as_before(view: ScreenView, before: ScreenView) -> bool:
    """Whether nothing has happened but news of the link, the cache or a driver."""
    return not view.stopped and (
        view.banner,
        view.history[:1],
        view.workflow,
        view.document,
        view.prompt,
    ) == (
        before.banner,
        before.history[:1],
        before.workflow,
        before.document,
        before.prompt,
    )


def _as_text(given: Input) -> str:
    """An input in one line, for the operator."""
    if isinstance(given, Scan):
        return given.text
    if isinstance(given, Burst):
        return " ".join(scan.text for scan in given.scans)
    if isinstance(given, Typed):
        return given.text
    assert isinstance(given, Command)
    return f"{given.name} {given.argument}".strip().upper()
