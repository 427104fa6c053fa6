"""However the screens end, the terminal is as it was found, and the session is told."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.tui.conftest import Start
from tests.tui.pseudo_terminal import ROOT, EchoScreens

RESTORED = (b"\x1b[?1000l", b"\x1b[?1006l", b"\x1b[?2004l", b"\x1b[?7h", b"\x1b[?1049l", b"\x1b[?25h")
"""Mouse off, paste as plain keys, lines wrap, the main screen, a cursor."""


def assert_restored(screens: EchoScreens) -> None:
    screens.wait_output("\x1b[?25h")
    output = bytes(screens.output)
    for off in RESTORED:
        on = off[:-1] + (b"l" if off.endswith(b"h") else b"h")
        assert output.rfind(off) > output.rfind(on), (off, screens.tail())
    assert screens.modes() == screens.modes_before
    assert screens.records()[-1] == {"kind": "closed"}


def test_leaving_restores_the_terminal(echo_screens: Start) -> None:
    screens = echo_screens()
    assert screens.leave() == 0
    assert_restored(screens)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_restores_the_terminal(echo_screens: Start, number: signal.Signals) -> None:
    screens = echo_screens()
    screens.send(b"SN-0001\r")
    screens.wait_records(1)
    screens.process.send_signal(number)
    assert screens.wait_end() == 0
    assert_restored(screens)


def test_a_fault_restores_the_terminal_and_says_one_sentence(echo_screens: Start) -> None:
    screens = echo_screens("--crash-on", "SN-CRASH")
    screens.send(b"SN-0001\rSN-CRASH\r")
    assert screens.wait_end() == 1
    screens.wait_output("start the program again.")
    assert_restored(screens)
    assert b"Traceback" not in screens.output


def test_a_fault_while_reading_restores_the_terminal(echo_screens: Start) -> None:
    screens = echo_screens("--crash-reader")
    screens.send(b"SN-0001\r")
    assert screens.wait_end() == 1
    screens.wait_output("start the program again.")
    assert_restored(screens)


@pytest.mark.parametrize("with_signal", [True, False])
def test_a_terminal_that_goes_away_ends_the_screens(echo_screens: Start, with_signal: bool) -> None:
    screens = echo_screens(controlling=with_signal)
    screens.send(b"SN-0001\r")
    screens.wait_records(1)
    screens.hang_up()
    screens.wait_end()
    assert screens.records()[-1] == {"kind": "closed"}


def test_without_a_terminal_it_says_so(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.tui.echo_main", f"{tmp_path}/inputs.jsonl"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr == "The screens need a terminal; without one, use scanner replay.\n"


def test_control_keys_neither_quit_nor_suspend_nor_open_anything(echo_screens: Start) -> None:
    screens = echo_screens()
    for control in (b"\x03", b"\x10", b"\x11", b"\x1a", b"\x1c", b"\x04", b"\x00"):
        screens.send(control)
        time.sleep(0.1)  # as a person would; at once they would be a scan
    screens.send(b"\x1b")  # Esc is a step back, so there is something to wait for
    records = screens.wait_records(1)
    assert records == [{"kind": "command", "name": "back", "argument": ""}]
    assert screens.leave() == 0


def test_the_terminal_is_asked_for_plain_keys_and_touches_only(echo_screens: Start) -> None:
    output = bytes(echo_screens().output)
    assert b"\x1b[?1006h" in output
    for not_wanted in (b"\x1b[>", b"\x1b[?1003h", b"\x1b[?1016h", b"\x1b[?2048"):
        assert not_wanted not in output


def test_another_size_is_painted_anew(echo_screens: Start) -> None:
    screens = echo_screens()
    mark = len(screens.output)
    screens.resize(80, 24)
    screens.wait_output("\x1b[24;1H", mark)
    screens.wait_output("MORE", mark)
    mark = len(screens.output)
    screens.resize(40, 20)
    screens.wait_output("MORE", mark)
    screens.send(b"SN-0001\r")
    screens.wait_records(1)
    assert screens.leave() == 0
