"""The one door between the screens and the session: inputs go in, in order, and pictures come out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from drivers.scan import Burst, Scan
from scanner_app.inputs import Command, Typed
from scanner_app.view import ScreenView

__all__ = ["Command", "Input", "Terminal", "Typed", "command"]

Input = Scan | Burst | Command | Typed


class Terminal(Protocol):
    """What the screens need of a session. The session owns the thread, the queue and the truth."""

    def submit(self, given: Input) -> bool:
        """Queue an input behind all earlier ones, without blocking. False: the queue is full, it was not taken."""
        ...

    def shown(self) -> ScreenView:
        """The view that was made last, so that the first picture need not wait for one; an empty one before that."""
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
    return Command(name=name, argument=argument.strip())
