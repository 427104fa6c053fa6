"""The camera as an input driver: newest frame, gates, looks, agreement, scans."""

from __future__ import annotations

import time
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING, Literal

import msgspec

from drivers.camera.agreement import Agreement, Gathering
from drivers.camera.gates import Gates
from drivers.camera.live import LiveReader
from drivers.camera.sources import Source, open_source
from drivers.camera.still import read_still
from drivers.camera.symbol import Symbol
from drivers.camera.zxing import HANDHELD_FORMATS
from drivers.driver import Backoff, Delivery, DriverError, Sink, wall_ms_at
from drivers.scan import Burst, Scan

if TYPE_CHECKING:
    from drivers.camera.views import Gray

TRADE_ITF_LENGTHS = (14,)

FRAME_S_MAX = 2.0
"""A camera that gives no frame for so long is gone, seconds."""


class CameraSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One camera, and what it is to read."""

    source: str
    """See :func:`drivers.camera.sources.open_source`."""
    name: str = "camera"
    width: int = 1280
    height: int = 720
    formats: tuple[str, ...] = HANDHELD_FORMATS
    itf_lengths: tuple[int, ...] = (14,)
    by_prompt: bool = True
    """Whether :meth:`CameraScanner.look_for` is heard."""
    read: Literal["aimed", "all"] = "aimed"
    """``aimed``: the code in the middle. ``all``: every code of a label, as one gesture."""


class Seen(msgspec.Struct, frozen=True):
    """The newest picture, for a preview."""

    gray: Gray
    symbols: tuple[Symbol, ...]
    """What was read in it or shortly before."""
    time_s: float


class CameraScanner:
    """A :class:`drivers.driver.Driver` for one camera."""

    def __init__(self, settings: CameraSettings, *, backoff: Backoff | None = None) -> None:
        self._settings = settings
        self._backoff = backoff or Backoff()
        self._source: Source | None = None
        self._closing = Event()
        self._without: frozenset[str] = frozenset()
        self.seen: Seen | None = None
        """The newest picture; None before the first."""

    @property
    def name(self) -> str:
        """The source that its scans carry."""
        return f"camera:{self._settings.name}"

    def open(self) -> None:
        """Open the camera now. Raises :class:`DriverError`."""
        if self._source is None:
            settings = self._settings
            self._source = open_source(settings.source, width=settings.width, height=settings.height)

    def run(self, sink: Sink, /) -> None:
        """Deliver scans until :meth:`close`, or to the end of a file."""
        delivery = Delivery(self.name, sink)
        said = ""
        while not self._closing.is_set():
            try:
                self.open()
            except DriverError as error:
                denied = isinstance(error.__cause__, PermissionError)
                if str(error) != said:
                    delivery.state("denied" if denied else "lost", str(error))
                said = str(error)
                self._closing.wait(self._backoff.next_s())
                continue
            said = ""
            self._backoff.reset()
            delivery.state("ready")
            ended = self._watch(delivery)
            if ended:
                return

    def close(self) -> None:
        """Make :meth:`run` return soon."""
        self._closing.set()

    def look_for(self, without: frozenset[str]) -> None:
        """Leave these symbologies out from the next frame on, by zxing-cpp's names; from any thread.

        ITF stays where it is set to other lengths than that of a trade item number. Of a label that is read as a
        whole nothing is left out: the article's code says whose serial number it is.
        """
        if self._settings.read == "all" or not self._settings.by_prompt:
            return
        if self._settings.itf_lengths != TRADE_ITF_LENGTHS:
            without -= {"ITF"}
        self._without = without

    def _watch(self, delivery: Delivery) -> bool:
        """Read frames until the source ends. True where it was a file: there is no more to come."""
        source, self._source = self._source, None
        assert source is not None
        live = source.live
        frames: Newest | Eager = Newest(source) if live else Eager(source)
        work = _Reading(self._settings, still=source.still)
        frame_s = time.monotonic()
        try:
            while not self._closing.is_set() and (gray := frames.take()) is not None:
                # A video is read faster than it was taken: what is near in time in it is told by its own frames.
                frame_s = frame_s + source.period_s if source.period_s else time.monotonic()
                work.leave_out(self._without)
                self._deliver(work.scans(gray, frame_s, gated=live), delivery)
                self.seen = Seen(gray, work.recent, frame_s)
            self._deliver(work.rest(), delivery)
        finally:
            frames.close()
        if live and not self._closing.is_set():
            delivery.state("lost", f"{self.name} gives no more pictures")
        return not live

    def _deliver(self, symbols: list[Symbol], delivery: Delivery) -> None:
        now_s = time.monotonic()
        scans = tuple(
            Scan(
                raw=symbol.raw,
                symbology_id=symbol.symbology_id,
                source=self.name,
                mono_ns=round(now_s * 1e9),
                wall_ms=wall_ms_at(now_s),
            )
            for symbol in symbols
        )
        if len(scans) == 1:
            delivery.scan(scans[0])
        elif scans:
            delivery.scan(Burst(scans=scans))


class _Reading:
    """From frames to the symbols that count."""

    def __init__(self, settings: CameraSettings, *, still: bool) -> None:
        self._set = self._formats = settings.formats
        self._without: frozenset[str] = frozenset()
        self._still = still
        whole_label = settings.read == "all"
        self._gates = Gates()
        self._reader = LiveReader(settings.formats, whole_label=whole_label)
        self._agreement = Agreement(settings.itf_lengths)
        self._gathering = Gathering() if whole_label else None
        self.recent: tuple[Symbol, ...] = ()

    def leave_out(self, without: frozenset[str]) -> None:
        """Look for the other formats that are set; for all of them where none would be left."""
        if without != self._without:
            self._without = without
            self._formats = tuple(one for one in self._set if one not in without) or self._set
            self._reader.look_for(self._formats)

    def scans(self, gray: Gray, now_s: float, *, gated: bool) -> list[Symbol]:
        """What is to be delivered after this frame, each list one gesture."""
        if self._still:
            self.recent = tuple(read_still(gray, self._formats))
            return list(self.recent)
        if gated and not self._gates.open_for(gray, now_s):
            return self._gathering.add([], now_s) if self._gathering else []
        found = self._reader.read(gray, now_s)
        self.recent = tuple(found)
        counted = self._agreement.accepted(found, now_s)
        return self._gathering.add(counted, now_s) if self._gathering else counted

    def rest(self) -> list[Symbol]:
        """What was still being gathered at the end."""
        return self._gathering.add([], float("inf")) if self._gathering else []


class Newest:
    """Reads frames in a thread of its own and keeps the newest: a decoder that is late never falls behind."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._fresh = Condition()
        self._frame: Gray | None = None
        self._over = False
        self._thread = Thread(target=self._run, name="camera frames", daemon=True)
        self._thread.start()

    def take(self) -> Gray | None:
        """The newest frame, once; None where the camera is gone."""
        with self._fresh:
            self._fresh.wait_for(lambda: self._frame is not None or self._over, FRAME_S_MAX)
            frame, self._frame = self._frame, None
            return frame

    def close(self) -> None:
        """Stop reading."""
        self._over = True
        self._thread.join(FRAME_S_MAX)

    def _run(self) -> None:
        try:
            while not self._over and (frame := self._source.frame()) is not None:
                with self._fresh:
                    self._frame = frame
                    self._fresh.notify()
        finally:
            self._source.close()
            with self._fresh:
                self._over = True
                self._fresh.notify()


class Eager:
    """Takes every frame of a file, in its order."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def take(self) -> Gray | None:
        """The next frame."""
        return self._source.frame()

    def close(self) -> None:
        """Let the file go."""
        self._source.close()
