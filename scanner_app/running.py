"""A handheld at work: the session's thread, its drivers, and the sync agent, started and ended together."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import msgspec

from config.schema import Settings
from drivers.driver import Driver, DriverState, start
from drivers.scan import Burst, Scan
from scanner_app.answer import Answer
from scanner_app.clockwork import Clock
from scanner_app.enrolling import Enrolling, invited
from scanner_app.handheld import Handheld
from scanner_app.inputs import Command, DeviceNews, Typed
from scanner_app.readiness import readying
from scanner_app.session import SessionSettings
from scanner_app.session_thread import SessionThread
from scanner_app.view import ScreenView
from sync.credentials import Credentials

if TYPE_CHECKING:
    from sync.agent import Agent

JOIN_S = 2.0


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """Where and as whom a handheld syncs."""

    url: str
    token: str
    site: str
    ca: str = ""
    """File with the certificate authority that alone may vouch for the server; empty: those of the system."""
    credentials: Credentials | None = None
    """What it signs with, and how it gets its next token."""


class RunningHandheld:
    """One data directory at work. Everything that scans or speaks to the server goes through its queue."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        session_settings: SessionSettings,
        settings: Settings,
        *,
        server: Server | None = None,
        device: str = "",
    ) -> None:
        """Opens the directory. Raises :class:`scanner_app.storage_errors.StoreError`."""
        self.handheld = Handheld(folder, clock, session_settings, device=device)
        self.thread = SessionThread(self.handheld, queue_max=settings.scan.queue_scans_max)
        self.agent: Agent | None = None
        self.settings, self._server = settings, server
        self._enrolling = Enrolling(self)
        self._drivers: list[tuple[Driver, Thread]] = []

    def renew(self) -> None:
        """After the cache was filled by other means than the feed, before :meth:`start`."""
        self.handheld.renew_session()
        self.thread.renew()

    def start(self, drivers: Sequence[Driver] = ()) -> None:
        """Takes inputs, opens the drivers, begins to sync."""
        self.thread.start()
        for driver in drivers:
            self._drivers.append((driver, start(driver, self.sink)))
        self.thread.subscribe(readying(drivers))
        if self._server is not None:
            self.connect(self._server)
        else:
            self._enrolling.invite()

    def connect(self, server: Server) -> None:
        """Begins to sync, as whom and with whom the server says."""
        self._server = server
        self.agent = self._new_agent(server)
        self.thread.on_written(self.agent.wake)
        self.handheld.session.observers.append(self._wants_numbers)
        self.agent.start()

    def _wants_numbers(self, answer: Answer) -> None:
        """Somebody stands there without a number: the server is asked now, not with the next round."""
        if answer.verdict.code == "no_numbers" and self.agent is not None:
            self.agent.wake()

    def _new_agent(self, server: Server) -> Agent:
        # Loaded for a handheld with a server only.
        from scanner_app.sync_port import DAY_MS, SessionPort
        from sync.agent import Agent
        from sync.ground import Ground
        from sync.line import Line

        sync = self.settings.sync
        port = SessionPort(
            self.thread,
            site=server.site,
            batch_bytes_max=sync.batch_bytes_max,
            keep_ms=sync.keep_days * DAY_MS,
        )
        return Agent(
            port,
            url=server.url,
            token=server.token,
            poll_s=sync.poll_s,
            timeout_s=sync.timeout_s,
            retry_s_max=sync.retry_s_max,
            batch_events_max=sync.batch_events_max,
            ground=Ground(line=lambda url, token, timeout_s: Line(url, token, timeout_s, server.ca)),
            credentials=server.credentials,
        )

    def sink(self, item: Scan | Burst | DriverState, /) -> bool:
        """Where drivers deliver. False when the queue is full."""
        if isinstance(item, DriverState):
            detail = item.detail
            if item.discarded:
                detail = f"half a code was thrown away, scan it again. {detail}".strip()
            return self.thread.submit(DeviceNews(name=item.name, state=item.state, detail=detail))
        return self._take(item)

    # -- the door of the screens ------------------------------------------------------------------------------------

    def submit(self, given: Scan | Burst | Command | Typed) -> bool:
        """An input from the screens; False when the queue is full."""
        return self._take(given)

    def _take(self, given: Scan | Burst | Command | Typed) -> bool:
        if self._server is None and (invitation := invited(given)) is not None:
            self._enrolling.take(invitation)
            return True
        return self.thread.submit(given)

    def shown(self) -> ScreenView:
        """The last picture."""
        return self.thread.shown

    def subscribe(self, callback: Callable[[ScreenView], None]) -> None:
        """Pictures for the screens."""
        self.thread.subscribe(callback)

    def crash(self) -> None:
        """Ends without tidying up, as a battery that is pulled."""
        self._stop_feeding()
        self.thread.abandon()
        self.handheld.crash()

    def close(self) -> None:
        """Ends in order; what is not sent stays in the journal."""
        self._stop_feeding()
        self.thread.close()

    def _stop_feeding(self) -> None:
        for driver, thread in self._drivers:
            driver.close()
            thread.join(JOIN_S)
        if self.agent is not None:
            with contextlib.suppress(RuntimeError):
                self.agent.close()
