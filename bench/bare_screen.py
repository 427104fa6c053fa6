"""The bare Textual app that screen and start are measured against: one Static that shows what was typed, per line."""

from __future__ import annotations

from textual import events
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

PROMPT = "READY FOR A LINE"


class Bare(App[None]):
    """Nothing but a line of text and where it came from."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self._typed = ""
        self._shown = Static(Content(PROMPT))

    def compose(self) -> ComposeResult:
        """One widget."""
        yield self._shown

    def on_key(self, event: events.Key) -> None:
        """A line ends with Enter, as a scanner ends its code."""
        if event.key == "enter":
            self._shown.update(Content(self._typed))
            self._typed = ""
        elif event.character:
            self._typed += event.character


if __name__ == "__main__":
    Bare().run()
