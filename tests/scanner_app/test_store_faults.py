"""When the journal cannot be written the answer says so, nothing has changed, and the work goes on afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner_app.answer import Answer
from tests.scanner_app.floor import Floor, site_named


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path / "data", site_named())
    floor.command("workflow", "receiving")
    floor.scan("PO-1")
    assert floor.scan("SN-200001").verdict.code == "received"
    yield floor
    floor.close()


def _write_protect(floor: Floor, *, on: bool) -> None:
    floor.handheld.journal.connection.execute(f"PRAGMA query_only={'ON' if on else 'OFF'}")


def _fill_up(floor: Floor) -> int:
    """No page more may be added to the file. Returns the limit that was there before."""
    run = floor.handheld.journal.connection.execute
    before: int = run("PRAGMA max_page_count").fetchone()[0]
    run(f"PRAGMA max_page_count={run('PRAGMA page_count').fetchone()[0]}")
    return before


def _until_full(floor: Floor) -> str:
    """Scans until one is not taken; its serial."""
    for number in range(300_000, 300_200):
        serial = f"SN-{number}"
        answer = floor.scan(serial)
        if answer.verdict.code == "disk_full":
            return serial
        if answer.verdict.stops:
            floor.command("ack")
    raise AssertionError("the disk did not fill up")


def test_a_journal_that_cannot_be_written(floor: Floor) -> None:
    _write_protect(floor, on=True)
    answer = floor.scan("SN-200002")
    assert (answer.verdict.code, answer.verdict.level) == ("journal_fault", "stop")
    assert "the last scan was not taken" in answer.message
    assert answer.events == ()
    assert answer.progress == (1, 3)
    assert floor.status("PUMP-100", "SN-200002") == "unknown"


def test_the_stop_stays_until_something_can_be_written(floor: Floor) -> None:
    _write_protect(floor, on=True)
    floor.scan("SN-200002")
    assert floor.command("ack").verdict.code == "journal_fault"
    assert floor.scan("SN-200003").verdict.code == "journal_fault", "it cannot be held either, and says so"
    _write_protect(floor, on=False)
    assert not floor.command("ack").verdict.stops
    assert floor.scan("SN-200002").verdict.code == "received"
    assert floor.scan("SN-200003").verdict.code == "received"
    assert [event.serial for event in floor.events() if event.step == "receiving"] == [
        "SN-200001",
        "SN-200002",
        "SN-200003",
    ]


def test_a_pulled_battery_in_the_middle_of_a_fault(floor: Floor) -> None:
    _write_protect(floor, on=True)
    floor.scan("SN-200002")
    floor.crash()
    assert floor.session.state.stopped is None
    assert floor.session.progress() == (1, 3)
    assert floor.scan("SN-200002").verdict.code == "received"


def test_held_scans_outlive_a_fault_while_they_are_judged(floor: Floor) -> None:
    floor.scan("NONSENSE")
    floor.scan("SN-200002")
    floor.scan("SN-200003")
    _write_protect(floor, on=True)
    assert floor.command("ack").verdict.code == "journal_fault"
    assert len(floor.session.state.held) == 2
    _write_protect(floor, on=False)
    answer = floor.command("ack")
    assert [event.step for event in answer.events] == ["receiving", "receiving", "completing"]
    assert answer.progress == (3, 3)


def test_a_full_disk_loses_nothing_that_was_answered(floor: Floor) -> None:
    limit = _fill_up(floor)
    refused = _until_full(floor)
    told = [event.serial for event in floor.events()]
    assert refused not in told
    floor.handheld.journal.connection.execute(f"PRAGMA max_page_count={limit}")
    floor.crash()
    assert [event.serial for event in floor.events()] == told
    assert floor.scan(refused).verdict.code != "disk_full"


def test_a_full_disk_is_said_in_words(floor: Floor) -> None:
    _fill_up(floor)
    told: list[Answer] = []
    floor.session.observers.append(told.append)
    _until_full(floor)
    assert told[-1].verdict.code == "disk_full"
    assert "the last scan was not taken" in told[-1].message
    view = floor.presenter.view()
    assert view.stopped
    assert view.banner is not None
    assert view.banner.do == "Stop: bring this handheld to a network"
