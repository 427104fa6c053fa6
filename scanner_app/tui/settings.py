"""What a site or a person may set about the screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from drivers.bursts import Gap, no_gap
from drivers.wedge_rules import WedgeRules

THEMES = ("sun", "night")


class ScreenSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the screens; all have a working default."""

    theme: str = "sun"
    """``sun`` (black on white) or ``night``."""

    ascii_glyphs: bool = False
    """Show ``+ ! X = *`` and ``+-|`` where the font lacks the glyphs."""

    sound: bool = True
    """Ring the terminal's bell; off where a beeper of its own does it."""

    mouse: bool = True
    """Take touches and clicks."""

    timezone: str = ""
    """The site's time zone for the clock, IANA name; empty: the device's own."""

    finder: Callable[[], Any] | None = None
    """The newest picture of the camera (:class:`drivers.camera.driver.Seen` or None); None where there is no camera."""

    wedge: WedgeRules = WedgeRules()
    """When keys are a scan and when a person's typing."""

    burst_gap_ms: Gap = no_gap
    """The pause within the codes of one pull of a scanner that types here; see :mod:`drivers.bursts`."""

    def __post_init__(self) -> None:
        """Refuse what no screen could show."""
        if self.theme not in THEMES:
            raise ValueError(f"theme is one of {', '.join(THEMES)}")
        if self.timezone:
            try:
                ZoneInfo(self.timezone)
            except (ZoneInfoNotFoundError, OSError) as error:
                raise ValueError(f"there is no time zone {self.timezone!r}") from error
