"""``scanner replay``: a script of a shift through the real session, headless, one JSON line per input line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from drivers import replay_lines as lines
from drivers.scan import Burst, Scan
from scanner_app.answer import Answer
from scanner_app.clockwork import ReplayClock, start_of, zone
from scanner_app.export import event_row
from scanner_app.handheld import Handheld
from scanner_app.inputs import Command, Input, TimePassed, Typed
from scanner_app.presenter import Presenter
from scanner_app.script_inputs import given_by, unmet
from scanner_app.session import Session, SessionSettings

FIRST_DAY = "2026-01-01"
"""Of a replay whose site fixes no day."""


class Replay:
    """Plays a script on a data directory."""

    def __init__(
        self, folder: Path, settings: SessionSettings, *, today: str = "", timezone: str = ""
    ) -> None:
        self._folder, self._settings = folder, settings
        self.clock = ReplayClock(start_of(today or FIRST_DAY, zone(timezone)))
        self.handheld = self._start()
        kept = self.handheld.cache.meta
        if not today and kept("today"):
            # Resumed without its site file: the day is the one that the directory was made with.
            self.clock.no_earlier(start_of(kept("today"), zone(kept("timezone"))))
            self.renew()
        self.counts = {"scans": 0, "ok": 0, "note": 0, "stop": 0, "events": 0}
        self.failed: list[str] = []
        self.last: Answer | None = None

    def _start(self) -> Handheld:
        handheld = Handheld(self._folder, self.clock, self._settings)
        newest_ms = handheld.journal.hlc >> 16
        if newest_ms >= self.clock.wall_ms():
            self.clock.advance(newest_ms - self.clock.wall_ms() + 60_000)
            handheld.renew_session()  # for the one that is there all this time has passed since its start
        self._present(handheld)
        return handheld

    def _present(self, handheld: Handheld) -> None:
        self.presenter = Presenter(handheld.session)

    def renew(self) -> None:
        """After the cache was filled from a site file, or the clock was set."""
        self.handheld.renew_session()
        self._present(self.handheld)

    def play(self, script: Iterable[lines.AnyLine], emit: Callable[[dict[str, Any]], None]) -> bool:
        """Plays all lines; False when an ``expect`` failed."""
        for line in script:
            if isinstance(line, lines.Expect):
                self._expect(line)
                continue
            self.clock.advance()
            self.last = self._line(line)
            emit(row_of(line, self.last))
        return not self.failed

    def _expect(self, line: lines.Expect) -> None:
        failure = unmet(line, self.last.verdict.code if self.last is not None else None)
        if failure:
            self.failed.append(failure)

    def _line(self, line: lines.AnyLine) -> Answer:
        session = self.handheld.session
        match line:
            case lines.WaitLine():
                self.clock.advance(line.wait_ms)
                return session.handle(TimePassed())
            case lines.Crash():
                self.handheld.crash()
                self.handheld = self._start()
                return said_nothing(self.handheld.session)
            case _:
                given = self._input(line)
        if isinstance(given, Scan | Burst):
            self.counts["scans"] += 1
        answer = session.handle(given) if given is not None else said_nothing(session)
        self.counts["ok"] += answer.accepted
        self.counts["note"] += answer.noted
        self.counts["stop"] += answer.stopped
        self.counts["events"] += len(answer.events)
        return answer

    def _input(self, line: lines.AnyLine) -> Input | None:
        if isinstance(line, lines.KeyLine):
            return self._key(line.key)
        if isinstance(line, lines.TypeLine):
            return self._typed(line.typed)
        return given_by(line, self.clock)

    def _typed(self, text: str) -> Input:
        menu = {entry.key: entry.command for entry in self.presenter.view().menu}
        return _command(menu[text]) if text in menu else Typed(text=text)

    def _key(self, key: str) -> Input | None:
        """A key as pressed: soft keys by their place, digits on the start screen, Escape one step back."""
        view = self.presenter.view()
        pressed = key.lower()
        by_key = {soft.key: soft.command for soft in view.soft_keys} | {
            entry.key: entry.command for entry in view.menu
        }
        aliases = {"esc": "escape", "return": "enter"}
        pressed = aliases.get(pressed, pressed)
        if pressed in by_key:
            return _command(by_key[pressed])
        return {"escape": Command(name="back"), "enter": Command(name="ack"), "f1": Command(name="help")}.get(
            pressed
        )

    def summary(self) -> dict[str, Any]:
        """The last line."""
        return {"summary": {**self.counts, "pending": self.handheld.journal.pending()}}


def row_of(line: lines.ScriptLine, answer: Answer) -> dict[str, Any]:
    """What others script against: one line's answer. To be asked where the session may be, which words the prompt."""
    said = answer.verdict
    return {
        "n": line.n,
        "input": line.input,
        "verdict": said.level,
        "code": said.code,
        "message": answer.message,
        "prompt": answer.prompt,
        "progress": list(answer.progress) if answer.progress is not None else None,
        "unit": {"item": said.item, "serial": said.serial} if said.item and said.serial else None,
        "events": [event_row(event) for event in answer.events],
        **({"labels": labels} if (labels := _labels(answer)) else {}),
        **({"list": msgspec.to_builtins(answer.taken)} if answer.page == "list" else {}),
    }


def said_nothing(session: Session) -> Answer:
    """Of a line that is no input: where the session stands."""
    return Answer(asks=session.prompt_text, progress=session.progress())


def _labels(answer: Answer) -> list[dict[str, Any]]:
    """The labels that the answer wants on paper; which one was the last only the printer's jobs know."""
    return [msgspec.to_builtins(label) for label in answer.labels if label.template]


def _command(text: str) -> Command:
    name, _, argument = text.partition(" ")
    return Command(name=name, argument=argument)


def rows(replay: Replay, script: Iterable[lines.AnyLine]) -> Iterator[dict[str, Any]]:
    """All output rows, for tests."""
    found: list[dict[str, Any]] = []
    replay.play(script, found.append)
    yield from found
    yield replay.summary()
