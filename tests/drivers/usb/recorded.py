"""Recorded input events: a line for each, ``seconds type code value``, and the codes that they type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from drivers.usb.key_events import EV_KEY, EV_SYN, SYN_DROPPED, SYN_REPORT, InputEvent

FOLDER = Path(__file__).parent / "recordings"


class Recording(NamedTuple):
    """What a scanner sent, and what it had read."""

    codes: list[str]
    events: list[InputEvent]


def recording(name: str) -> Recording:
    """The recording of one layout."""
    codes: list[str] = []
    events = []
    for line in (FOLDER / f"{name}.events").read_text("utf-8").splitlines():
        if line.startswith("# codes: "):
            codes = json.loads(line.removeprefix("# codes: "))
        elif not line.startswith("#"):
            time_s, kind, code, value = line.split()
            events.append(InputEvent(float(time_s), int(kind), int(code), int(value)))
    return Recording(codes, events)


def keys(*codes: int, at_s: float = 0.0, gap_s: float = 0.002) -> list[InputEvent]:
    """Each of the keys pressed and let go."""
    events = []
    for number, code in enumerate(codes):
        time_s = at_s + number * gap_s
        events += [InputEvent(time_s, EV_KEY, code, 1), InputEvent(time_s, EV_SYN, SYN_REPORT, 0)]
        events += [InputEvent(time_s, EV_KEY, code, 0), InputEvent(time_s, EV_SYN, SYN_REPORT, 0)]
    return events


def dropped(at_s: float) -> list[InputEvent]:
    """The kernel's word that it had no room, and the end of the report that was cut."""
    return [InputEvent(at_s, EV_SYN, SYN_DROPPED, 0), InputEvent(at_s, EV_SYN, SYN_REPORT, 0)]
