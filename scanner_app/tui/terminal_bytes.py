"""What the terminal sends, byte for byte: scans and typing, keys, and reports of the terminal itself.

A scan may contain anything, escape sequences too, and keeps its raw bytes. So the rule is about *where* a sequence
begins, not about what it looks like: inside a run of characters ESC is data; only after a silence or a terminator can
it begin a key or a report, and only the few forms that terminals really send. All else is data as well.

A paste that never ends, ``ESC[200~`` alone, is given back as data after :data:`PASTE_SILENCE_S`.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder

import msgspec
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

from drivers.keys import TypedKey
from drivers.scan import Scan
from drivers.wedge import KeyFramer, Output
from drivers.wedge_rules import PASTE_CHARACTERS_MAX

HELD_S_MAX = 0.05
"""How long the beginning of a sequence waits for its rest, seconds."""
HELD_BYTES_MAX = 32
PASTE_SILENCE_S = 0.1
"""A paste whose end has not come after this silence, seconds, was none."""
PASTE_S_MAX = 2.0
"""Nor is it one if its end has not come this long after its beginning, seconds."""

ESC = 0x1B
_PASTE_START = b"\x1b[200~"
_PASTE_END = b"\x1b[201~"
_KEY = re.compile(rb"\x1b(?:O[A-DFHP-S]|\[[A-DFH]|\[\[[A-E]|\[(?:[1-8]|1[1-57-9]|2[0134])~)")
_OTHER_KEY = re.compile(rb"\x1b(?:O[A-Za-z]|\[Z|\[\d{1,2};\d{1,2}[A-DFHP-S~]|\[(?:2[5689]|3[1-4])~)")
_REPORT = re.compile(rb"\x1b\[(?:<\d{1,4};\d{1,5};\d{1,5}[Mm]|[IO]|\?\d{1,5};\d\$y|\?[\d;]{1,20}c)")
_ONLY_REPORTS = re.compile(rb"(?:%s)+" % _REPORT.pattern)
_BEGINNING = re.compile(rb"\x1b(?:O|\[(?:\[|[<?]?[\d;]*\$?))?\Z")


class Report(msgspec.Struct, frozen=True):
    """A sequence that the terminal sent by itself: mouse, focus, answers to questions."""

    text: str
    time_s: float


Taken = Output | Report


class TerminalBytes:
    """Sorts the terminal's bytes. Pure: the time comes with the bytes, in monotonic seconds."""

    def __init__(self, framer: KeyFramer) -> None:
        self._framer = framer
        self._decoder = getincrementaldecoder("utf-8")("surrogateescape")
        self._held = b""
        self._paste: bytearray | None = None  # a paste whose end is awaited
        self._paste_since_s = 0.0
        self._last_s = 0.0

    def feed(self, data: bytes, time_s: float) -> list[Taken]:
        """Take bytes that were read at ``time_s``; give back what is certain now, in order."""
        out: list[Taken] = []
        if self._paste is None and self._run_open(time_s, out) and _ONLY_REPORTS.fullmatch(data):
            return self._reports(
                data, time_s
            )  # a touch in the middle of a scan: it came alone, so it is none of it
        data, self._held = self._held + data, b""
        self._take(data, time_s, out)
        self._last_s = time_s
        return out

    def flush(self, now_s: float) -> list[Taken]:
        """Judge the silence: what it has ended. Due at :meth:`deadline`."""
        out: list[Taken] = []
        due_s = self.deadline()
        if due_s is None or now_s < due_s:
            return out
        if self._paste is not None:
            self._no_paste(out)
        elif self._held:
            held, self._held = self._held, b""
            self._data(held, self._last_s, out)
        self._data(b"", self._last_s, out, final=True)
        out += map(_exact, self._framer.flush(now_s))
        return out

    def deadline(self) -> float | None:
        """When :meth:`flush` is due, monotonic seconds; None while nothing is held back."""
        if self._paste is not None:
            return min(self._last_s + PASTE_SILENCE_S, self._paste_since_s + PASTE_S_MAX)
        if self._held or self._decoder.getstate()[0]:
            return self._last_s + HELD_S_MAX
        return self._framer.deadline()

    @property
    def reading(self) -> bool:
        """True while something has begun and is not whole yet."""
        return self.deadline() is not None

    def _run_open(self, time_s: float, out: list[Taken]) -> bool:
        """Whether a run of characters is going on, so that ESC belongs to it."""
        due_s = self._framer.deadline()
        if due_s is not None and time_s >= due_s:
            out += map(_exact, self._framer.flush(time_s))
        return self._framer.deadline() is not None

    def _take(self, data: bytes, time_s: float, out: list[Taken]) -> None:
        at = 0
        while at < len(data):
            if self._paste is not None:
                at = self._in_paste(data, at, time_s, out)
            elif data[at] == ESC and not self._run_open(time_s, out):
                end = self._sequence(data, at, time_s, out)
                if end < 0:
                    self._held = data[at:]
                    return
                at = end
            else:
                end = data.find(b"\x1b", at + 1)
                end = len(data) if end < 0 else end
                self._data(data[at:end], time_s, out)
                at = end

    def _sequence(self, data: bytes, at: int, time_s: float, out: list[Taken]) -> int:
        """What begins with ESC at ``at``: its end; or -1, when the rest must be awaited."""
        if data.startswith(_PASTE_START, at):
            self._paste, self._paste_since_s = bytearray(), time_s
            return at + len(_PASTE_START)
        if data.startswith(_PASTE_END, at):
            return at + len(_PASTE_END)
        if found := _REPORT.match(data, at):
            out.append(Report(found.group().decode("ascii"), time_s))
            return found.end()
        if found := _KEY.match(data, at):
            return self._key(found, time_s, out)
        if (found := _OTHER_KEY.match(data, at)) and data[found.end() : found.end() + 1] in (b"", b"\x1b"):
            return self._key(found, time_s, out)
        if len(data) - at < HELD_BYTES_MAX and _BEGINNING.match(data, at):
            return -1
        self._data(data[at : at + 1], time_s, out)
        return at + 1

    def _key(self, found: re.Match[bytes], time_s: float, out: list[Taken]) -> int:
        known = ANSI_SEQUENCES_KEYS.get(found.group().decode("ascii"))
        if isinstance(known, tuple):
            out += [TypedKey(key.value, time_s) for key in known]
        return found.end()

    def _in_paste(self, data: bytes, at: int, time_s: float, out: list[Taken]) -> int:
        assert self._paste is not None
        before = len(self._paste)
        self._paste += data[at:]
        end = self._paste.find(_PASTE_END, max(0, before - len(_PASTE_END)))
        if end >= 0:
            text = self._paste[:end].decode("utf-8", "surrogateescape")
            self._paste = None
            out += map(_exact, self._framer.paste(text, time_s))
            return at + end + len(_PASTE_END) - before
        if len(self._paste) > PASTE_CHARACTERS_MAX or time_s - self._paste_since_s > PASTE_S_MAX:
            self._last_s = time_s
            self._no_paste(out)
        return len(data)

    def _no_paste(self, out: list[Taken]) -> None:
        """The end never came: all of it was data, the marker too."""
        assert self._paste is not None
        data, self._paste = bytes(self._paste), None
        self._data(_PASTE_START, self._last_s, out)
        self._take(data, self._last_s, out)

    def _data(self, data: bytes, time_s: float, out: list[Taken], *, final: bool = False) -> None:
        for character in self._decoder.decode(data, final):
            out += map(_exact, self._framer.feed(character, time_s))

    def _reports(self, data: bytes, time_s: float) -> list[Taken]:
        return [Report(found.group().decode("ascii"), time_s) for found in _REPORT.finditer(data)]


def _exact(output: Output) -> Output:
    """A scan with the very bytes that came, where they were not UTF-8."""
    if not isinstance(output, Scan) or b"\xed" not in output.raw:
        return output
    try:
        text = output.raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as cut:  # in the middle of a character, by the bound of a scan
        text = output.raw[: cut.start].decode("utf-8", "surrogatepass")
    return msgspec.structs.replace(output, raw=text.encode("utf-8", "surrogateescape"))
