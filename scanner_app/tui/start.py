"""Start the screens on a session's port, and leave the terminal as it was found, whatever ends them."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

import msgspec

from scanner_app.streams import NO_TERMINAL, has_terminal
from scanner_app.tui.app import ScannerScreens
from scanner_app.tui.port import Terminal
from scanner_app.tui.settings import ScreenSettings

_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class ScreensError(Exception):
    """The screens could not start or have failed; the text is one sentence for the operator."""


def run(port: Terminal, settings: ScreenSettings | None = None) -> None:
    """Show the screens until the operator leaves, the terminal closes, or the process is told to end.

    Blocks; call it in the main thread. ``port`` is closed at the end in any case. Raises :class:`ScreensError`;
    its cause is what failed, for the log.
    """
    settings = settings or ScreenSettings()
    try:
        if not has_terminal():
            raise ScreensError(NO_TERMINAL)
        if sys.__stderr__ and "utf" not in (sys.__stderr__.encoding or "").lower():
            settings = msgspec.structs.replace(settings, ascii_glyphs=True)
        app = ScannerScreens(port, settings)
        asyncio.run(_run(app, settings.mouse))
        if app.failure is not None:
            raise ScreensError(
                "The screens failed and have ended; what was scanned is kept, start the program again."
            ) from app.failure
    finally:
        port.close()


async def _run(app: ScannerScreens, mouse: bool) -> None:
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, app.exit)
    await app.run_async(mouse=mouse)
