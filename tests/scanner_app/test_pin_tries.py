"""Guessing a PIN: counted by badge, waited for longer each time, and not forgotten by a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner_app.inputs import SignIn
from scanner_app.pin_tries import BADGES_MAX, PIN_WAIT_MS, PIN_WAIT_MS_MAX, WRONG_PINS_MAX, one_more_wrong
from tests.scanner_app.floor import Floor, site_named

RIGHT = "4711"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    """Nobody is signed in; OP-8 has a PIN, OP-7 none."""
    floor = Floor(tmp_path / "data", site_named("staffed"))
    yield floor
    floor.close()


def said(floor: Floor, pin: str, badge: str = "OP-8") -> str:
    answer = floor.give(SignIn(badge=badge, pin=pin))
    return "in" if answer.verdict.code == "signed_in" else answer.message


def guess(floor: Floor, count: int) -> None:
    for _ in range(count):
        assert "wait" not in said(floor, "0000")


def test_the_wait_doubles_with_each_wrong_one_up_to_a_bound(floor: Floor) -> None:
    guess(floor, WRONG_PINS_MAX)
    wait_ms, waits = PIN_WAIT_MS, []
    for _ in range(6):
        assert "wait" in said(floor, RIGHT), "the right one has to wait as well"
        floor.wait(wait_ms - 5000)
        assert "wait" in said(floor, RIGHT)
        floor.wait(5000)
        guess(floor, 1)
        waits.append(wait_ms)
        wait_ms = min(2 * wait_ms, PIN_WAIT_MS_MAX)
    assert waits == [60_000, 120_000, 240_000, 480_000, 900_000, 900_000]
    floor.wait(PIN_WAIT_MS_MAX)
    assert said(floor, RIGHT) == "in"
    assert floor.session.state.pin_tries == {}


def test_what_is_long_is_said_in_minutes(floor: Floor) -> None:
    guess(floor, WRONG_PINS_MAX)
    assert "wait 60 seconds" in said(floor, RIGHT)
    for wait_ms in (PIN_WAIT_MS, 2 * PIN_WAIT_MS):
        floor.wait(wait_ms)
        guess(floor, 1)
    assert "wait 4 minutes" in said(floor, RIGHT)


def test_a_restart_shortens_no_wait_and_forgets_no_count(floor: Floor) -> None:
    guess(floor, WRONG_PINS_MAX)
    floor.crash()
    assert "wait" in said(floor, RIGHT)
    floor.wait(PIN_WAIT_MS)
    floor.crash()
    guess(floor, 1)
    floor.wait(PIN_WAIT_MS)
    assert "wait" in said(floor, RIGHT), "the sixth is waited for twice as long"


def test_whoever_knows_one_pin_has_no_more_guesses_at_anothers(floor: Floor) -> None:
    for _ in range(WRONG_PINS_MAX):
        guess(floor, 1)
        assert said(floor, "", badge="OP-7") == "in"
    assert "wait" in said(floor, RIGHT)


def test_wrong_pins_of_one_keep_nobody_else_from_work(floor: Floor) -> None:
    guess(floor, WRONG_PINS_MAX)
    assert "wait" in said(floor, RIGHT)
    assert said(floor, "", badge="OP-7") == "in"


def test_a_clock_that_was_put_back_locks_nobody_out_for_years(floor: Floor) -> None:
    guess(floor, WRONG_PINS_MAX)
    floor.wait(-400 * 24 * 3600 * 1000)
    guess(floor, 1)
    assert "wait" in said(floor, RIGHT), "and it is one more"


def test_no_end_of_badges_is_remembered_and_the_guessed_at_ones_are(floor: Floor) -> None:
    guess(floor, 2)
    for number in range(2 * BADGES_MAX):
        floor.session.state = one_more_wrong(floor.session, f"B-{number}")
    assert len(floor.session.state.pin_tries) == BADGES_MAX
    assert floor.session.state.pin_tries["OP-8"].wrong == 2
