r"""Where one code ends and the next begins, in a stream of bytes: by terminator first, by silence second.

>>> framer = Framer()
>>> [frame.raw for frame in framer.feed(b"SN-1\r\nSN-2\rSN", now_s=0.0)]
[b'SN-1', b'SN-2']
>>> [frame.raw for frame in framer.feed(b"-3\r", now_s=0.1)]
[b'SN-3']
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from drivers.scan import SCAN_BYTES_MAX, Scan

TERMINATOR_BYTES_MAX = 16
"""Longest terminator, prefix or suffix, bytes."""

_SLICE_BYTES = 4096  # looked at in one go, so that the buffer has a bound whatever is fed


class Framing(msgspec.Struct, frozen=True, kw_only=True):
    """How the codes of one device are told apart."""

    terminators: tuple[bytes, ...] = (b"\r", b"\n", b"\t")
    """What ends a code; none: silence alone does. A line feed directly after a carriage return is part of
    the same end."""

    gap_ms_max: int = 150
    """Silence that ends a code of a device that sends no terminator, milliseconds. 0: never."""

    torn_ms_max: int = 2000
    """Silence, milliseconds, after which a device that does send terminators is taken to have lost the rest of
    a code: what came is a :class:`Fragment`, neither a scan nor the beginning of the next one."""

    prefix: bytes = b""
    """Taken off the front of a code where it is there, like STX."""

    suffix: bytes = b""
    """Taken off the end of a code where it is there, like ETX."""

    def __post_init__(self) -> None:
        """Refuse settings that could never frame anything."""
        sizes = [len(end) for end in self.terminators]
        if any(not 1 <= size <= TERMINATOR_BYTES_MAX for size in sizes):
            raise ValueError(f"a terminator has 1 to {TERMINATOR_BYTES_MAX} bytes")
        if max(len(self.prefix), len(self.suffix)) > TERMINATOR_BYTES_MAX:
            raise ValueError(f"prefix and suffix have at most {TERMINATOR_BYTES_MAX} bytes")
        if min(self.gap_ms_max, self.torn_ms_max) < 0:
            raise ValueError("gap_ms_max and torn_ms_max are not negative")
        if not self.terminators and not self.gap_ms_max:
            raise ValueError("without a terminator, gap_ms_max must be set: nothing else would end a code")


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One whole code."""

    raw: bytes
    """Its bytes without terminator, prefix and suffix; at most ``SCAN_BYTES_MAX``."""

    time_s: float
    """Monotonic time of its last byte, seconds."""

    began_s: float = 0.0
    """Monotonic time of its first byte, seconds; 0 where that was not seen."""

    ended_by: Literal["terminator", "gap"] = "terminator"

    terminator: str = ""
    """What ended it: ``\\r``, ``\\r\\n`` ...; empty after a silence."""

    bytes_cut: int = 0
    """How many bytes more it had. Not 0 means that the code is not whole and must not be believed."""

    def scan(self, source: str, wall_ms: int) -> Scan:
        """The scan that the driver ``source`` delivers for it."""
        return Scan(
            raw=self.raw,
            source=source,
            terminator=self.terminator,
            began_ns=round(self.began_s * 1e9),
            mono_ns=round(self.time_s * 1e9),
            wall_ms=wall_ms,
        )


class Fragment(msgspec.Struct, frozen=True, kw_only=True):
    """The beginning of a code whose end never came. Never a scan; reported, so that the label is scanned again."""

    raw: bytes
    time_s: float


class Framer:
    """Cuts a stream of bytes into codes. Pure: time comes in with the bytes, in seconds of any one clock."""

    def __init__(self, framing: Framing | None = None) -> None:
        self._framing = framing or Framing()
        ends = sorted(self._framing.terminators, key=len, reverse=True)  # CR LF is tried before CR
        self._end = re.compile(b"|".join(re.escape(end) for end in ends)) if ends else None
        self._overlap = max((len(end) for end in ends), default=1) - 1
        self._terminated = False
        self._after_cr = False
        self._last_s = 0.0
        self._began_s = 0.0
        self._open = bytearray()
        self._cut = 0

    def feed(self, data: bytes, now_s: float, *, late: bool = False) -> list[Frame | Fragment]:
        """Take bytes that arrived at ``now_s``; give back the codes that are complete now, in order.

        ``late`` says that they arrived some time before and lay waiting: the time since the last bytes is then no
        silence of the device.
        """
        done = [] if late else self.flush(now_s)
        for start in range(0, len(data), _SLICE_BYTES):
            self._take(data[start : start + _SLICE_BYTES], now_s, done)
        if data:
            self._last_s = now_s
        return done

    def flush(self, now_s: float) -> list[Frame | Fragment]:
        """Judge the silence: the code that it has ended, if any. Due at :meth:`deadline`."""
        due_s = self.deadline()
        if due_s is None or now_s <= due_s:
            return []
        if self._terminated:
            fragment = self.lost()
            return [fragment] if fragment else []
        frame = self._frame(len(self._open), self._last_s, "gap")
        self._forget()
        return [frame] if frame else []

    def deadline(self) -> float | None:
        """When the silence that is going on will have ended a code; None while no code is open."""
        limit_ms = self._framing.torn_ms_max if self._terminated else self._framing.gap_ms_max
        return self._last_s + limit_ms / 1000 if self._open and limit_ms else None

    @property
    def reading(self) -> bool:
        """True while a code has begun and not ended."""
        return bool(self._open)

    def lost(self) -> Fragment | None:
        """The device is gone: give back the half code, if there is one, and begin anew."""
        fragment = (
            Fragment(raw=bytes(self._open[:SCAN_BYTES_MAX]), time_s=self._last_s) if self._open else None
        )
        self._forget()
        self._after_cr = False
        return fragment

    def _take(self, data: bytes, now_s: float, done: list[Frame | Fragment]) -> None:
        if self._after_cr:
            data = data.removeprefix(b"\n")
        self._after_cr = False
        searched = max(0, min(len(self._open), SCAN_BYTES_MAX) - self._overlap)
        if self._cut:
            searched = SCAN_BYTES_MAX
        if not self._open:
            self._began_s = now_s
        self._open += data
        while self._end and (end := self._end.search(self._open, searched)):
            if frame := self._frame(end.start(), now_s, "terminator"):
                done.append(msgspec.structs.replace(frame, terminator=self._ending(end)))
            self._terminated = True
            after = end.end()
            if end.group().endswith(b"\r"):
                self._after_cr = after == len(self._open)
                after += self._open[after : after + 1] == b"\n"
            del self._open[:after]
            self._began_s = now_s
            self._cut = searched = 0
        if (excess := len(self._open) - SCAN_BYTES_MAX - self._overlap) > 0:
            # The end may begin in the last bytes, so those stay; what is between them and the bound goes.
            del self._open[SCAN_BYTES_MAX : SCAN_BYTES_MAX + excess]
            self._cut += excess

    def _ending(self, end: re.Match[bytes]) -> str:
        """The terminator, with the line feed that follows a carriage return where it came at once."""
        after = self._open[end.end() : end.end() + 1] if end.group().endswith(b"\r") else b""
        return (end.group() + (b"\n" if after == b"\n" else b"")).decode("latin-1")

    def _frame(self, size: int, time_s: float, ended_by: Literal["terminator", "gap"]) -> Frame | None:
        """The code in the first ``size`` bytes; None for an empty one, such as between two terminators."""
        cut = self._cut + max(0, size - SCAN_BYTES_MAX)
        raw = bytes(self._open[: min(size, SCAN_BYTES_MAX)]).removeprefix(self._framing.prefix)
        if not cut:
            raw = raw.removesuffix(self._framing.suffix)
        if not raw:
            return None
        return Frame(raw=raw, time_s=time_s, began_s=self._began_s, ended_by=ended_by, bytes_cut=cut)

    def _forget(self) -> None:
        self._open.clear()
        self._cut = 0
