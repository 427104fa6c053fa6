"""Labels that a task asks for become jobs of the printer; what is off or empty loses none, and the screen says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.loader import shipped
from drivers.driver import Backoff, DriverError, DriverState
from drivers.printing.connection import Interrupted, NotSent
from drivers.printing.jobs import Jobs
from drivers.printing.printer import Printer, PrinterSettings, submit
from drivers.scan import Scan
from scanner_app.answer import Answer
from scanner_app.cache_feed import load_site
from scanner_app.clockwork import ReplayClock
from scanner_app.handheld import Handheld
from scanner_app.inputs import PRINTER, Command, DeviceNews, Input, Typed
from scanner_app.label_news import of_printer
from scanner_app.label_printing import printing
from scanner_app.running import RunningHandheld
from scanner_app.session import SessionSettings
from scanner_app.view import ScreenView
from scanner_app.workflows.flow import LAST_LABEL, Label
from tests.drivers.printing.paper import Paper
from tests.drivers.printing.test_labels import VALUES
from tests.free_port import free_port
from tests.scanner_app.floor import Floor, site_named
from tests.sync.fleet import until
from tracking import catalogue
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


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NotSent("P", "it does not answer", "x"), "er antwortet nicht"),
        (NotSent("P", "No such file or directory", "switch it on, plug it in"), "er antwortet nicht"),
        (Interrupted("P", "it takes no more data", "x"), "Papier und Deckel"),
        (Interrupted("P", "it went away within a job", "x"), "mittendrin"),
        (NotSent("P", "it may not be opened by you", "x"), "it may not be opened by you; x"),
    ],
)
def test_what_keeps_a_printer_from_printing_is_said_in_the_language(error: DriverError, said: str) -> None:
    news = DeviceNews(name=PRINTER, state="lost", detail=str(error))
    told = catalogue.say(of_printer(news), "de")
    assert told.startswith("Etiketten warten, NOCHMAL DRUCKEN wiederholt: ")
    assert said in told


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


@pytest.fixture
def port() -> int:
    """A port that nobody listens at."""
    return free_port()


def test_a_printer_that_is_off_gets_the_labels_when_it_is_back(tmp_path: Path, port: int) -> None:
    """A whole handheld and a real line to a printer: the work goes on, the screen says what waits and how to repeat."""
    folder = tmp_path / "print"
    settings = PrinterSettings(target=f"tcp://127.0.0.1:{port}")
    printer = Printer(settings, folder, backoff=Backoff(first_s=0.02, cap_s=0.05))
    running = RunningHandheld(tmp_path / "data", ReplayClock(0), SessionSettings(), shipped())
    load_site(running.handheld.cache, site_named("numbered"))
    running.renew()
    running.handheld.session.printer = DeviceNews(name=PRINTER, state="ready")
    running.handheld.session.observers.append(printing(settings, folder, running.sink, printer.wake))
    views: list[ScreenView] = []
    running.subscribe(views.append)
    running.start([printer])

    def give(given: Input) -> Answer:
        answer: Answer = running.thread.run(lambda session: session.handle(given))
        return answer

    def banner() -> str:
        running.thread.run(lambda session: None)
        assert views[-1].banner is not None
        return " ".join(views[-1].banner.lines)

    give(Command(name="workflow", argument="production"))
    give(Scan(raw=b"WO-1"))
    give(Command(name="number"))
    assert "its label is being printed" in banner()
    until(
        lambda: "Labels wait, PRINT AGAIN repeats one: it does not answer" in views[-1].hint,
        "the screen says nothing",
    )
    # The label is not on paper, so the number is typed; the next one is told to wait.
    assert give(Typed(text="G-0000")).verdict.code == "product_selected"
    give(Command(name="number"))
    assert "the label waits for the printer" in banner()
    paper = Paper(port=port)
    jobs = Jobs(folder)
    until(lambda: [state for state, _ in jobs.every()] == ["printed", "printed"], "nothing was printed")
    until(lambda: "Labels wait" not in views[-1].hint, "the screen still says it")
    assert len(paper.jobs) == 2
    # Its scan is noted with the job that printed it.
    give(Scan(raw=b"010952123454330521G-0002", symbology_id="]d2"))
    assert [bool(job.verified_ms) for _, job in jobs.every()] == [False, True]
    running.close()
    paper.close()


def test_without_a_printer_the_number_is_written_by_hand_and_typed(floor: Floor) -> None:
    floor.command("workflow", "production")
    floor.scan("WO-1")
    assert "no printer is set here: write the number on it" in _number(floor)
    assert floor.type("G-0000").verdict.code == "product_selected"
