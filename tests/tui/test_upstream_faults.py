"""Faults of the toolkit that we go around. When one of these tests fails, the fault is mended: look whether the way
around it may go.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.tui.pseudo_terminal import PseudoTerminal

PLAIN_APP = """
from textual.app import App
from textual.widgets import Static
class Plain(App):
    BINDINGS = [("f2", "told", "")]
    def compose(self):
        yield Static("WAITING")
    def action_told(self):
        self.query_one(Static).update("F2-WAS-TOLD")
Plain().run()
"""


@pytest.fixture
def plain_app() -> Iterator[PseudoTerminal]:
    terminal = PseudoTerminal(["-c", PLAIN_APP], 80, 24)
    terminal.wait_output("WAITING")
    yield terminal
    terminal.close()


def test_a_latin_1_byte_still_ends_a_plain_app(plain_app: PseudoTerminal) -> None:
    """Our reader keeps bytes that are not UTF-8 (:mod:`scanner_app.tui.terminal_bytes`)."""
    plain_app.send(b"caf\xe9-1\r")
    plain_app.wait_end()
    assert b"UnicodeDecodeError" in plain_app.output


def test_an_unterminated_paste_still_freezes_the_keys_of_a_plain_app(plain_app: PseudoTerminal) -> None:
    """Our reader gives an unterminated paste back as data."""
    plain_app.send(b"\x1bOQ")
    plain_app.wait_output("F2-WAS-TOLD")
    plain_app.close()
    frozen = PseudoTerminal(["-c", PLAIN_APP], 80, 24)
    try:
        frozen.wait_output("WAITING")
        frozen.send(b"\x1b[200~\x1bOQ")
        frozen.resize(81, 24)
        frozen.wait_output("WAITING", len(frozen.output))
        assert b"F2-WAS-TOLD" not in frozen.output
        frozen.send(b"\x1b[201~\x1bOQ")
        frozen.wait_output("F2-WAS-TOLD")
    finally:
        frozen.close()
