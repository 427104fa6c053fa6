"""The demonstration: a handheld against a central server in the same process, on the sample data.

Without a terminal it plays the sample shift and counts; with one it shows the screens, and F7 scans the label that a
newcomer would scan next.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from config.schema import Settings
from drivers import replay_lines as lines
from drivers.replay_script import parse_script
from drivers.scan import Burst, Scan
from scanner_app import server_calls
from scanner_app.answer import Answer
from scanner_app.clockwork import SkippingClock
from scanner_app.demo_hand import DemoHand
from scanner_app.inputs import Command, Input, Typed
from scanner_app.replay import said_nothing
from scanner_app.running import RunningHandheld, Server
from scanner_app.sample import SITES, Company, company, shift, to_json
from scanner_app.script_inputs import given_by, unmet
from scanner_app.session import Session, SessionSettings
from scanner_app.streams import mark
from tracking.site import Site

SITE = "HAM"
SYNC_S_MAX = 60.0
Row = TypeVar("Row")


class Demo:
    """Server, sample data and an enrolled handheld in one folder."""

    def __init__(self, folder: Path, settings: Settings, session: SessionSettings, *, port: int = 0) -> None:
        """Starts the server and fills it. Raises :class:`server_calls.CallRefused` or a server error."""
        from server.main import serve

        self._folder, self._settings, self._session = folder, settings, session
        self.clock = SkippingClock()
        self.company: Company = company(self.clock.today())
        self.site: Site = self.company.site(SITE)
        self.server = serve(folder / "server.db", port=port, open_pages=True)
        for code in SITES:
            data = self.company.site_file(code) | {"today": ""}
            server_calls.import_site(self.server.url, self.server.office_token, code, to_json(data).encode())
        code = server_calls.new_code(self.server.url, self.server.office_token, SITE)
        enrolled = server_calls.enroll(self.server.url, code, "demo handheld", SITE)
        self.device = enrolled.device
        self._as = Server(url=self.server.url, token=enrolled.token, site=SITE)
        self.running = self.start()
        self.wait_for_cache()

    def start(self) -> RunningHandheld:
        """The handheld, as it was left."""
        running = RunningHandheld(
            self._folder / "handheld",
            self.clock,
            self._session,
            self._settings,
            server=self._as,
            device=self.device,
        )
        running.start()
        return running

    def wait_for_cache(self) -> None:
        """Until the first download is complete. Raises :class:`TimeoutError`."""
        deadline = time.monotonic() + SYNC_S_MAX
        wanted = sum(len(self.company.site(code).units) for code in SITES)
        while self.running.thread.run(lambda session: session.cache.unit_count()) < wanted:
            if time.monotonic() > deadline:
                raise TimeoutError("the sample data did not reach the handheld: try again")
            time.sleep(0.05)

    def events_held(self) -> int:
        """How many events of the handheld the server holds, by its own word."""
        return server_calls.events_held(self._as.url, self._as.token, self.device)

    def restart(self) -> None:
        """A battery pulled and put back: nothing tidied up, everything found again."""
        self.running.crash()
        self.running = self.start()

    def close(self) -> None:
        """Handheld first, then the server."""
        self.running.close()
        self.server.stop()


class Played(msgspec.Struct, kw_only=True):
    """What became of the shift."""

    scans: int = 0
    ok: int = 0
    note: int = 0
    stop: int = 0
    events: int = 0
    failures: list[str] = []

    @property
    def accepted(self) -> int:
        """Scans that were taken, with a note or without."""
        return self.ok + self.note

    def count(self, given: Input | None, answer: Answer) -> None:
        """One line more."""
        self.scans += isinstance(given, Scan | Burst)
        self.ok += answer.accepted
        self.note += answer.noted
        self.stop += answer.stopped
        self.events += len(answer.events)


def play(demo: Demo, form: Callable[[lines.AnyLine, Answer], Row], emit: Callable[[Row], None]) -> Played:
    """The sample shift through the session. What ``form`` makes of every line and its answer is emitted as it comes."""
    played = Played(failures=[])
    last: Answer | None = None
    for line in parse_script(shift(demo.site)):
        if isinstance(line, lines.Expect):
            failure = unmet(line, last.verdict.code if last is not None else None)
            played.failures += [failure] if failure else []
            continue
        given = _given(demo, line)

        def answered(session: Session, line: Any = line, given: Input | None = given) -> tuple[Answer, Row]:
            answer = session.handle(given) if given is not None else said_nothing(session)
            return answer, form(
                line, answer
            )  # before the agent's next word, after which nobody knows the prompt

        answer, row = demo.running.thread.run(answered)
        played.count(given, answer)
        last = answer if given is not None else last
        emit(row)
    return played


def _given(demo: Demo, line: lines.AnyLine) -> Input | None:
    """The input of a line; of one that is something else, that happens."""
    match line:
        case lines.WaitLine():
            demo.clock.skip(line.wait_ms)
        case lines.Crash():
            demo.restart()
        case lines.Offline() | lines.Online():
            assert demo.running.agent is not None
            demo.running.agent.pause(isinstance(line, lines.Offline))
        case _:
            return given_by(line, demo.clock)
    return None


def spoken(line: lines.AnyLine, answer: Answer) -> str:
    """A line of the shift for a person who watches; empty where there is nothing to see."""
    from tracking.printable import printable

    match line:
        case lines.WaitLine():
            return ""
        case lines.Crash():
            return "       -- battery pulled, started again at the same prompt --"
        case lines.Offline() | lines.Online():
            return f"       -- {line.input} --"
    sign = mark({"ok": "✓", "note": "!", "stop": "✖"}.get(answer.verdict.level, " "))
    progress = f"{answer.progress[0]}/{answer.progress[1]}" if answer.progress else ""
    return f"{progress:>7} {sign} {printable(line.input, 34):<34} {printable(answer.message, 78)}"


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """Journal against server."""

    written: int
    on_server: int

    @property
    def lost(self) -> int:
        """Events of the journal that the server does not hold."""
        return self.written - self.on_server


def settle(demo: Demo) -> Count:
    """Waits until everything is sent, then counts on both sides."""
    agent = demo.running.agent
    assert agent is not None
    agent.pause(False)
    deadline = time.monotonic() + SYNC_S_MAX
    while time.monotonic() < deadline and demo.running.thread.run(lambda session: session.journal.pending()):
        agent.wake()
        time.sleep(0.05)
    written = demo.running.thread.run(lambda session: sum(1 for _ in session.journal.rows()))
    return Count(written=written, on_server=demo.events_held())


class NextLabel:
    """The screens' door with one more key: F7 does what a newcomer would do next, wherever the operator is."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._hand = DemoHand(demo.site)

    def submit(self, given: Scan | Burst | Command | Typed) -> bool:
        """An input from the screens; F7 becomes the next label's scan, or what else is wanted."""
        running = self._demo.running
        if not (isinstance(given, Command) and given.name == "key"):
            return running.submit(given)
        pressed = running.thread.run(self._hand.next) if given.argument == "f7" else None
        return running.submit(pressed) if pressed is not None else True

    def shown(self) -> Any:
        """The last picture, with the key's hint."""
        return _hinted(self._demo.running.shown())

    def subscribe(self, callback: Any) -> None:
        """Pictures for the screens, with the key's hint."""
        self._demo.running.subscribe(lambda view: callback(_hinted(view)))

    def close(self) -> None:
        """The screens are gone."""
        self._demo.running.close()


def _hinted(view: Any) -> Any:
    quiet = view.hint == "F1 help"
    return msgspec.structs.replace(view, hint="F7 next label · F1 help") if quiet else view
