"""Every task walked in a real process on a real terminal: after each scan the screen has all that it wants to show.

What it wants to show is told by the same script without a terminal. In short each script is walked once, the sizes and
languages by turns; ``SCANNER_LONG=1`` walks all of them at both sizes in every language.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from drivers import replay_lines as lines
from scanner_app.cache_feed import load_site
from scanner_app.replay import Replay
from scanner_app.session import SessionSettings
from scanner_app.tui.local import Local
from scanner_app.view import ScreenView
from tests.pty.floor import LONG
from tests.pty.terminal_screen import TerminalScreen
from tests.screens import stage
from tests.screens.wanted import cut
from tests.tui.pseudo_terminal import PseudoTerminal
from tracking.catalogue import LANGUAGES
from tracking.site import Site, load

SIZES = ((40, 20), (80, 24))
STEPS_MAX = 200 if LONG else 24
"""Steps of a script that are walked."""
KEY_GAP_S = 0.12
"""Slower than any scanner types."""
REPEAT_S = 1.7
"""After so long the same label counts again."""
WALKS = [
    (path.stem, language, size)
    for at, path in enumerate(path for path in stage.scripts() if not stage.read(path).policy())
    for nth, (language, size) in enumerate((language, size) for language in LANGUAGES for size in SIZES)
    if LONG or nth == (3 * at) % (len(LANGUAGES) * len(SIZES))
]
_ITS_OWN = re.compile(r"\d\d:\d\d|\b\d{18}\b")
"""Times of another day, and the numbers that this handheld gives to new cartons."""


class Walked(NamedTuple):
    """One step, and what the screen shows after it."""

    keys: tuple[bytes, ...]
    """What is sent, a pause before each but the first."""
    pause_s: float
    view: ScreenView


@pytest.mark.parametrize(("script", "language", "size"), WALKS, ids=str)
def test_every_task_on_a_terminal(script: str, language: str, size: tuple[int, int], tmp_path: Path) -> None:
    path = stage.FOLDER / "scripts" / f"{script}.txt"
    terminal = started(tmp_path, language, size)
    try:
        screen = TerminalScreen(*size)
        fed = 0
        for number, step in enumerate(walk(path, language)):
            time.sleep(step.pause_s)
            for key in step.keys:
                terminal.send(key)
                time.sleep(KEY_GAP_S if len(step.keys) > 1 else 0)

            def whole(step: Walked = step) -> bool:
                nonlocal fed
                data = bytes(terminal.output[fed:])
                screen.feed(data)
                fed += len(data)
                return not faults(step.view, screen)

            try:
                terminal.wait(whole, "a whole screen")
            except AssertionError:
                shown = "\n".join(screen.rows())
                pytest.fail(f"step {number} {step.keys}: {faults(step.view, screen)}\n{shown}")
    finally:
        terminal.close()


def started(folder: Path, language: str, size: tuple[int, int]) -> PseudoTerminal:
    settings = folder / "scanner.toml"
    settings.write_text(f'[screen]\nlanguage = "{language}"\n')
    site = folder / "site.json"
    site.write_bytes((stage.FOLDER / "site.json").read_bytes())
    arguments = ["-m", "scanner_app", "run", "--config", str(settings)]
    return PseudoTerminal([*arguments, "--data", str(folder / "data"), "--site", str(site)], *size)


def faults(view: ScreenView, screen: TerminalScreen) -> list[str]:
    """What does not stand whole on the terminal."""
    found = cut(view, Local(clock="00:00", cache_age_s=view.cache_age_s), screen.rows())
    return [fault for fault in found if not _ITS_OWN.search(fault)]


def walk(path: Path, language: str) -> Iterator[Walked]:
    """The script's steps that a hand can do at a terminal."""
    site: Site = load((stage.FOLDER / "site.json").read_bytes())
    script = stage.read(path)
    with TemporaryDirectory() as folder:
        settings = SessionSettings(language=language)
        replay = Replay(Path(folder) / "data", settings, today=site.today, timezone=site.timezone)
        load_site(replay.handheld.cache, site)
        replay.renew()
        pause_s = 0.0
        for line in script.lines[: STEPS_MAX * 2]:
            if isinstance(line, lines.OperatorLine) and replay.handheld.session.state.operator:
                break  # in a task, another person's badge is no sign-in at a terminal
            keys = keys_of(line)
            if isinstance(line, lines.WaitLine):
                pause_s += REPEAT_S
            if isinstance(line, lines.Expect | lines.Offline | lines.Online):
                continue
            replay.play([line], lambda _row: None)
            if keys:
                yield Walked(keys, pause_s, replay.presenter.view())
                pause_s = 0.0
        replay.handheld.close()


def keys_of(line: lines.AnyLine) -> tuple[bytes, ...]:
    """What a line is at a terminal: a scan, a command card, or typing."""
    match line:
        case lines.ScanLine():
            return (line.scan.raw + b"\r",)
        case lines.CommandLine():
            return (f"%CMD:{line.name}{'=' * bool(line.argument)}{line.argument}\r".encode(),)
        case lines.WorkflowLine():
            return (f"%CMD:WORKFLOW={line.name}\r".encode(),)
        case lines.OperatorLine():
            pin = tuple(digit.encode() for digit in line.pin)
            return (f"{line.badge}\r".encode(), *pin, *((b"\r",) if pin else ()))
        case lines.TypeLine():
            return (*(character.encode() for character in line.typed), b"\r")
    return ()
