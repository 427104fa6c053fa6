"""A test double of a session: remembers what it was given and shows what the test says."""

from __future__ import annotations

from collections.abc import Callable

from scanner_app.tui.port import Input
from scanner_app.view import ScreenView


class FakePort:
    """Scripted by the test; nothing happens by itself."""

    def __init__(self, view: ScreenView) -> None:
        self.view = view
        self.made = ScreenView()
        """What was made before anybody subscribed."""
        self.given: list[Input] = []
        self.full = False
        self.closed = 0
        self._callback: Callable[[ScreenView], None] | None = None

    def submit(self, given: Input) -> bool:
        if self.full:
            return False
        self.given.append(given)
        return True

    def shown(self) -> ScreenView:
        return self.made

    def subscribe(self, callback: Callable[[ScreenView], None]) -> None:
        self._callback = callback
        callback(self.view)

    def show(self, view: ScreenView) -> None:
        """Answer with this view, from whatever thread the test is in."""
        assert self._callback is not None
        self.view = view
        self._callback(view)

    def close(self) -> None:
        self.closed += 1
