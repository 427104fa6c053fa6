r"""Terminal wedge: tells a scanner that types through the terminal from the person who does.

A scanner is quick: its characters follow each other within ``gap_ms_max`` and a terminator or a silence ends them.
Everything else is a person's typing and is given back key by key, in order. Nothing is ever thrown away, and what
cannot be told for sure becomes typing or an unreadable scan, never a code that is shorter than its label.

A busy handheld reads late: then a pause comes first and the characters after it have no gaps at all. So a run that
a terminator ends is judged by its mean gap, and not by each gap alone.

>>> keys = KeyFramer(wall_ms=lambda mono_s: 0)
>>> [out for i, c in enumerate("SN-1\r") for out in keys.feed(c, i / 1000)][0].text
'SN-1'
"""

from __future__ import annotations

import math
from collections.abc import Callable

from drivers.driver import wall_ms_at
from drivers.keys import DAMAGED, MOVES, Key, TypedChar, TypedEnter, TypedKey, milliseconds, named, typed
from drivers.scan import SCAN_BYTES_MAX, Burst, Scan
from drivers.wedge_rules import PASTE_CHARACTERS_MAX, Cut, WedgeRules

__all__ = ["Cut", "KeyFramer", "Output", "TypedChar", "TypedEnter", "TypedKey", "WedgeRules"]

Output = Scan | Burst | TypedChar | TypedEnter | TypedKey | Cut


class KeyFramer:
    """Sorts keys into scans and typing. Pure: the time comes with each key, in monotonic seconds.

    ``wall_ms`` gives the wall time, in milliseconds since the epoch, of a monotonic time.
    """

    def __init__(self, rules: WedgeRules | None = None, wall_ms: Callable[[float], int] = wall_ms_at) -> None:
        self._rules = rules or WedgeRules()
        self._wall_ms = wall_ms
        self._run: list[Key] = []
        self._run_bytes = 0
        self._characters = 0  # keys of the run that are characters
        self._pauses = 0  # gaps in the run that are longer than a scanner's
        self._cut = 0  # characters of the run beyond the bound
        self._typing = False  # a person's keys are coming without a silence between them: given back at once
        self._terminated = False  # this scanner sends terminators
        self._last_s = -math.inf  # the last key of any kind
        self._moved_s = -math.inf  # the last cursor key that was given back at once
        self._swallow = ""  # terminators that, coming next, belong to the scan that has just been given back

    def feed(self, character: str, time_s: float) -> list[Output]:
        """Take one character that arrived at ``time_s``; give back what is certain now."""
        return self.feed_key(character, character, time_s)

    def feed_key(self, character: str | None, key: str, time_s: float) -> list[Output]:
        """Take one key, with its character if the terminal reported one."""
        pressed = named(character, key, time_s, time_s - self._last_s)
        out = self._settle(pressed)
        self._last_s = time_s
        swallow, self._swallow = self._swallow, ""
        if pressed.character and pressed.character in self._rules.terminators:
            belongs_to_scan = pressed.character in swallow and pressed.within(self._rules.stall_ms_max)
            if self._run or not belongs_to_scan:
                self._terminate(pressed, out)
        elif self._typing:
            out.append(typed(pressed))
        elif pressed.key in MOVES and not self._run:
            self._moved_s = time_s  # held for no one: a list must follow its cursor key at once
            out.append(typed(pressed))
        elif self._run and self._is_person(pressed):
            out += self._give_back()
            out.append(typed(pressed))
            self._typing = True
        else:
            self._extend(pressed)
        return out

    def flush(self, now_s: float) -> list[Output]:
        """Judge the silence: what it has ended, if anything. Due at :meth:`deadline`."""
        due_s = self.deadline()
        return self._end_by_silence() if due_s is not None and now_s >= due_s else []

    def deadline(self) -> float | None:
        """When :meth:`flush` is due, monotonic seconds; None while nothing is held back."""
        return self._last_s + self._patience_ms() / 1000 if self._run else None

    def paste(self, text: str, time_s: float) -> list[Output]:
        """Take pasted text: each of its lines is a scan of the source ``paste``."""
        out = self._end_by_silence() if self._run else []
        self._last_s = time_s
        self._typing = False
        kept = text[:PASTE_CHARACTERS_MAX]
        for end in self._rules.terminators:
            kept = kept.replace(end, "\n")
        for code in filter(None, kept.split("\n")):
            raw = code.encode("utf-8", "surrogatepass")
            out += self._scan(raw[:SCAN_BYTES_MAX], "paste")
            if len(raw) > SCAN_BYTES_MAX:
                out.append(Cut(len(raw) - SCAN_BYTES_MAX, "paste"))
        if len(text) > PASTE_CHARACTERS_MAX:
            out.append(Cut(len(text) - PASTE_CHARACTERS_MAX, "paste"))
        # A terminal may send the last line end after the paste, as a key.
        self._swallow = self._rules.terminators
        return out

    def _settle(self, pressed: Key) -> list[Output]:
        """Close what the silence before a key has ended."""
        if not pressed.within(self._rules.end_silence_ms):
            self._typing = False
        if not self._run:
            return []
        # Too few keys for a scan, and nobody flushed them in time: it may be this process that slept.
        slept = len(self._run) < self._rules.characters_min
        limit_ms = self._rules.stall_ms_max if slept else self._patience_ms()
        return [] if pressed.within(limit_ms) else self._end_by_silence()

    def _extend(self, pressed: Key) -> None:
        if not self._run and milliseconds(pressed.time_s - self._moved_s) <= self._rules.gap_ms_max:
            self._run.append(
                Key(None, "", pressed.time_s, 0.0)
            )  # the code began with what looked like a move
        self._pauses += bool(self._run) and not pressed.within(self._rules.gap_ms_max)
        size = len((pressed.character or DAMAGED).encode("utf-8", "surrogatepass"))
        if self._cut or self._run_bytes + size > SCAN_BYTES_MAX:
            self._cut += 1
        else:
            self._run_bytes += size
            self._characters += pressed.character is not None
            self._run.append(pressed)

    def _is_person(self, pressed: Key) -> bool:
        """Whether this key shows the run to be typing: a second pause, and no speed that makes up for both."""
        if pressed.within(self._rules.gap_ms_max) or not self._pauses:
            return False
        gaps = len(self._run) + self._cut
        return milliseconds(pressed.time_s - self._run[0].time_s) > gaps * self._rules.gap_ms_max

    def _is_burst(self) -> bool:
        """Whether the run has a scan's length and, on the mean, a scanner's speed."""
        gaps = len(self._run) - 1
        quick = milliseconds(self._run[-1].time_s - self._run[0].time_s) <= gaps * self._rules.gap_ms_max
        return quick and self._characters >= self._rules.characters_min

    def _patience_ms(self) -> int:
        """How long the run may be silent before it is over."""
        waits_for_end = self._terminated and self._is_burst()
        return max(self._rules.end_silence_ms, self._rules.stall_ms_max if waits_for_end else 0)

    def _terminate(self, pressed: Key, out: list[Output]) -> None:
        """A terminator came: the run before it is a scan, or it and the terminator are typing."""
        at_once = pressed.within(self._rules.gap_ms_max)
        short_scan = self._characters > 1 and at_once and not self._pauses
        if short_scan or (self._run and self._is_burst() and (at_once or not self._pauses)):
            self._terminated |= self._characters >= self._rules.characters_min
            out += self._end_by_scan(pressed.character or "")
            self._swallow = "\n" if pressed.character == "\r" else ""
        else:
            out += self._give_back()
            out.append(typed(pressed))
            self._typing = False

    def _end_by_silence(self) -> list[Output]:
        # One key held down repeats as fast as a scanner types, so it is not one. Where a pause makes the speed
        # doubtful only a terminator would have settled it: typing keeps every character.
        held_key = len({key.key for key in self._run}) == 1
        if self._pauses or held_key or not self._is_burst():
            return self._give_back()
        out = self._end_by_scan()
        self._swallow = self._rules.terminators  # one that comes late is not a person's Enter
        return out

    def _end_by_scan(self, terminator: str = "") -> list[Output]:
        raw = "".join(key.character or DAMAGED for key in self._run).encode("utf-8", "surrogatepass")
        out = self._scan(
            raw[:SCAN_BYTES_MAX], "wedge", self._run[-1].time_s, terminator, began_s=self._run[0].time_s
        )
        return out + self._forget()

    def _give_back(self) -> list[Output]:
        out: list[Output] = [typed(key) for key in self._run if key.key]
        return out + self._forget()

    def _scan(
        self,
        raw: bytes,
        source: str,
        time_s: float | None = None,
        terminator: str = "",
        *,
        began_s: float = 0.0,
    ) -> list[Output]:
        at_s = self._last_s if time_s is None else time_s
        return [
            Scan(
                raw=raw,
                source=source,
                terminator=terminator,
                began_ns=round(began_s * 1e9),
                mono_ns=round(at_s * 1e9),
                wall_ms=self._wall_ms(at_s),
            )
        ]

    def _forget(self) -> list[Output]:
        """Empty the run; what it had to leave out is said."""
        out: list[Output] = [Cut(self._cut)] if self._cut else []
        self._run.clear()
        self._run_bytes = self._characters = self._pauses = self._cut = 0
        return out
