from __future__ import annotations

import io
import os
import threading
import wave
from pathlib import Path

import numpy
import pytest

from drivers.sounds import EV_SND, SND_TONE, Gun, Lamp, SoundCard, Sounds, Speaker, waveform
from drivers.tones import TONES, ToneName
from drivers.usb.key_events import EVENT

WAIT_S = 20.0


def pitches(tone: ToneName) -> list[int]:
    """The pitches that are heard in a tone's wave, note by note, hertz."""
    with wave.open(io.BytesIO(waveform(tone))) as file:
        rate = file.getframerate()
        samples = numpy.frombuffer(file.readframes(file.getnframes()), numpy.int16)
    heard, at = [], 0
    for note in TONES[tone]:
        count = rate * note.length_ms // 1000
        part = samples[at : at + count]
        strongest = int(numpy.abs(numpy.fft.rfft(part, 8 * rate)).argmax())
        heard.append(round(strongest / 8))
        at += count + rate * note.rest_ms // 1000
    assert at == len(samples)
    return heard


@pytest.mark.parametrize("tone", TONES)
def test_a_wave_has_the_pitches_and_lengths_of_its_tone(tone: ToneName) -> None:
    assert pitches(tone) == pytest.approx([note.pitch_hz for note in TONES[tone]], abs=25)


def test_no_two_tones_sound_alike() -> None:
    assert len({waveform(tone) for tone in TONES}) == len(TONES)


def test_the_sound_card_gets_the_wave_through_the_player(tmp_path: Path) -> None:
    SoundCard(("tee", str(tmp_path / "played.wav"))).play("stop")
    assert (tmp_path / "played.wav").read_bytes() == waveform("stop")
    with pytest.raises(OSError, match="player"):
        SoundCard(("false",)).play("ok")


def test_there_is_no_sound_card_without_a_device(tmp_path: Path) -> None:
    assert SoundCard.found(tmp_path) is None


def test_the_speaker_gets_each_pitch_and_is_silent_afterwards(tmp_path: Path) -> None:
    bits = tmp_path / "sys" / "class" / "input" / "event7" / "device" / "capabilities" / "snd"
    bits.parent.mkdir(parents=True)
    bits.write_text("6\n")
    node = tmp_path / "dev" / "input" / "event7"
    node.parent.mkdir(parents=True)
    os.mkfifo(node)
    reader = os.open(node, os.O_RDONLY | os.O_NONBLOCK)
    waits: list[float] = []
    speaker = Speaker.found(waits.append, tmp_path / "sys", tmp_path / "dev")
    assert speaker is not None
    speaker.play("complete")
    events = list(EVENT.iter_unpack(os.read(reader, 4096)))
    os.close(reader)
    assert {(kind, code) for _, _, kind, code, _ in events} == {(EV_SND, SND_TONE)}
    assert [value for *_, value in events] == [1000, 0, 1500, 0, 2000, 0]
    assert waits == [0.1, 0.06, 0.1, 0.06, 0.2, 0.0]


def test_an_input_device_without_tones_is_no_speaker(tmp_path: Path) -> None:
    bits = tmp_path / "class" / "input" / "event1" / "device" / "capabilities" / "snd"
    bits.parent.mkdir(parents=True)
    bits.write_text("0\n")
    assert Speaker.found(lambda _: None, tmp_path, tmp_path) is None


@pytest.mark.parametrize(("tone", "beeps"), [("ok", 1), ("note", 2), ("stop", 3), ("repeat", 0), ("held", 0)])
def test_the_gun_beeps_in_the_rhythm_and_leaves_ticks_out(tone: ToneName, beeps: int) -> None:
    heard: list[int] = []
    Gun(lambda: heard.append(1), lambda _: None).play(tone)
    assert len(heard) == beeps


def test_red_stays_until_the_next_answer_and_a_tick_changes_nothing(tmp_path: Path) -> None:
    lamps = {name: tmp_path / name for name in ("green", "yellow", "red")}
    for folder in lamps.values():
        folder.mkdir()
    lamp = Lamp(lamps["green"], lamps["yellow"], lamps["red"], lambda _: None)

    def shining() -> list[str]:
        return [name for name, folder in lamps.items() if (folder / "brightness").read_text() == "255"]

    lamp.play("stop")
    assert shining() == ["red"]
    lamp.play("held")
    assert shining() == ["red"]
    lamp.play("ok")
    assert shining() == []


class Recorder:
    """A sounder that can be held up."""

    def __init__(self) -> None:
        self.tones: list[ToneName] = []
        self.going_on = threading.Event()
        self.begun = threading.Event()

    def play(self, tone: ToneName) -> None:
        self.begun.set()
        assert self.going_on.wait(WAIT_S)
        self.tones.append(tone)


def test_no_answer_waits_for_its_sound_and_the_last_ones_are_heard() -> None:
    slow = Recorder()
    sounds = Sounds({"slow": slow})
    sounds.play("ok")
    assert slow.begun.wait(WAIT_S)
    for _ in range(50):
        sounds.play("note")
    sounds.play("stop")
    slow.going_on.set()
    for _ in range(2000):
        if slow.tones and slow.tones[-1] == "stop":
            break
        threading.Event().wait(0.005)
    sounds.close()
    assert slow.tones == ["ok", "note", "note", "note", "stop"]


def test_a_sounder_that_fails_is_named_and_the_others_go_on() -> None:
    good = Recorder()
    good.going_on.set()
    sounds = Sounds({"card": SoundCard(("false",)), "good": good})
    sounds.play("ok")
    for _ in range(2000):
        if good.tones and "card" in sounds.failed:
            break
        threading.Event().wait(0.005)
    sounds.close()
    assert (good.tones, list(sounds.failed)) == (["ok"], ["card"])
