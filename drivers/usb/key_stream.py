"""A keyboard scanner's events as codes: keys to text, text to frames, and nothing that was damaged on the way."""

from __future__ import annotations

from collections.abc import Iterable

from config.keyboard_layouts import Layout
from drivers.framing import Fragment, Frame, Framer, Framing
from drivers.usb.key_decoder import KeyDecoder
from drivers.usb.key_events import EV_KEY, EV_SYN, PRESSED, RELEASED, SYN_DROPPED, SYN_REPORT, InputEvent

SILENCE_S = 0.15
"""After lost events, silence that ends the rest of the damaged code where no terminator does, seconds."""


class KeyStream:
    """Turns the events of one device into whole codes. Pure: time comes with the events.

    The kernel says ``SYN_DROPPED`` when it had no room for events. What of that code came before, and everything of
    it that still comes, is one :class:`Fragment`: half a code is never delivered, nor taken for the next one's start.
    """

    def __init__(self, layout: Layout, framing: Framing) -> None:
        self._decoder = KeyDecoder(layout)
        self._framing = framing
        self._framer = Framer(framing)
        self._skipping_report = False
        self._damaged: bytearray | None = None
        self._damaged_s = 0.0

    def feed(self, events: Iterable[InputEvent]) -> list[Frame | Fragment]:
        """Take events in their order; give back the codes that are complete now, and what was lost."""
        done: list[Frame | Fragment] = []
        for event in events:
            if event.type == EV_SYN and event.code == SYN_DROPPED:
                self._dropped(event.time_s)
            elif event.type == EV_SYN and event.code == SYN_REPORT:
                self._skipping_report = False
            elif event.type == EV_KEY and not self._skipping_report:
                done += self._key(event)
        return done

    def flush(self, now_s: float) -> list[Frame | Fragment]:
        """Judge the silence. Due at :meth:`deadline`."""
        if self._damaged is not None:
            return [self._end_damaged()] if now_s - self._damaged_s > SILENCE_S else []
        return self._framer.flush(now_s)

    def deadline(self) -> float | None:
        """When :meth:`flush` is due; None while no code is open."""
        return self._framer.deadline() if self._damaged is None else self._damaged_s + SILENCE_S

    def lost(self) -> Fragment | None:
        """The device is gone: the half code, if there is one."""
        self._decoder.forget()
        return self._end_damaged() if self._damaged is not None else self._framer.lost()

    def _dropped(self, time_s: float) -> None:
        half = self._framer.lost()
        self._damaged = (self._damaged or bytearray()) + (half.raw if half else b"")
        self._damaged_s = time_s
        self._skipping_report = True
        self._decoder.forget()

    def _key(self, event: InputEvent) -> list[Frame | Fragment]:
        if event.value == PRESSED:
            text = self._decoder.press(event.code)
        elif event.value == RELEASED:
            text = self._decoder.release(event.code)
        else:
            return []  # the kernel's own repeating: a scanner presses again for the same character
        raw = text.encode("utf-8")
        if self._damaged is None:
            return self._framer.feed(raw, event.time_s)
        if event.time_s - self._damaged_s > SILENCE_S:
            return [self._end_damaged(), *self._framer.feed(raw, event.time_s)]
        self._damaged_s = event.time_s
        if raw in self._framing.terminators:
            return [self._end_damaged()]
        if len(self._damaged) < 4096:
            self._damaged += raw
        return []

    def _end_damaged(self) -> Fragment:
        raw, self._damaged = bytes(self._damaged or b""), None
        return Fragment(raw=raw or b"?", time_s=self._damaged_s)
