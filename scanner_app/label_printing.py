"""Labels that an answer asks for become jobs of the label printer; the scan of a printed one is noted with its job.

A job is a file before the answer is shown, and is printed by the printer's own thread: scanning never waits for paper,
and a printer that is off or empty gets its jobs when it is back.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from drivers.driver import DriverError, DriverState
from drivers.printing.jobs import Jobs, JobsFull
from drivers.printing.printer import PrinterSettings
from drivers.printing.render import codes_of
from drivers.printing.template import TemplateError, named_template
from scanner_app.answer import Answer
from scanner_app.workflows.assign import LABEL_VERIFIED
from scanner_app.workflows.flow import Label
from tracking.events import Event
from tracking.identifiers.reader import split_aim


def printing(
    settings: PrinterSettings,
    folder: Path,
    report: Callable[[DriverState], object],
    wake: Callable[[], object],
) -> Callable[[Answer], None]:
    """Hears every answer and queues the labels that it asks for. ``report`` hears what hinders it."""

    def heard(answer: Answer) -> None:
        verified = [event for event in answer.events if event.reason == LABEL_VERIFIED]
        if not answer.labels and not verified:
            return
        try:
            jobs = Jobs(folder)
            hindrance = "".join(_queued(settings, jobs, label) for label in answer.labels)
            for event in verified:
                _note_verified(jobs, event)
        except (TemplateError, JobsFull, DriverError, OSError) as error:
            hindrance = str(error)
        if hindrance:
            report(DriverState("labels", "lost", hindrance))
        wake()

    return heard


def _queued(settings: PrinterSettings, jobs: Jobs, label: Label) -> str:
    """What hinders it; empty for nothing. Whether it can be drawn is seen by the printer's thread."""
    earlier = 0
    if label.again:
        every = [job for _, job in jobs.every()]
        same = [job for job in every if not label.template or _is_of(job.template, job.values, label)]
        if same:
            earlier = same[-1].reprint_of or same[-1].id
            label = Label(template=same[-1].template, values=same[-1].values)
    if not label.template:
        return "no label was printed here yet"
    shape = named_template(label.template, settings.templates)
    jobs.add(label.template, label.values, codes_of(shape, label.values), reprint_of=earlier)
    return ""


def _note_verified(jobs: Jobs, event: Event) -> None:
    """The label was scanned: its job says so, where the scan is what the label should say."""
    text, aim = split_aim(event.raw, event.symbology_id)
    for _, job in reversed(jobs.every()):
        if job.values.get("serial") == event.serial and job.values.get("item") == event.item:
            jobs.verify(job.id, aim, text.encode())
            return


def _is_of(template: str, values: dict[str, str], label: Label) -> bool:
    """True where this job is the label that is wanted again."""
    return (template, values) == (label.template, label.values)
