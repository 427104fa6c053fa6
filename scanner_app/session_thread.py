"""The session's thread: one bounded queue in, one picture out after every input.

Drivers, the screen and the sync agent all put into the same queue, so everything happens in the order in which it
came. A full queue refuses, and whoever put is told: nothing is dropped silently.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import msgspec

from scanner_app import faults
from scanner_app.handheld import Handheld
from scanner_app.inputs import Input, TimePassed
from scanner_app.presenter import Presenter
from scanner_app.scanners import reading
from scanner_app.session import Session
from scanner_app.view import ScreenView
from scanner_app.workflows import registry
from tracking import later

IDLE_S = 2.0
"""Quiet for so long: the log is moved into the file."""
PAUSE_S = 0.25
"""The same for a log that has grown long: between two scans of a person there is always as much."""

JOB_S_MAX = 120.0

Result = TypeVar("Result")
_Job = tuple[Callable[[Session], Any], "Future[Any]"]


class Closed(Exception):
    """The session has ended."""


class SessionThread:
    """Runs a handheld's session. ``submit`` and ``run`` may be called from any thread."""

    def __init__(self, handheld: Handheld, *, queue_max: int = 4096) -> None:
        self._handheld = handheld
        self.presenter = Presenter(handheld.session)
        self._queue: queue.Queue[Input | _Job | None] = queue.Queue(queue_max)
        self._callbacks: list[Callable[[ScreenView], None]] = []
        self._written: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._work, name="session", daemon=True)
        self._over = False
        self._view = ScreenView()
        self.refused = 0
        """Inputs that found the queue full."""

    def renew(self) -> None:
        """The handheld has a new session; before :meth:`start` only."""
        self.presenter = Presenter(self._handheld.session)

    def start(self) -> None:
        """Begins to take inputs."""
        self._thread.start()

    def submit(self, given: Input) -> bool:
        """Puts an input into the queue; False where it is full or the session has ended."""
        if self._over:
            return False
        try:
            self._queue.put_nowait(given)
        except queue.Full:
            self.refused += 1
            return False
        return True

    def run(self, job: Callable[[Session], Result]) -> Result:
        """Runs a job in the session's thread and waits for it. Raises :class:`Closed` after the end."""
        if self._over:
            raise Closed
        future: Future[Result] = Future()
        self._queue.put((job, future), timeout=JOB_S_MAX)
        return future.result(JOB_S_MAX)

    @property
    def shown(self) -> ScreenView:
        """The last picture; an empty one before the first."""
        return self._view

    def subscribe(self, callback: Callable[[ScreenView], None]) -> None:
        """``callback`` gets a picture after every input, in the session's thread, and one now."""
        self._callbacks.append(callback)
        self.submit_refresh()

    def submit_refresh(self) -> None:
        """Asks for a new picture without an input."""
        if not self._over:
            self._queue.put((_nothing, Future()))

    def on_written(self, callback: Callable[[], None]) -> None:
        """``callback`` is told when events were written, or a task was begun or left, in the session's thread."""
        self._written.append(callback)

    def close(self) -> None:
        """Finishes what is in the queue, then closes the handheld's files."""
        if self._over:
            return
        self._over = True
        self._queue.put(None)
        self._thread.join(JOB_S_MAX)
        self._handheld.close()

    def abandon(self) -> None:
        """Ends the thread and leaves everything as it lies, for a simulated crash."""
        self._over = True
        self._queue.put(None)
        self._thread.join(JOB_S_MAX)

    def _work(self) -> None:
        journal = self._handheld.journal
        idle = False
        while True:
            long = journal.log_is_long
            pauses = (None if idle else PAUSE_S if long else IDLE_S, self._handheld.session.idle.left_s())
            try:
                given = self._queue.get(timeout=min((s for s in pauses if s is not None), default=None))
            except queue.Empty:
                if self._handheld.session.idle.left_s() == 0:
                    self._one(TimePassed())
                    continue
                if idle:
                    continue
                journal.checkpoint()
                # The first code of a standard, and the first scan of a task, then wait for no module.
                reading.load_all()
                registry.load_all()
                later.load_all()
                idle = not long
                if idle:
                    journal.lengthen_log()
                continue
            if given is None:
                break
            idle = False
            self._one(given)
        self._fail_jobs()

    def _one(self, given: Input | _Job) -> None:
        session = self._handheld.session
        before, tasks = session.pending, session.state.handing.mine
        if isinstance(given, tuple):
            job, future = given
            try:
                future.set_result(job(session))
            except Exception as error:  # noqa: BLE001 - the job's owner gets it; the session goes on
                future.set_exception(error)
        else:
            session.handle(given)
        if session.pending > before or session.state.handing.mine != tasks:
            for told in self._written:
                told()
        view = self._picture()
        for callback in tuple(self._callbacks):
            try:
                callback(view)
            except Exception:  # noqa: BLE001 - a screen that is gone does not stop the scans
                self._callbacks.remove(callback)

    def _picture(self) -> ScreenView:
        """What the screen shows now; the last picture with the fault on it, where not even that can be read."""
        try:
            self._view = self.presenter.view()
        except Exception as error:  # noqa: BLE001 - the next scan is judged all the same
            fault = faults.of(self._handheld.session, error)
            self._view = msgspec.structs.replace(self._view, hint=str(fault))
        return self._view

    def _fail_jobs(self) -> None:
        while True:
            try:
                left = self._queue.get_nowait()
            except queue.Empty:
                return
            if isinstance(left, tuple):
                left[1].set_exception(Closed())


def _nothing(session: Session) -> None:
    """A job that only asks for a new picture."""
    del session
