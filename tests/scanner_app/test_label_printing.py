"""Labels that a task asks for become jobs of the printer; what is off or empty loses none, and the screen says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.driver import DriverState, start
from drivers.printing.jobs import Jobs
from drivers.printing.printer import Printer, PrinterSettings, submit, wait_until_printed
from scanner_app.answer import Answer
from scanner_app.clockwork import ReplayClock
from scanner_app.handheld import Handheld
from scanner_app.inputs import PRINTER, Command, DeviceNews
from scanner_app.label_printing import printing
from scanner_app.session import SessionSettings
from scanner_app.workflows.flow import LAST_LABEL, Label
from tests.drivers.printing.test_labels import VALUES
from tests.scanner_app.floor import Floor, site_named
from tracking.catalogue import LANGUAGES
from tracking.verdicts import verdict

SETTINGS = PrinterSettings(target="")
AGAIN = Answer(verdict=verdict("command"), labels=(LAST_LABEL,))


def test_the_command_prints_the_last_label_once_more_and_no_other_answer_does(tmp_path: Path) -> None:
    jobs, told, woken = Jobs(tmp_path), list[DriverState](), list[int]()
    for serial in ("SN-1", "SN-2"):
        submit(SETTINGS, jobs, "unit", VALUES | {"serial": serial})
    heard = printing(SETTINGS, tmp_path, told.append, lambda: woken.append(1))
    heard(Answer())
    heard(Answer(verdict=verdict("command", what="reprint")))
    assert len(jobs.every()) == 2
    heard(AGAIN)
    heard(AGAIN)
    copies = [job for _, job in jobs.every()][2:]
    assert [(job.values["serial"], job.reprint_of) for job in copies] == [("SN-2", 2), ("SN-2", 2)]
    assert (told, len(woken)) == ([], 2)


def test_a_label_that_is_wanted_again_is_a_copy_of_its_own_job_and_not_of_the_last(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    heard = printing(SETTINGS, tmp_path, lambda state: None, lambda: None)
    first = Label(template="unit", values=VALUES | {"serial": "SN-1"})
    heard(Answer(labels=(first, Label(template="unit", values=VALUES | {"serial": "SN-2"}))))
    heard(Answer(labels=(Label(template="unit", values=first.values, again=True),)))
    assert [(job.values["serial"], job.reprint_of) for _, job in jobs.every()] == [
        ("SN-1", 0), ("SN-2", 0), ("SN-1", 1)]  # fmt: skip


def test_what_hinders_it_is_said(tmp_path: Path) -> None:
    told: list[DriverState] = []
    heard = printing(SETTINGS, tmp_path, told.append, lambda: None)
    heard(AGAIN)
    heard(Answer(labels=(Label(template="gone", values={}),)))
    assert [state.detail[:30] for state in told] == [
        "no label was printed here yet",
        "there is no label template 'go",
    ]


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    """A handheld with a work order whose pumps are numbered here."""
    opened = Floor(tmp_path / "data", site_named("numbered"))
    yield opened
    opened.close()


def _number(floor: Floor) -> tuple[str, ...]:
    """Asks for the next number; what the banner says."""
    floor.command("number")
    banner = floor.presenter.view().banner
    assert banner is not None
    return banner.lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_reprint_is_understood_in_every_language(language: str, tmp_path: Path) -> None:
    handheld = Handheld(tmp_path, ReplayClock(0), SessionSettings(language=language))
    assert handheld.session.handle(Command(name="reprint")).labels == (LAST_LABEL,)
    handheld.close()


def test_a_printer_that_is_off_gets_the_labels_of_new_numbers_later(floor: Floor, tmp_path: Path) -> None:
    paper, folder = tmp_path / "paper", tmp_path / "print"
    settings = PrinterSettings(target=str(paper))
    floor.session.printer = DeviceNews(name=PRINTER, state="ready")
    floor.session.observers.append(printing(settings, folder, lambda state: None, lambda: None))
    floor.command("workflow", "production")
    floor.scan("WO-1")
    assert "its label is being printed" in _number(floor)
    # The printer is switched off: the work goes on, the screen says so, the label waits.
    floor.give(DeviceNews(name=PRINTER, state="lost", detail="The printer is off."))
    assert floor.presenter.view().hint.startswith("The printer is off. Labels wait")
    floor.command("scrap")
    assert "the label waits for the printer: PRINT AGAIN later" in _number(floor)
    assert floor.scan("G-0002").verdict.code == "product_selected"
    jobs = Jobs(folder)
    waiting = [(state, job.values["serial"]) for state, job in jobs.every()]
    assert waiting == [("waiting", "G-0000"), ("waiting", "G-0002")]
    paper.mkdir()
    printer = Printer(settings, folder)
    thread = start(printer, lambda item: True)
    assert all(wait_until_printed(jobs, job, 20) for _, job in jobs.every())
    printer.close()
    thread.join(20)
    assert len(list(paper.iterdir())) == 2
    floor.give(DeviceNews(name=PRINTER, state="ready"))
    assert "Labels wait" not in floor.presenter.view().hint


def test_without_a_printer_the_number_is_written_by_hand_and_typed(floor: Floor) -> None:
    floor.command("workflow", "production")
    floor.scan("WO-1")
    assert "no printer is set here: write the number on it" in _number(floor)
    assert floor.type("G-0000").verdict.code == "product_selected"
