"""Files that are damaged, newer, foreign, unreadable or in use: one plain sentence each, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from scanner_app.cli import main
from scanner_app.clockwork import SystemClock
from scanner_app.handheld import CACHE_FILE, JOURNAL_FILE, Handheld
from scanner_app.inputs import Command
from scanner_app.journal_schema import LAYOUT
from scanner_app.session import SessionSettings
from tests.durability.goods import fill, scan, serial, site_file
from tracking.catalogue import say
from tracking.units import UnitState

ROOT = Path(__file__).parents[2]
PAGE_BYTES = 4096
UNITS = 3


def opened(folder: Path) -> Handheld:
    """The handheld on these files."""
    return Handheld(folder, SystemClock(), SessionSettings())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory in which a few units were received."""
    folder = tmp_path / "data"
    handheld = opened(folder)
    fill(handheld.cache, site_file())
    with handheld.cache.transaction():
        handheld.cache.put_units(
            UnitState(item="OLD", serial=f"OLD-{number:06}", status="received") for number in range(3000)
        )
    session = handheld.renew_session()
    for text in ("OP-7", "PO-HAM", *(serial(number) for number in range(1, UNITS + 1))):
        session.handle(scan(text))
    handheld.close()
    return folder


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of one call of the command line."""
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def one_sentence(err: str) -> bool:
    """What a person is told: one line, from the program and not from Python."""
    return err.startswith("scanner: ") and err.count("\n") == 1 and "Traceback" not in err


def exported(out: str) -> list[str]:
    """Serial numbers of the exported receipts."""
    rows = [json.loads(line) for line in out.splitlines()]
    return [row["serial"] for row in rows if row.get("step") == "receiving"]


ALL = [serial(number) for number in range(1, UNITS + 1)]
VERBS: tuple[list[str], ...] = (["replay", "/dev/null"], ["export", "units"], ["trace", "SN-000001"], [])
"""What opens a handheld. No verb at all starts the screens."""


@pytest.mark.parametrize("verb", VERBS, ids=str)
def test_a_journal_of_a_newer_version_is_left_alone(
    data: Path, capsys: pytest.CaptureFixture[str], verb: list[str]
) -> None:
    file = data / JOURNAL_FILE
    with sqlite3.connect(file) as newer:
        newer.execute("PRAGMA user_version=99")
        newer.execute("ALTER TABLE epoch ADD COLUMN colour TEXT")
        newer.execute(
            "INSERT INTO event VALUES (1, ?, ?, ?)",
            (UNITS + 1, b'{"step":"teleporting","to":"MARS"}', b"\1" * 32),
        )
        newer.execute("INSERT INTO event VALUES (1, ?, ?, ?)", (UNITS + 2, b'{"step":{"a":1}}', b"\2" * 32))
    newer.close()
    before = file.read_bytes()
    code, _, err = said(capsys, "--data", str(data), *verb)
    assert code == 1
    assert one_sentence(err), err
    assert f"newer version (layout 99, this program knows {LAYOUT})" in err

    code, out, err = said(capsys, "--data", str(data), "export", "events", "--json")
    assert (code, err) == (0, "")
    assert exported(out) == ALL
    # What this version does not know is passed on as it is.
    assert json.loads(out.splitlines()[-2])["to"] == "MARS"
    assert json.loads(out.splitlines()[-1])["body"] == '{"step":{"a":1}}'
    assert file.read_bytes() == before


def spoil(file: Path, how: str) -> None:
    """Damages a database file, as a dying flash card does."""
    content = bytearray(file.read_bytes())
    match how:
        case "header":
            content[:64] = b"\xff" * 64
        case "cut":
            del content[PAGE_BYTES * 2 + 100 :]
        case "pages":
            content[PAGE_BYTES * 2 :] = b"\xa5" * (len(content) - PAGE_BYTES * 2)
        case "text":
            content = bytearray(b"not a database at all, but long enough to look at\n" * 20)
    file.write_bytes(content)


@pytest.mark.parametrize("how", ["header", "cut", "pages", "text"])
@pytest.mark.parametrize("verb", VERBS[::3], ids=str)
def test_a_damaged_journal_is_said_in_one_sentence_and_not_touched(
    data: Path, capsys: pytest.CaptureFixture[str], how: str, verb: list[str]
) -> None:
    file = data / JOURNAL_FILE
    spoil(file, how)
    before = file.read_bytes()
    code, _, err = said(capsys, "--data", str(data), *verb)
    assert code == 1
    assert one_sentence(err), err
    assert file.read_bytes() == before
    for command in (["export", "events"], ["audit", "verify"]):
        code, _, err = said(capsys, "--data", str(data), *command)
        assert code == 1
        assert one_sentence(err), err
    assert file.read_bytes() == before


def test_events_before_the_damage_can_be_saved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "data"
    handheld = opened(folder)
    fill(handheld.cache, site_file(pumps=400))
    session = handheld.renew_session()
    for text in ("OP-7", "PO-HAM", *(serial(number) for number in range(1, 200))):
        session.handle(scan(text))
    handheld.close()
    file = folder / JOURNAL_FILE
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as reader:
        pages = (
            reader.execute("SELECT pageno FROM dbstat WHERE name = 'event' AND pagetype = 'leaf'").fetchall()
            if _has_dbstat(reader)
            else []
        )
    content = bytearray(file.read_bytes())
    place = content.find(serial(150).encode())
    start = (pages[-2][0] - 1 if pages else place // PAGE_BYTES) * PAGE_BYTES
    content[start : start + PAGE_BYTES] = b"\xa5" * PAGE_BYTES
    file.write_bytes(content)
    code, out, err = said(capsys, "--data", str(folder), "export", "events")
    assert code == 1
    assert one_sentence(err), err
    assert exported(out)[:20] == [serial(number) for number in range(1, 21)]


def _has_dbstat(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("SELECT 1 FROM dbstat LIMIT 1").fetchone()
    except sqlite3.OperationalError:
        return False
    return True


@pytest.mark.parametrize("how", ["header", "cut", "text"])
def test_a_damaged_cache_is_replaced_and_own_work_stays_in_sight(data: Path, how: str) -> None:
    spoil(data / CACHE_FILE, how)
    handheld = opened(data)
    assert "downloaded again" in say(handheld.session.trouble)
    assert [handheld.session.knows.unit("PUMP", one).status for one in ALL] == ["received"] * UNITS
    assert handheld.session.knows.tally("PO-HAM").done == {1: UNITS}
    assert handheld.journal.seq == UNITS
    handheld.close()


def test_a_cache_that_is_found_damaged_at_work_is_replaced_without_a_restart(data: Path) -> None:
    file = data / CACHE_FILE
    content = bytearray(file.read_bytes())
    place = content.find(b"001500OLD-")  # the cache keeps the last six characters in front
    assert place > 0
    start = place // PAGE_BYTES * PAGE_BYTES
    content[start : start + PAGE_BYTES] = b"\xa5" * PAGE_BYTES
    file.write_bytes(content)
    handheld = opened(data)
    session = handheld.session
    assert session.trouble == ""
    answers = [session.handle(scan(f"OLD-{number:06}")) for number in range(1400, 1600, 10)]
    stop = next(answer for answer in answers if answer.verdict.code == "journal_fault")
    assert "downloaded again" in stop.message
    assert "downloaded again" in say(session.trouble)
    assert session.handle(Command(name="ack")).verdict.code != "journal_fault"
    assert handheld.cache.sound()
    assert [session.knows.unit("PUMP", one).status for one in ALL] == ["received"] * UNITS
    handheld.close()


def test_a_row_that_cannot_be_read_does_not_stop_the_start(data: Path) -> None:
    with sqlite3.connect(data / CACHE_FILE) as other:
        other.execute("UPDATE record SET body = '5' WHERE kind = 'item'")
    other.close()
    handheld = opened(data)
    assert handheld.cache.replaced
    assert handheld.session.knows.unit("PUMP", ALL[0]).status == "received"
    handheld.close()


def test_a_database_of_another_program_is_not_written_into(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = data / JOURNAL_FILE
    file.unlink()
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE theirs (a)")
    other.close()
    before = file.read_bytes()
    code, _, err = said(capsys, "--data", str(data), "replay", "/dev/null")
    assert (code, one_sentence(err)) == (1, True)
    assert "another program" in err
    assert file.read_bytes() == before


@pytest.mark.parametrize("verb", VERBS, ids=str)
def test_a_directory_in_use_is_refused_and_can_still_be_exported(
    data: Path, capsys: pytest.CaptureFixture[str], verb: list[str]
) -> None:
    busy = opened(data)
    code, _, err = said(capsys, "--data", str(data), *verb)
    assert (code, one_sentence(err)) == (1, True), err
    assert "in use by another program" in err
    code, out, _ = said(capsys, "--data", str(data), "export", "events")
    assert (code, exported(out)) == (0, ALL)
    assert busy.session.handle(scan(serial(UNITS + 1))).verdict.code == "received"
    busy.close()


@pytest.mark.parametrize("mode", [0o000, 0o500])
@pytest.mark.parametrize("verb", VERBS[:2] + VERBS[3:], ids=str)
def test_a_directory_that_may_not_be_read_or_written_is_one_sentence(
    data: Path, mode: int, verb: list[str]
) -> None:
    (data / "lock").unlink()
    for file in data.iterdir():
        file.chmod(0o400)
    data.chmod(mode)
    command = [sys.executable, "-m", "scanner_app", "--data", str(data), *verb]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may read everything, and setpriv is not there to take that right away")
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    data.chmod(0o700)
    assert run.returncode in {1, 2}, run.stderr
    assert one_sentence(run.stderr), run.stderr
    assert str(data) in run.stderr
