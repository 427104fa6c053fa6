"""Starts the screens on a running handheld; textual is loaded here and nowhere before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from config.schema import TERMINATOR_BYTES, Settings, Wedge
from drivers.bursts import no_gap
from drivers.wedge_rules import WedgeRules

if TYPE_CHECKING:
    from scanner_app.tui.port import Terminal


def show(
    port: Terminal,
    settings: Settings,
    *,
    timezone: str,
    finder: Callable[[], Any] | None = None,
    learned_gap_ms: Callable[[], int] = no_gap,
) -> None:
    """Blocks until the operator leaves; the port is closed then. Raises :class:`RuntimeError` with a sentence.

    ``finder`` gives the camera's newest picture, ``learned_gap_ms`` what the calibration card has told of the bursts of
    the scanner that types here, where no setting does.
    """
    from scanner_app.tui.settings import ScreenSettings
    from scanner_app.tui.start import ScreensError, run

    try:
        run(
            port,
            ScreenSettings(
                theme=settings.screen.theme,
                timezone=timezone,
                wedge=wedge_rules(settings.wedge),
                finder=finder,
                burst_gap_ms=lambda: settings.wedge.burst_gap_ms or learned_gap_ms(),
            ),
        )
    except ScreensError as error:
        raise RuntimeError(str(error)) from error


def wedge_rules(wedge: Wedge) -> WedgeRules:
    """The settings of a scanner that types, as its framer takes them."""
    silence_ms = max(wedge.end_silence_ms, wedge.gap_ms_max)
    return WedgeRules(
        gap_ms_max=wedge.gap_ms_max,
        end_silence_ms=silence_ms,
        stall_ms_max=max(WedgeRules().stall_ms_max, silence_ms),
        characters_min=max(2, wedge.chars_min),
        terminators="".join(TERMINATOR_BYTES[name].decode() for name in wedge.terminators),
    )
