"""Prints the jobs of one printer in a thread of its own: scanning never waits for paper."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event

import msgspec

from drivers.driver import Backoff, DriverError, DriverState, Sink
from drivers.printing.connection import Interrupted, NotSent, send
from drivers.printing.jobs import Job, Jobs
from drivers.printing.languages import Language, encoded
from drivers.printing.render import codes_of, rendered
from drivers.printing.template import TemplateError, named_template

LOOK_S = 1.0
"""Between two looks for jobs of another process, seconds."""

RETRY_S_MAX = 30.0


class PrinterSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One label printer."""

    target: str
    """``tcp://HOST:9100``, a device file like ``/dev/usb/lp0``, or a folder."""
    language: Language = "zpl"
    dpi: int = 203
    templates: Path | None = None
    """The site's own templates; those that ship stand behind them."""


class Printer:
    """Takes jobs at any time, prints them in their order, and reports how the printer is."""

    name = "printer"

    def __init__(self, settings: PrinterSettings, folder: Path, *, backoff: Backoff | None = None) -> None:
        """``folder`` keeps the jobs."""
        self._settings = settings
        self._folder = folder
        self._backoff = backoff or Backoff(cap_s=RETRY_S_MAX)
        self._wake = Event()
        self._closing = Event()
        self._said: tuple[str, str] | None = None
        self._sink: Sink | None = None

    def open(self) -> None:
        """Nothing to do: a printer is asked when there is something to print."""

    def run(self, sink: Sink, /) -> None:
        """Print until :meth:`close`. ``sink`` hears how the printer is, and of each label that is printed again."""
        self._sink = sink
        jobs: Jobs | None = None
        while not self._closing.is_set():
            self._wake.clear()
            try:
                jobs = jobs or Jobs(self._folder)
                with jobs.printing() as ours:
                    wait_s = self._serve(jobs) if ours else LOOK_S
            except OSError as error:
                self._say("lost", f"The print jobs cannot be kept: {error.strerror}; check the disk.")
                wait_s = self._backoff.next_s()
            self._wake.wait(wait_s)

    def close(self) -> None:
        """Stop after the job that is being sent; the others stay."""
        self._closing.set()
        self._wake.set()

    def wake(self) -> None:
        """There is a new job."""
        self._wake.set()

    def _serve(self, jobs: Jobs) -> float:
        """Print what waits; the seconds to the next look."""
        while not self._closing.is_set() and (job := jobs.next_job()) is not None:
            wait_s = self._print(jobs, job)
            if wait_s:
                return wait_s
        return LOOK_S

    def _print(self, jobs: Jobs, job: Job) -> float:
        """Print one job; the seconds to wait before the next attempt or job."""
        again = job.again
        begun = jobs.begin(job)
        try:
            send(self._settings.target, self._drawn(job))
        except NotSent as error:
            if again:  # this attempt added nothing; that an earlier one may be on paper stays true
                jobs.begin(msgspec.structs.replace(begun, attempts=job.attempts - 1))
            else:
                jobs.untouched(begun)
            return self._failed(error)
        except Interrupted as error:
            return self._failed(error)
        except (TemplateError, DriverError) as error:
            jobs.refuse(begun)
            self._say("lost", f"Label {job.id} cannot be drawn and was given up: {error}")
            return 0.0
        jobs.printed(begun)
        self._backoff.reset()
        if again:
            told = f"Label {job.id} was printed again: it may exist twice, keep one."
            self._tell(DriverState(self.name, "ready", told))
            self._said = None
        else:
            self._say("ready", "")
        return 0.0

    def _drawn(self, job: Job) -> bytes:
        settings = self._settings
        template = named_template(job.template, settings.templates)
        image = rendered(template, job.values, settings.dpi)
        return encoded(image, settings.language, dpi=settings.dpi, copies=job.copies)

    def _failed(self, error: DriverError) -> float:
        self._say("lost", str(error))
        return self._backoff.next_s()

    def _tell(self, state: DriverState) -> None:
        if self._sink is not None:
            self._sink(state)

    def _say(self, state: str, detail: str) -> None:
        if (state, detail) != self._said:
            self._said = (state, detail)
            self._tell(DriverState(self.name, "ready" if state == "ready" else "lost", detail))


def submit(
    settings: PrinterSettings,
    jobs: Jobs,
    template: str,
    values: dict[str, str],
    *,
    copies: int = 1,
    reprint_of: int = 0,
) -> Job:
    """A new job, for a printer that this or another process serves.

    It is drawn once to be sure that it can be. Raises :class:`TemplateError`,
    :class:`drivers.printing.jobs.JobsFull`, OSError.
    """
    shape = named_template(template, settings.templates)
    rendered(shape, values, settings.dpi)
    return jobs.add(template, values, codes_of(shape, values), copies=copies, reprint_of=reprint_of)


def wait_until_printed(jobs: Jobs, job: Job, wait_s: float) -> bool:
    """Whether the job is printed within ``wait_s`` seconds."""
    end_s = time.monotonic() + wait_s
    while time.monotonic() < end_s:
        if any(state == "printed" and one.id == job.id for state, one in jobs.every()):
            return True
        time.sleep(0.05)
    return False
