"""Records what the kernel gives of a keyboard scanner, for each layout: ``./run hil record``.

Which keys type a code on a layout is taken from the X Keyboard Extension's tables, not from ours; the gadget presses
them on a USB bus, and what the kernel's input device then says is kept for the ordinary suite.
"""

from __future__ import annotations

import fcntl
import json
import os
import struct
import time
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from threading import Event, Thread

import pytest

from drivers.usb.key_events import EV_SYN, EVENT, SYN_DROPPED
from drivers.usb.opened import EVIOCGRAB, EVIOCSCLOCKID
from drivers.usb.sysfs import attached
from tests.hil.gadget import Gadget
from tests.hil.host import Host
from tests.hil.usages import (
    CAPS_LOCK,
    ENTER,
    KEYPAD,
    KEYPAD_ENTER,
    LEFT_ALT,
    LEFT_CTRL,
    LEFT_SHIFT,
    PLACES,
    RIGHT_ALT,
    report,
)
from tests.hil.waiting import WAIT_S, until
from tests.hil.xkb import ALTGR, FILES, SHIFT, Board, Typed

SIGNS = "SN-004712/a.B_9+c:D%$*#(x)@[y]{z}\\~|;=&!?<>\"'"
LETTERS = "zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA"
CAPS = "SN-4aq7Mw"
KEYPAD_SIGNS = "0123456789+-*/"
NUMBERS = {"0065": "A", "029": "\x1d", "0228": "ä", "132": "ä", "0128": "€"}
ALTGR_SIGNS = {
    "us": "",
    "uk": "€",
    "de": "@€[]{}\\|~²³µ",
    "fr": "@€[]{}\\|#",
    "es": "@€[]{}\\|~#¬",
    "it": "@€[]{}~#",
    "ch": "@€[]{}\\|#¬¢",
}
"""Those that are printed on the keys; the tables have more."""

ACCENTED = "êñàäéÊ"


class Script:
    """The reports to send, and the codes that they say."""

    def __init__(self, layout: str) -> None:
        self._board = Board(layout)
        self._altgr_signs = ALTGR_SIGNS[layout]
        self.reports: list[bytes] = []
        self.codes: list[str] = []
        self._code = ""

    def write(self) -> None:
        """One code of each kind."""
        strokes = self._board.strokes
        self._strokes(strokes[sign] for sign in SIGNS if sign in strokes)
        for _ in range(2):
            self._press(report(LEFT_CTRL, PLACES["AD12"]))  # where ] is on a board of the United States
            self._code += "\x1d"
        self._strokes(strokes[digit] for digit in "12")
        self._end(ENTER)
        self._strokes(strokes[letter] for letter in LETTERS)
        self._end(ENTER)
        self._caps()
        for sign in KEYPAD_SIGNS:
            self._press(report(0, KEYPAD[sign]))
            self._code += sign
        self._end(KEYPAD_ENTER)
        self._numbers()
        self._strokes(strokes[sign] for sign in self._altgr_signs)
        self._accents()
        self._end(ENTER)

    def _press(self, *down: bytes) -> None:
        self.reports += [*down, report(0)]

    def _key(self, stroke: Typed) -> None:
        modifiers = LEFT_SHIFT * (stroke.level & SHIFT) + RIGHT_ALT * bool(stroke.level & ALTGR)
        self._press(report(modifiers, PLACES[stroke.place]))

    def _strokes(self, strokes: Iterable[Typed]) -> None:
        signs = {stroke: sign for sign, stroke in self._board.strokes.items()}
        for stroke in strokes:
            self._key(stroke)
            self._code += signs[stroke]

    def _caps(self) -> None:
        self._press(report(0, CAPS_LOCK))
        for sign in CAPS:
            stroke = self._board.strokes[sign]
            self._key(stroke)
            self._code += self._board.under_caps(stroke)
        self._press(report(0, CAPS_LOCK))
        self._end(ENTER)

    def _numbers(self) -> None:
        for number, sign in NUMBERS.items():
            held = [one for digit in number for one in (report(LEFT_ALT, KEYPAD[digit]), report(LEFT_ALT))]
            self._press(report(LEFT_ALT), *held)
            self._code += sign
        self._end(ENTER)

    def _accents(self) -> None:
        for sign in ACCENTED:
            letter, accent = tuple(unicodedata.normalize("NFD", sign))
            if self._board.dead.get(accent, Typed("", ALTGR)).level < ALTGR:
                self._key(self._board.dead[accent])
                self._key(self._board.strokes[letter])
                self._code += sign

    def _end(self, usage: int) -> None:
        self._press(report(0, usage))
        if self._code:
            self.codes.append(self._code)
        self._code = ""


class Recorder:
    """Takes an input device for itself and keeps what it says."""

    def __init__(self, node: Path) -> None:
        self._fd = os.open(node, os.O_RDONLY | os.O_NONBLOCK)
        fcntl.ioctl(self._fd, EVIOCGRAB, 1)
        fcntl.ioctl(self._fd, EVIOCSCLOCKID, struct.pack("@i", time.CLOCK_MONOTONIC))
        self._closing = Event()
        self.raw = bytearray()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let it go."""
        self._closing.set()
        self._thread.join(WAIT_S)
        os.close(self._fd)

    def _run(self) -> None:
        while not self._closing.wait(0.001):
            try:
                while data := os.read(self._fd, EVENT.size * 64):
                    self.raw += data
            except BlockingIOError:
                continue


@pytest.mark.parametrize("layout", FILES)
def test_record(layout: str, gadget: Gadget, host: Host) -> None:
    script = Script(layout)
    script.write()
    until(lambda: any(one.kind == "keyboard" and one.serial for one in attached()), lambda: str(attached()))
    node = next(one.node for one in attached() if one.kind == "keyboard" and one.serial)
    recorder = Recorder(node)
    gadget.press(script.reports)
    size = -1
    while size != len(recorder.raw):
        size = len(recorder.raw)
        time.sleep(0.5)
    recorder.close()
    events = list(EVENT.iter_unpack(bytes(recorder.raw)))
    assert not [event for event in events if event[2:4] == (EV_SYN, SYN_DROPPED)]
    first_s = events[0][0]
    lines = [f"{event[0] - first_s}.{event[1]:06d} {event[2]} {event[3]} {event[4]}\n" for event in events]
    head = (
        f"# A keyboard scanner set to layout {layout}, as the kernel gave it: seconds, type, code and value.\n"
        f"# codes: {json.dumps(script.codes)}\n"
    )
    host.keep(f"{layout}.events", head + "".join(lines))
