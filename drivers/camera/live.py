"""Which looks a live frame gets: the cheap ones always, a dear one now and then, and dearer ones the longer nothing
was read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from drivers.camera import views
from drivers.camera.symbol import Symbol
from drivers.camera.views import View
from drivers.camera.zxing import HANDHELD_FORMATS, LINEAR_FORMATS, look

if TYPE_CHECKING:
    from drivers.camera.views import Gray

FULL_EVERY = 3
"""Every so many frames the whole frame is looked at, in aimed mode."""

TURN_AFTER_S = 0.3
"""Without a read for so long, bars that lie askew are sought."""

ENHANCE_AFTER_S = 0.6
"""Without a read for so long, frames are sharpened, evened out, enlarged or smoothed, one way a frame."""

ENHANCE_EVERY = 2
"""Every so many frames then: slow looks stay below half of the time."""


class LiveReader:
    """Reads one frame after the other."""

    def __init__(self, formats: Sequence[str] = HANDHELD_FORMATS, *, whole_label: bool = False) -> None:
        """``whole_label``: every code in the frame is wanted, not the one that is aimed at."""
        self.look_for(formats)
        self._whole_label = whole_label
        self._frames = 0
        self._enhanced = 0
        self._read_s: float | None = None

    def look_for(self, formats: Sequence[str]) -> None:
        """Look for these formats from now on."""
        self._formats = tuple(formats)
        self._linear = tuple(name for name in self._formats if name in LINEAR_FORMATS)

    def read(self, gray: Gray, now_s: float) -> list[Symbol]:
        """The symbols of one frame; in aimed mode at most the one nearest to its middle."""
        if self._read_s is None:
            self._read_s = now_s
        frame = views.whole(gray)
        self._frames += 1
        found = self._everywhere(frame) if self._whole_label else self._aimed(frame)
        if not found:
            found = self._harder(frame, now_s - self._read_s)
        if found:
            self._read_s = now_s
        return found if self._whole_label else _nearest(found, gray)

    def _everywhere(self, frame: View) -> list[Symbol]:
        return look(frame, self._formats, thorough=self._frames % FULL_EVERY == 0)

    def _aimed(self, frame: View) -> list[Symbol]:
        if self._frames % FULL_EVERY == 0:
            return look(frame, self._formats, thorough=False)
        return look(views.centre(frame), self._formats, thorough=False) or look(
            views.scaled(frame, 0.5), self._formats, thorough=False
        )

    def _harder(self, frame: View, without_s: float) -> list[Symbol]:
        """One slow look, where it is due."""
        if without_s > ENHANCE_AFTER_S and self._frames % ENHANCE_EVERY == 0:
            self._enhanced += 1
            way = _WAYS[self._enhanced % len(_WAYS)]
            return look(
                way(frame if self._whole_label else views.centre(frame)), self._formats, thorough=False
            )
        if without_s > TURN_AFTER_S and self._linear:
            aimed = views.centre(frame, 0.8, 0.8)
            for degrees in views.bar_angles(aimed)[:1]:
                return look(views.turned(aimed, degrees), self._formats, thorough=False)
        return []


def _large(view: View) -> View:
    return views.scaled(view, views.room(view, 2.0))


_WAYS: tuple[Callable[[View], View], ...] = (
    lambda view: views.sharpened(view, 2.0, 2.0),
    views.evened,
    _large,
    views.smoothed,
    lambda view: views.sharpened(_large(view), 2.7, 3.0),
    views.inverted,
)


def _nearest(found: list[Symbol], gray: Gray) -> list[Symbol]:
    height, width = (int(side) for side in gray.shape)

    def distance(symbol: Symbol) -> float:
        x, y = symbol.centre
        return (x - width / 2) ** 2 + (y - height / 2) ** 2

    return sorted(found, key=distance)[:1]
