"""Verdicts by ear where only the terminal's bell is there: it has one pitch, so the rhythm tells them apart."""

from __future__ import annotations

PATTERNS_MS: dict[str, tuple[int, ...]] = {
    "ok": (0,),
    "note": (0, 180),
    "stop": (0, 350, 700),
    "complete": (0, 120, 240, 360),
    "repeat": (),
    "held": (),
}
"""When the bell rings after the answer, milliseconds. A tick is too little for a bell."""

_RANK = ("repeat", "held", "ok", "complete", "note", "stop")


def louder(tone: str, other: str) -> str:
    """The one of two tones that must be heard when both are due at once."""
    ranks = {name: at for at, name in enumerate(_RANK)}
    return max(tone, other, key=lambda name: ranks.get(name, -1))
