"""A real server and real handhelds over real sockets, in one folder."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from config.loader import shipped
from config.schema import Settings
from scanner_app import server_calls
from scanner_app.answer import Answer
from scanner_app.clockwork import SkippingClock
from scanner_app.inputs import Command, Input
from scanner_app.running import RunningHandheld, Server
from scanner_app.session import Session, SessionSettings
from scanner_app.view import ScreenView
from server.main import Running, serve
from server.open_storage import Database
from tests.durability.goods import scan, site_file
from tracking.documents import Tally
from tracking.exceptions import ExceptionRecord
from tracking.units import UnitState

UNTIL_S = 20.0
ITEM = "PUMP"


def until(true: Callable[[], bool], what: str) -> None:
    """Waits for something that happens by itself."""
    deadline = time.monotonic() + UNTIL_S
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def patient(**sync: Any) -> Settings:
    """Settings with short waits."""
    quick = {"poll_s": 1, "timeout_s": 2, "retry_s_max": 1}
    settings = shipped()
    return msgspec.structs.replace(settings, sync=msgspec.structs.replace(settings.sync, **(quick | sync)))


class Dock:
    """One handheld, and a person with it."""

    def __init__(self, folder: Path, identity: Server, device: str, settings: Settings) -> None:
        self.folder, self.identity, self.device, self.settings = folder, identity, device, settings
        self.clock = SkippingClock()
        self.views: list[ScreenView] = []
        self.on = self._started()

    def _started(self) -> RunningHandheld:
        running = RunningHandheld(
            self.folder,
            self.clock,
            SessionSettings(app="test"),
            self.settings,
            server=self.identity,
            device=self.device,
        )
        running.subscribe(self.views.append)
        running.start()
        return running

    def ask(self, job: Callable[[Session], Any]) -> Any:
        """Something of the session, asked in its own thread."""
        return self.on.thread.run(job)

    def give(self, *inputs: str | Input) -> list[Answer]:
        """Scans and commands, one after the other."""
        answers = []
        for given in inputs:
            self.clock.skip(2000)
            one = scan(given) if isinstance(given, str) else given
            answers.append(self.ask(lambda session, one=one: session.handle(one)))  # type: ignore[misc]
        return answers

    def begin(self, number: str, badge: str = "OP-7") -> None:
        """Signs in and opens an order, once it is known."""
        until(lambda: self.ask(lambda s: s.knows.document(number)) is not None, f"{number} never came")
        signed, opened = (answer.verdict.code for answer in self.give(badge, number))
        # Another handheld may have told already that it is at work on it.
        assert (signed, opened in {"document_opened", "being_done"}) == ("signed_in", True), opened

    def offline(self, paused: bool = True) -> None:
        """Out of reach of the network, or back."""
        assert self.on.agent is not None
        self.on.agent.pause(paused)

    def pending(self) -> int:
        """Events that the server has not confirmed."""
        return int(self.ask(lambda session: session.journal.pending()))

    def unit(self, serial: str) -> UnitState:
        """What it knows of a pump, own scans included."""
        found: UnitState = self.ask(lambda session: session.knows.unit(ITEM, serial))
        return found

    def cached(self, serial: str) -> UnitState | None:
        """What its cache alone knows."""
        found: UnitState | None = self.ask(lambda session: session.cache.unit(ITEM, serial))
        return found

    def tally(self, number: str) -> Tally:
        """How much of an order is done, own scans included."""
        found: Tally = self.ask(lambda session: session.knows.tally(number))
        return found

    def exceptions(self) -> list[ExceptionRecord]:
        """The exceptions of its cache."""
        bodies: list[bytes] = self.ask(lambda s: [body for _, body in s.cache.records("exception")])
        return [msgspec.json.decode(body, type=ExceptionRecord) for body in bodies]

    def settled(self) -> bool:
        """Everything is sent, and the cache shows it."""

        def look(session: Session) -> bool:
            return not session.journal.pending() and not session.journal.overlay_units()

        return bool(self.ask(look))

    def view(self) -> ScreenView:
        """The picture as it is now."""
        self.ask(lambda session: None)
        return self.views[-1]

    def events(self) -> list[tuple[int, int, bytes]]:
        """(epoch, seq, body) of its journal."""
        found: list[tuple[int, int, bytes]] = self.ask(
            lambda session: [(epoch, seq, body) for epoch, seq, body, _ in session.journal.rows()]
        )
        return found

    def watch(self, look: Callable[[Session], None]) -> list[str]:
        """Looks after everything that happens in the session's thread; what failed, as it comes."""
        failed: list[str] = []
        session = self.on.handheld.session

        def see(view: ScreenView) -> None:
            session.knows.forget_scan()
            try:
                look(session)
            except AssertionError as error:
                failed.append(str(error))

        self.on.subscribe(see)
        return failed

    def restart(self) -> None:
        """A battery pulled and put back."""
        self.on.crash()
        self.on = self._started()

    def undo(self) -> None:
        """Takes back the last scan."""
        self.give(Command(name="undo"))

    def close(self) -> None:
        """The day is over."""
        self.on.close()


class Fleet:
    """The server, its office, and its handhelds."""

    def __init__(self, folder: Path, database: Database | None = None) -> None:
        self.folder = folder
        # A path, but where a test brings a PostgreSQL of its own.
        self.database: Any = database or folder / "server.db"
        self.server: Running = serve(self.database)
        self.docks: list[Dock] = []

    def load(self, file: dict[str, Any]) -> None:
        """A site file."""
        data = json.dumps(file).encode()
        server_calls.import_site(self.server.url, self.server.office_token, file["site"], data)

    def enroll(self, site: str = "HAM", name: str = "dock") -> tuple[Server, str]:
        """An identity."""
        code = server_calls.new_code(self.server.url, self.server.office_token, site)
        given = server_calls.enroll(self.server.url, code, name, site)
        return Server(url=self.server.url, token=given.token, site=site), given.device

    def dock(self, site: str = "HAM", *, url: str = "", **sync: Any) -> Dock:
        """A handheld at work; ``url`` where it reaches the server by another way."""
        identity, device = self.enroll(site)
        if url:
            identity = msgspec.structs.replace(identity, url=url)
        return self.join(Dock(self.folder / device, identity, device, patient(**sync)))

    def join(self, dock: Dock) -> Dock:
        """One more handheld, closed with the fleet."""
        self.docks.append(dock)
        return dock

    def ledger(self, device: str) -> list[tuple[int, int, bytes]]:
        """(epoch, seq, body) of every event that the server holds of a device."""
        with self.server.central.storage.read() as reader:
            rows = reader.rows(
                "SELECT epoch, seq, body FROM ledger WHERE device = ? ORDER BY epoch, seq", device
            )
        return [(epoch, seq, bytes(body)) for epoch, seq, body in rows]

    def exceptions(self) -> list[ExceptionRecord]:
        """The server's exceptions."""
        with self.server.central.storage.read() as reader:
            rows = reader.rows("SELECT body FROM exception ORDER BY key")
        return [msgspec.json.decode(row[0], type=ExceptionRecord) for row in rows]

    def state(self, serial: str) -> dict[str, Any]:
        """The server's word on a pump."""
        found = server_calls.units(self.server.url, self.server.office_token, serial, ITEM)
        unit: dict[str, Any] = found["units"][0]
        return unit

    def tally(self, number: str) -> dict[int, int]:
        """The server's count of an order."""
        with self.server.central.storage.read() as reader:
            row = reader.row("SELECT done FROM tally WHERE document = ?", number)
        return msgspec.json.decode(row[0], type=dict[int, int]) if row else {}

    def stop_server(self) -> None:
        """No server any more; its port is free."""
        self.server.stop()

    def start_server(self) -> None:
        """The server again, at the same address."""
        self.server = serve(self.database, port=self.server.port)

    def close(self) -> None:
        """Handhelds first."""
        for dock in self.docks:
            dock.close()
        self.server.stop()


__all__ = ["Dock", "Fleet", "patient", "site_file", "until"]
