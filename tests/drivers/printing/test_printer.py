from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import pytest

from drivers.driver import Backoff, DriverState, start
from drivers.printing import connection
from drivers.printing.connection import Interrupted, NotSent, send
from drivers.printing.jobs import Jobs
from drivers.printing.languages import Language, encoded
from drivers.printing.printer import Printer, PrinterSettings, submit
from drivers.printing.render import rendered
from drivers.printing.template import named_template
from tests.drivers.printing.paper import Paper
from tests.drivers.printing.test_labels import VALUES
from tests.drivers.usb.bench import Heard
from tests.free_port import free_port

WAIT_S = 20.0
Run = Callable[..., Heard]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    started = []

    def begin(target: str, language: Language = "zpl") -> Heard:
        heard = Heard()
        printer = Printer(
            PrinterSettings(target=target, language=language),
            tmp_path / "print",
            backoff=Backoff(first_s=0.02, cap_s=0.05),
        )
        started.append((printer, start(printer, heard)))
        return heard

    yield begin
    for printer, thread in started:
        printer.close()
        thread.join(WAIT_S)
        assert not thread.is_alive()


def put(folder: Path, *serials: str, target: str = "") -> Jobs:
    jobs = Jobs(folder / "print")
    for serial in serials:
        submit(PrinterSettings(target=target), jobs, "unit", VALUES | {"serial": serial})
    return jobs


def until(met: Callable[[], bool]) -> None:
    end_s = time.monotonic() + WAIT_S
    while not met():
        assert time.monotonic() < end_s, "it did not come in time"
        time.sleep(0.005)


def states(jobs: Jobs) -> list[str]:
    return [state for state, _ in jobs.every()]


def told(heard: Heard) -> list[str]:
    return [item.detail for item in heard.items if isinstance(item, DriverState)]


def test_jobs_are_printed_in_their_order_and_kept_for_reprinting(tmp_path: Path, run: Run) -> None:
    paper = Paper()
    jobs = put(tmp_path, "SN-1", "SN-2", "SN-3")
    run(paper.target)
    until(lambda: states(jobs) == ["printed"] * 3)
    paper.close()
    assert len(paper.jobs) == 3
    assert len(set(paper.jobs)) == 3


def test_a_printer_that_is_off_gets_every_job_once_when_it_is_back(tmp_path: Path, run: Run) -> None:
    port = free_port()
    jobs = put(tmp_path, "SN-1", "SN-2")
    heard = run(f"tcp://127.0.0.1:{port}")
    until(lambda: ("printer", "lost") in heard.states)
    paper = Paper(port=port)
    until(lambda: states(jobs) == ["printed"] * 2)
    paper.close()
    assert len(paper.jobs) == 2
    assert not [sentence for sentence in told(heard) if "again" in sentence and "may exist twice" in sentence]
    assert [job.attempts for _, job in jobs.every()] == [1, 1]


@pytest.mark.parametrize("language", get_args(Language))
def test_a_printer_that_dies_within_a_job_prints_it_again_and_that_is_said(
    language: Language, tmp_path: Path, run: Run
) -> None:
    paper = Paper("print", "die", "die")
    jobs = put(tmp_path, "SN-1", "SN-2", "SN-3")
    heard = run(paper.target, language)
    until(lambda: states(jobs) == ["printed"] * 3)
    paper.close()
    assert (len(paper.jobs), len(paper.torn)) == (3, 2)
    template = named_template("unit")
    assert paper.jobs == [
        encoded(rendered(template, VALUES | {"serial": f"SN-{number}"}, 203), language, dpi=203)
        for number in (1, 2, 3)
    ]
    said_twice = [sentence for sentence in told(heard) if "may exist twice" in sentence]
    assert said_twice == ["Label 2 was printed again: it may exist twice, keep one."]


def test_a_job_that_was_being_sent_when_the_program_died_is_printed_and_said_to_be_again(
    tmp_path: Path, run: Run
) -> None:
    jobs = put(tmp_path, "SN-1")
    job = jobs.next_job()
    assert job is not None
    jobs.begin(job)
    paper = Paper()
    heard = run(paper.target)
    until(lambda: any("may exist twice" in sentence for sentence in told(heard)))
    paper.close()
    assert states(jobs) == ["printed"]


def test_only_one_process_prints_from_a_folder(tmp_path: Path, run: Run) -> None:
    jobs = put(tmp_path, "SN-1")
    paper = Paper()
    with jobs.printing() as ours:
        assert ours
        run(paper.target)
        time.sleep(0.1)
        assert states(jobs) == ["waiting"]
    until(lambda: states(jobs) == ["printed"])
    paper.close()
    assert len(paper.jobs) == 1


def test_a_folder_gets_whole_files(tmp_path: Path, run: Run) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    jobs = put(tmp_path, "SN-1", "SN-2")
    run(str(spool))
    until(lambda: states(jobs) == ["printed"] * 2)
    files = sorted(spool.iterdir())
    assert [file.suffix for file in files] == [".prn", ".prn"]
    assert all(file.read_bytes().endswith(b"^XZ\n") for file in files)


def test_a_device_that_stops_taking_data_is_interrupted_and_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "STALL_S_MAX", 0.1)
    device = tmp_path / "lp0"
    os.mkfifo(device)
    reader = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(Interrupted, match="no more data"):
        send(str(device), b"x" * 1_000_000)
    os.close(reader)
    with pytest.raises(NotSent):
        send(str(device), b"x")


def test_a_network_printer_that_stalls_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "STALL_S_MAX", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(Interrupted, match="paper"):
        send(f"tcp://127.0.0.1:{listener.getsockname()[1]}", b"x" * 40_000_000)


def test_a_printer_that_never_closes_the_line_has_the_job_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "END_S_MAX", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        send(f"tcp://127.0.0.1:{listener.getsockname()[1]}", b"^XA^XZ")


def test_a_reprint_is_a_job_of_its_own_that_names_the_first(tmp_path: Path) -> None:
    jobs = put(tmp_path, "SN-1")
    first = jobs.find(1)
    assert first is not None
    again = submit(PrinterSettings(target=""), jobs, first.template, first.values, reprint_of=first.id)
    assert (again.id, again.reprint_of, again.values) == (2, 1, first.values)


def test_a_printed_label_is_verified_by_its_scan_and_by_nothing_else(tmp_path: Path) -> None:
    jobs = put(tmp_path, "SN-004712")
    right = b"01095212345432131728103110L26-114\x1d21SN-004712"
    assert not jobs.verify(1, "]d2", right[:-1] + b"3")
    assert not jobs.verify(1, "]C1", right)
    assert not jobs.verify(2, "]d2", right)
    assert jobs.verify(1, "]d2", right)
    verified = jobs.find(1)
    assert verified is not None
    assert verified.verified_ms > 0


def test_a_template_that_is_gone_does_not_block_the_jobs_behind_it(tmp_path: Path, run: Run) -> None:
    jobs = Jobs(tmp_path / "print")
    jobs.add("gone", {}, [])
    put(tmp_path, "SN-2")
    paper = Paper()
    heard = run(paper.target)
    until(lambda: states(jobs) == ["refused", "printed"])
    paper.close()
    assert any("given up" in sentence for sentence in told(heard))


def test_old_printed_jobs_go_and_waiting_ones_never(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.printing.jobs.PRINTED_KEPT", 2)
    jobs = put(tmp_path, *(f"SN-{number}" for number in range(5)))
    for _ in range(4):
        job = jobs.next_job()
        assert job is not None
        jobs.printed(jobs.begin(job))
    assert [(state, job.id) for state, job in jobs.every()] == [
        ("printed", 3),
        ("printed", 4),
        ("waiting", 5),
    ]
