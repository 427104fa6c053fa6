"""Which rows belong to what, for any height. The order never changes; larger screens get more history and air."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

ROWS_FULL = 20
"""From here on nothing is left out."""
ROWS_MIN = 12
COLUMNS_MIN = 30

PROMPT_ROWS, COUNT_ROWS, BANNER_ROWS_MIN, HINT_ROWS = 2, 3, 3, 1
"""Rows of the parts as they usually are; of the banner, its border and the verdict."""


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


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """Rows that a screen's parts need to show all they have; where there are more, the usual order keeps its rows."""

    prompt: int = PROMPT_ROWS
    count: int = COUNT_ROWS
    """Fewer than usual where nothing is counted: the banner gets the rest."""
    banner: int = BANNER_ROWS_MIN
    """With its border, everything in it as dense as it can be."""
    banner_well: int = 0
    """Where there is room: each of its lines whole."""
    below: int = 0
    """For what stands in place of the history and must be hit by a finger."""
    hint: int = HINT_ROWS


USUAL = Need()


def bands(height: int, need: Need = USUAL) -> Bands:
    """The rows of a screen of ``height`` rows, at least :data:`ROWS_MIN`.

    At 20 rows: 1 top, 2 prompt, 3 count, 7 banner, 4 history, 1 hint, 2 keys. What needs more takes it from the
    history. A lower screen gives up history first, then the count, then rows of the banner.
    """
    spare = height - ROWS_FULL
    keys = 3 if spare >= 6 else 2
    air_top = 1 if spare >= 4 else 0
    air_banner = 1 if spare >= 8 else 0
    count = need.count
    rest = height - (1 + air_top + need.prompt + count + 2 * air_banner + need.hint + keys)
    usual = (9 if spare >= 12 else 7) + COUNT_ROWS - count
    banner = max(min(max(usual, need.banner_well), rest - need.below), need.banner, BANNER_ROWS_MIN)
    history = rest - banner
    if history < 0:
        count, history = max(0, count + history), 0
    used = 1 + air_top + need.prompt + count + 2 * air_banner + banner + history + need.hint + keys
    banner -= max(0, used - height)
    top = Band(0, 1)
    prompt = Band(top.end + air_top, need.prompt)
    count_band = Band(prompt.end, count)
    banner_band = Band(count_band.end + air_banner, banner)
    history_band = Band(banner_band.end + air_banner, history)
    hint = Band(history_band.end, need.hint)
    return Bands(top, prompt, count_band, banner_band, history_band, hint, Band(hint.end, keys))
