"""Tones differ in rhythm and in pitch, and a terminal's bell keeps the rhythm."""

from __future__ import annotations

from itertools import combinations
from typing import get_args

import pytest

from drivers.tones import TONES, Note, ToneName, play, rings


def rhythm(notes: tuple[Note, ...]) -> list[tuple[int, int]]:
    return [(note.length_ms, note.rest_ms) for note in notes]


def pitches(notes: tuple[Note, ...]) -> list[int]:
    return [note.pitch_hz for note in notes]


def test_every_name_has_a_tone() -> None:
    assert set(TONES) == set(get_args(ToneName))
    assert {"ok", "note", "stop", "repeat", "complete"} <= set(TONES)


@pytest.mark.parametrize(("one", "other"), [*combinations(TONES.values(), 2)])
def test_each_two_tones_differ_in_rhythm_and_in_pitch(one: tuple[Note, ...], other: tuple[Note, ...]) -> None:
    assert rhythm(one) != rhythm(other)
    assert pitches(one) != pitches(other)


def test_low_middle_high_and_rising() -> None:
    assert max(pitches(TONES["stop"])) < min(pitches(TONES["note"])) < min(pitches(TONES["ok"]))
    assert pitches(TONES["complete"]) == sorted(set(pitches(TONES["complete"])))


def test_a_bell_rings_in_the_tones_rhythm() -> None:
    heard: list[str | float] = []
    play("stop", heard.append, heard.append)
    assert heard == ["\a", 0.47, "\a", 0.47, "\a"]
    assert [ring.text for ring in rings("ok")] == ["\a"]


def test_bells_tell_all_audible_tones_apart() -> None:
    heard = [rings(name) for name in TONES if rings(name)]
    assert len(heard) == len(set(heard)) == 4


def test_the_linux_console_knows_pitch_and_length() -> None:
    assert rings("repeat") == ()
    assert [ring.text for ring in rings("repeat", linux_console=True)] == ["\x1b[10;1500]\x1b[11;20]\a"]
