"""The answers' tones through what this handheld has besides its terminal."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from config.schema import Sound
from drivers.driver import Driver
from drivers.serial_port import SerialPort
from drivers.sounds import Gun, Lamp, SoundCard, Sounder, Sounds, Speaker


def sounds_of(settings: Sound, drivers: Sequence[Driver]) -> Sounds:
    """Everything that the settings name and that is there."""
    found: dict[str, Sounder] = {}
    if "card" in settings.outputs and (card := SoundCard.found()):
        found["card"] = card
    if "speaker" in settings.outputs and (speaker := Speaker.found(time.sleep)):
        found["speaker"] = speaker
    if "gun" in settings.outputs:
        found |= {
            driver.name: Gun(driver.beep, time.sleep) for driver in drivers if isinstance(driver, SerialPort)
        }
    green, yellow, red = (
        Path(lamp) if lamp else None
        for lamp in (settings.lamp_green, settings.lamp_yellow, settings.lamp_red)
    )
    if green or yellow or red:
        found["lamp"] = Lamp(green, yellow, red, time.sleep)
    return Sounds(found)
