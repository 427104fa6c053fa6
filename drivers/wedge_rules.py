"""The bounds of the terminal wedge, and its report that one of them was reached."""

from __future__ import annotations

import msgspec

PASTE_CHARACTERS_MAX = 1_000_000
"""A longer paste is cut here, and a :class:`Cut` says so."""


class WedgeRules(msgspec.Struct, frozen=True, kw_only=True):
    """When keys are a scan. USB scanners type a character each 1-16 ms, people one each 80 ms or more."""

    gap_ms_max: int = 35
    """Longest gap between the characters of a scan, milliseconds; the mean gap where this process read late."""

    end_silence_ms: int = 60
    """Silence that ends a scan without a terminator, or a person's key, milliseconds."""

    stall_ms_max: int = 250
    """Longest pause that a busy handheld may make in reading one scan, milliseconds. It is only ever waited out
    for a scanner that has shown to send terminators; a person's keys never wait for it."""

    characters_min: int = 4
    """Fewer characters are a scan only where a terminator follows at the same speed, and one alone never is."""

    terminators: str = "\r\n\t"
    """Each of these characters ends a scan; a line feed directly after a carriage return is the same end."""

    def __post_init__(self) -> None:
        """Refuse rules by which typing and scanning could not be told apart."""
        if not 0 < self.gap_ms_max <= self.end_silence_ms <= self.stall_ms_max:
            raise ValueError("0 < gap_ms_max <= end_silence_ms <= stall_ms_max must hold")
        if self.characters_min < 2:
            raise ValueError("characters_min is at least 2: a single key is always a person's")


class Cut(msgspec.Struct, frozen=True):
    """The scan before this one is not whole: it was longer than its bound. Or the end of a paste was left out."""

    left_out: int
    """Characters left out, bytes for one code of a paste."""

    source: str = "wedge"
