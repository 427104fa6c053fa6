"""Which rows belong to what, for any height. The order never changes; larger screens get more history and air."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

ROWS_FULL = 20
"""From here on nothing is left out."""
ROWS_MIN = 12
COLUMNS_MIN = 30


class Band(NamedTuple):
    """Rows from ``top`` on, ``rows`` of them; none when 0."""

    top: int
    rows: int

    @property
    def end(self) -> int:
        """The first row after it."""
        return self.top + self.rows


class Bands(msgspec.Struct, frozen=True):
    """A screen from top to bottom."""

    top: Band
    prompt: Band
    count: Band
    banner: Band
    history: Band
    hint: Band
    keys: Band


def bands(height: int) -> Bands:
    """The rows of a screen of ``height`` rows, at least :data:`ROWS_MIN`.

    At 20 rows: 1 top, 2 prompt, 3 count, 7 banner, 4 history, 1 hint, 2 keys. A lower screen gives up history first,
    then the count, then rows of the banner.
    """
    spare = height - ROWS_FULL
    keys = 3 if spare >= 6 else 2
    banner = 9 if spare >= 12 else 7
    air_top = 1 if spare >= 4 else 0
    air_banner = 1 if spare >= 8 else 0
    history, count = 4, 3
    left = spare - (keys - 2) - (banner - 7) - air_top - 2 * air_banner
    history += left
    if history < 0:
        count, history = max(0, count + history), 0
    used = 1 + air_top + 2 + count + 2 * air_banner + banner + history + 1 + keys
    banner -= max(0, used - height)
    top = Band(0, 1)
    prompt = Band(top.end + air_top, 2)
    count_band = Band(prompt.end, count)
    banner_band = Band(count_band.end + air_banner, banner)
    history_band = Band(banner_band.end + air_banner, history)
    hint = Band(history_band.end, 1)
    return Bands(top, prompt, count_band, banner_band, history_band, hint, Band(hint.end, keys))
