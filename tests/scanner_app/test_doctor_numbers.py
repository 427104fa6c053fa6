"""``scanner doctor`` tells which serial numbers a handheld may still give, while it works and when it is away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner_app import leasing
from scanner_app.cli import main
from scanner_app.doctor_check import Check
from scanner_app.doctor_numbers import number_checks
from sync.work_wire import Block
from tests.scanner_app.floor import Floor, site_named

TEMPLATE = "G-{seq:4}"
NAME = f"GEAR-500 {TEMPLATE}"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    opened = Floor(tmp_path / "data", site_named("numbered"))
    yield opened
    opened.close()


def lend(floor: Floor, first: int, last: int) -> None:
    floor.session.knows.numbers.take(Block(item="GEAR-500", pattern=TEMPLATE, first=first, last=last))


def told(floor: Floor) -> list[Check]:
    return list(number_checks(floor.folder))


def test_nothing_is_said_where_no_numbers_are_given(floor: Floor, tmp_path: Path) -> None:
    assert told(floor) == []
    assert list(number_checks(tmp_path / "nowhere")) == []


def test_a_counter_of_its_own_says_what_comes_next(floor: Floor) -> None:
    floor.command("workflow", "production")
    floor.scan("WO-1")
    floor.command("number")
    assert told(floor) == [Check(name="numbers", state="ok", detail=f"{NAME}: counted here, the next is 1")]


def test_what_was_lent_is_told_stretch_by_stretch_and_what_was_given_is_not(floor: Floor) -> None:
    lend(floor, 10, 19)
    lend(floor, 40, 139)
    (check,) = told(floor)
    assert (check.state, check.detail, check.fix) == (
        "ok",
        f"{NAME}: 110 numbers held, 10 to 19, 40 to 139",
        "",
    )
    drawn = leasing.draw(floor.session.journal, "GEAR-500", TEMPLATE, 9, None)
    leasing.keep(floor.session.journal, "GEAR-500", TEMPLATE, drawn.left)
    assert told(floor)[0].detail == f"{NAME}: 101 numbers held, 19, 40 to 139"


def test_what_runs_low_and_what_ran_out_says_what_to_do(floor: Floor) -> None:
    lend(floor, 10, 10)
    (check,) = told(floor)
    assert (check.state, check.detail) == ("note", f"{NAME}: 1 number held, 10")
    assert "connect it to the network" in check.fix
    leasing.keep(floor.session.journal, "GEAR-500", TEMPLATE, ())
    (check,) = told(floor)
    assert (check.state, check.detail) == ("note", f"{NAME}: 0 numbers held")


def test_a_new_epoch_holds_nothing_and_a_damaged_note_is_said(floor: Floor) -> None:
    lend(floor, 10, 500)
    floor.session.journal.begin_epoch(2)
    assert told(floor)[0].detail == f"{NAME}: 0 numbers held"
    floor.session.journal.put_meta(leasing.key_of(floor.session.journal, "GEAR-500", TEMPLATE), "{")
    (check,) = told(floor)
    assert (check.state, "cannot be read" in check.detail) == ("note", True)


def test_the_verb_tells_it(floor: Floor, capsys: pytest.CaptureFixture[str]) -> None:
    lend(floor, 10, 500)
    main(["doctor", "--json", "--data", str(floor.folder)])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["detail"] for row in rows if row["name"] == "numbers"] == [
        f"{NAME}: 491 numbers held, 10 to 500"
    ]
