"""The one door between the screens and the session: inputs go in, in order, and pictures come out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from drivers.scan import Burst, Scan
from scanner_app.view import ScreenView


class Command(msgspec.Struct, frozen=True):
    """What a soft key, a function key or a touch asks for; the same words as on a command card."""

    name: str
    """``undo ack done back workflow key`` ..."""
    argument: str = ""


class Typed(msgspec.Struct, frozen=True):
    """A line that a person typed and ended with Enter. Its evidence is ``typed``."""

    text: str


Input = Scan | Burst | Command | Typed


class Terminal(Protocol):
    """What the screens need of a session. The session owns the thread, the queue and the truth."""

    def submit(self, given: Input) -> bool:
        """Queue an input behind all earlier ones, without blocking. False: the queue is full, it was not taken."""
        ...

    def subscribe(self, callback: Callable[[ScreenView], None]) -> None:
        """Call ``callback`` with the present view and after every answer, from whatever thread."""
        ...

    def close(self) -> None:
        """The screens are gone: end in order. Called once."""
        ...


def command(line: str) -> Command:
    """A command as a soft key or a menu line spells it.

    >>> command("workflow receiving")
    Command(name='workflow', argument='receiving')
    """
    name, _, argument = line.partition(" ")
    return Command(name, argument.strip())
