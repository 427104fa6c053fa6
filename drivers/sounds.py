"""Tones through whatever can sound or shine here besides the terminal: sound card, PC speaker, scanner, lamp."""

from __future__ import annotations

import array
import io
import math
import os
import queue
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

from drivers.tones import TONES, Note, ToneName
from drivers.usb.key_events import EVENT

RATE_HZ = 22_050
LOUDNESS = 0.8
FADE_S = 0.004
"""A note swells and fades for so long: a hard edge clicks."""

TONES_WAITING_MAX = 4
"""Tones that wait for the one that sounds; an older one gives way, for the last answer is the one that counts."""

EV_SND, SND_TONE = 0x12, 2
SILENT_ON_BELL = frozenset({"repeat", "held"})


class Sounder(Protocol):
    """Something that sounds. Called from the sounds' own thread; may take as long as the tone."""

    def play(self, tone: ToneName) -> None:
        """Sound. Raises OSError when the thing is gone."""


def waveform(tone: ToneName) -> bytes:
    """A WAV file of a tone: one channel, 16 bits."""
    import wave  # loaded where there is a sound card to play it

    samples = array.array("h")
    for note in TONES[tone]:
        samples.extend(_samples(note))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def _samples(note: Note) -> Iterator[int]:
    count, fade = RATE_HZ * note.length_ms // 1000, max(1, round(RATE_HZ * FADE_S))
    for place in range(count):
        edge = min(1.0, place / fade, (count - place) / fade)
        yield round(32767 * LOUDNESS * edge * math.sin(2 * math.pi * note.pitch_hz * place / RATE_HZ))
    yield from [0] * (RATE_HZ * note.rest_ms // 1000)


class SoundCard:
    """The sound card, through the player that the system has."""

    PLAYERS = (("pw-play", "-"), ("paplay", "/dev/stdin"), ("aplay", "-q", "-"))

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._waves: dict[ToneName, bytes] = {}

    @classmethod
    def found(cls, dev: Path = Path("/dev")) -> SoundCard | None:
        """The card, where there is one and a player for it."""
        if not any(dev.glob("snd/pcm*p")):
            return None
        players = (command for command in cls.PLAYERS if shutil.which(command[0]))
        return next((cls(command) for command in players), None)

    def play(self, tone: ToneName) -> None:
        """Sound, and wait for the end."""
        if tone not in self._waves:
            self._waves[tone] = waveform(tone)
        ended = subprocess.run(
            self._command, input=self._waves[tone], capture_output=True, check=False, timeout=5
        )
        if ended.returncode:
            raise OSError(ended.returncode, "the player failed")


class Speaker:
    """The PC speaker, or any buzzer that the kernel offers as an input device with tones."""

    def __init__(self, node: Path, wait: Callable[[float], object]) -> None:
        self._node, self._wait = node, wait

    @classmethod
    def found(
        cls, wait: Callable[[float], object], sys: Path = Path("/sys"), dev: Path = Path("/dev")
    ) -> Speaker | None:
        """The first one that knows tones and may be written."""
        for bits in sorted(sys.glob("class/input/event*/device/capabilities/snd")):
            with suppress(OSError, ValueError):
                node = dev / "input" / bits.parents[2].name
                if int(bits.read_text().split()[-1], 16) >> SND_TONE & 1 and os.access(node, os.W_OK):
                    return cls(node, wait)
        return None

    def play(self, tone: ToneName) -> None:
        """Sound each note in its pitch and length."""
        fd = os.open(self._node, os.O_WRONLY | os.O_CLOEXEC)
        try:
            for note in TONES[tone]:
                for pitch_hz, length_ms in ((note.pitch_hz, note.length_ms), (0, note.rest_ms)):
                    os.write(fd, EVENT.pack(0, 0, EV_SND, SND_TONE, pitch_hz))
                    self._wait(length_ms / 1000)
        finally:
            os.close(fd)


class Gun:
    """A scanner that beeps when it is told to: one pitch, the tone's rhythm."""

    def __init__(self, beep: Callable[[], object], wait: Callable[[float], object]) -> None:
        self._beep, self._wait = beep, wait

    def play(self, tone: ToneName) -> None:
        """A beep for each note; ticks would sound like an ok."""
        for note in () if tone in SILENT_ON_BELL else TONES[tone]:
            self._beep()
            self._wait((note.length_ms + note.rest_ms) / 1000)


class Lamp:
    """Lamps of the kernel's LED class: green and yellow shine for a moment, red until the next answer."""

    MOMENT_S = 0.4

    def __init__(
        self, green: Path | None, yellow: Path | None, red: Path | None, wait: Callable[[float], object]
    ) -> None:
        self._lamps: dict[ToneName, Path | None] = {
            "ok": green,
            "complete": green,
            "note": yellow,
            "stop": red,
        }
        self._wait = wait

    def play(self, tone: ToneName) -> None:
        """Shine. A tick behind a stop changes nothing."""
        if tone not in self._lamps:
            return
        for lamp in {lamp for lamp in self._lamps.values() if lamp}:
            self._set(lamp, on=lamp == self._lamps[tone])
        shining = self._lamps[tone]
        if tone != "stop" and shining:
            self._wait(self.MOMENT_S)
            self._set(shining, on=False)

    @staticmethod
    def _set(lamp: Path, *, on: bool) -> None:
        (lamp / "brightness").write_text("255" if on else "0")


class Sounds:
    """Plays tones on all sounders, each in a thread of its own: no answer ever waits for its sound."""

    def __init__(self, sounders: dict[str, Sounder]) -> None:
        self._queues: list[queue.Queue[ToneName | None]] = []
        self._closing = Event()
        self.failed: dict[str, str] = {}
        """Sounders that failed last time, and why."""
        for name, sounder in sounders.items():
            waiting: queue.Queue[ToneName | None] = queue.Queue(TONES_WAITING_MAX)
            self._queues.append(waiting)
            Thread(target=self._run, args=(name, sounder, waiting), name=f"sound {name}", daemon=True).start()

    def play(self, tone: str) -> None:
        """Sound soon. Never blocks; from any thread."""
        if tone not in TONES:
            return
        for waiting in self._queues:
            while True:
                try:
                    waiting.put_nowait(tone)
                    break
                except queue.Full:
                    with suppress(queue.Empty):
                        waiting.get_nowait()

    def close(self) -> None:
        """End soon; what waits is left out."""
        self._closing.set()
        for waiting in self._queues:
            with suppress(queue.Full):
                waiting.put_nowait(None)

    def _run(self, name: str, sounder: Sounder, waiting: queue.Queue[ToneName | None]) -> None:
        while (tone := waiting.get()) is not None and not self._closing.is_set():
            try:
                sounder.play(tone)
                self.failed.pop(name, None)
            except (OSError, subprocess.SubprocessError) as error:
                self.failed[name] = str(error)
