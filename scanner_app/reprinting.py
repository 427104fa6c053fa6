"""The command ``reprint``: the label that was asked for last is printed once more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from drivers.driver import DriverError, DriverState
from drivers.printing.jobs import Jobs, JobsFull
from drivers.printing.printer import PrinterSettings, submit
from drivers.printing.template import TemplateError
from scanner_app.answer import Answer


def reprinter(
    settings: PrinterSettings,
    folder: Path,
    report: Callable[[DriverState], object],
    wake: Callable[[], object],
) -> Callable[[Answer], None]:
    """Hears every answer and prints when one says that reprinting was asked for. ``report`` hears what hinders it."""

    def heard(answer: Answer) -> None:
        verdict = answer.verdict
        if verdict.code == "command" and dict(verdict.fields).get("what") == "reprint":
            try:
                hindrance = _reprint(settings, folder)
            except (TemplateError, JobsFull, DriverError, OSError) as error:
                hindrance = str(error)
            if hindrance:
                report(DriverState("printer", "lost", hindrance))
            else:
                wake()

    return heard


def _reprint(settings: PrinterSettings, folder: Path) -> str:
    """What hinders it; empty for nothing."""
    jobs = Jobs(folder)
    every = jobs.every()
    if not every:
        return "no label was printed here yet"
    last = every[-1][1]
    submit(settings, jobs, last.template, last.values, copies=1, reprint_of=last.reprint_of or last.id)
    return ""
