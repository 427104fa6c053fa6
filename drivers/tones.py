"""Tones: what the answers sound like, as data, and how a terminal that has only its bell plays them.

Each tone has its own rhythm *and* its own pitch, so that either alone tells them apart: a hall is loud, and a bell
has one pitch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

ToneName = Literal["ok", "note", "stop", "repeat", "complete", "held"]


class Note(msgspec.Struct, frozen=True):
    """One sound and the silence after it."""

    pitch_hz: int
    length_ms: int
    rest_ms: int


TONES: dict[ToneName, tuple[Note, ...]] = {
    "ok": (Note(2000, 80, 0),),
    "note": (Note(1000, 120, 100), Note(1000, 120, 0)),
    "stop": (Note(300, 350, 120), Note(300, 350, 120), Note(300, 350, 0)),
    "repeat": (Note(1500, 20, 0),),
    "complete": (Note(1000, 100, 60), Note(1500, 100, 60), Note(2000, 200, 0)),
    "held": (Note(200, 30, 0),),
}
"""One short high; two short middle; three long low; one tick; rising three; and one dull tick for a scan that is
held behind a stop."""

_SILENT_ON_BELL = frozenset({"repeat", "held"})  # with one pitch and one length a tick would sound like an ok


class Ring(msgspec.Struct, frozen=True):
    """One write to a terminal: after ``wait_ms``, the text."""

    wait_ms: int
    text: str


def rings(tone: ToneName, *, linux_console: bool = False) -> tuple[Ring, ...]:
    """How a terminal plays ``tone``.

    Any terminal rings its bell in the tone's rhythm. The Linux console (``linux_console``) also knows pitch and
    length (console_codes(4)) and therefore the ticks, which a plain bell leaves out.
    """
    if tone in _SILENT_ON_BELL and not linux_console:
        return ()
    result, wait_ms = [], 0
    for note in TONES[tone]:
        pitch = f"\x1b[10;{note.pitch_hz}]\x1b[11;{note.length_ms}]" if linux_console else ""
        result.append(Ring(wait_ms, pitch + "\x07"))
        wait_ms = note.length_ms + note.rest_ms
    return tuple(result)


def play(
    tone: ToneName,
    write: Callable[[str], object],
    wait: Callable[[float], object],
    *,
    linux_console: bool = False,
) -> None:
    """Write ``tone`` to a terminal. ``wait`` gets seconds; not for a thread that paints or reads keys.

    A screen that paints takes :func:`rings` instead and sets a timer for each.
    """
    for ring in rings(tone, linux_console=linux_console):
        if ring.wait_ms:
            wait(ring.wait_ms / 1000)
        write(ring.text)
