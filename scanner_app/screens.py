"""Starts the screens on a running handheld; textual is loaded here and nowhere before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.schema import Settings

if TYPE_CHECKING:
    from scanner_app.tui.port import Terminal


def show(port: Terminal, settings: Settings, *, timezone: str) -> None:
    """Blocks until the operator leaves; the port is closed then. Raises :class:`RuntimeError` with a sentence."""
    from scanner_app.tui.settings import ScreenSettings
    from scanner_app.tui.start import ScreensError, run

    try:
        run(port, ScreenSettings(theme=settings.screen.theme, timezone=timezone))
    except ScreensError as error:
        raise RuntimeError(str(error)) from error
