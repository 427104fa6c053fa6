from __future__ import annotations

from pathlib import Path

from drivers.driver import DriverState
from drivers.printing.jobs import Jobs
from drivers.printing.printer import PrinterSettings, submit
from scanner_app.answer import Answer
from scanner_app.reprinting import reprinter
from tests.drivers.printing.test_labels import VALUES
from tracking.verdicts import verdict

SETTINGS = PrinterSettings(target="")


def test_the_command_prints_the_last_label_once_more_and_no_other_answer_does(tmp_path: Path) -> None:
    jobs, told, woken = Jobs(tmp_path), list[DriverState](), list[int]()
    for serial in ("SN-1", "SN-2"):
        submit(SETTINGS, jobs, "unit", VALUES | {"serial": serial})
    heard = reprinter(SETTINGS, tmp_path, told.append, lambda: woken.append(1))
    heard(Answer())
    heard(Answer(verdict=verdict("command", what="help")))
    assert len(jobs.every()) == 2
    heard(Answer(verdict=verdict("command", what="reprint")))
    heard(Answer(verdict=verdict("command", what="reprint")))
    copies = [job for _, job in jobs.every()][2:]
    assert [(job.values["serial"], job.reprint_of) for job in copies] == [("SN-2", 2), ("SN-2", 2)]
    assert (told, len(woken)) == ([], 2)


def test_what_hinders_it_is_said(tmp_path: Path) -> None:
    told: list[DriverState] = []
    reprinter(SETTINGS, tmp_path, told.append, lambda: None)(
        Answer(verdict=verdict("command", what="reprint"))
    )
    assert [state.detail for state in told] == ["no label was printed here yet"]
