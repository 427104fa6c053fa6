"""Labels that an answer asks for become jobs of the label printer, and the command ``reprint`` one more of the last.

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
from scanner_app.workflows.flow import Label


def printing(
    settings: PrinterSettings,
    folder: Path,
    report: Callable[[DriverState], object],
    wake: Callable[[], object],
) -> Callable[[Answer], None]:
    """Hears every answer and queues the labels that it asks for. ``report`` hears what hinders it."""

    def heard(answer: Answer) -> None:
        if not answer.labels:
            return
        try:
            jobs = Jobs(folder)
            hindrance = "".join(_queued(settings, jobs, label) for label in answer.labels)
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


def _is_of(template: str, values: dict[str, str], label: Label) -> bool:
    """True where this job is the label that is wanted again."""
    return (template, values) == (label.template, label.values)
