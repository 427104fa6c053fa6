"""The lifecycle table: complete, of known words only, and the same in the documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracking.catalogue import LEVELS
from tracking.documents import CREDITING
from tracking.events import STEPS
from tracking.lifecycle import FLAGS, IN_STOCK, STATUSES, TABLE, markdown, outcome

PAGE = Path(__file__).parents[2] / "docs" / "lifecycle.md"


def test_every_step_has_an_outcome_for_every_status() -> None:
    assert {step for step, _ in TABLE} == set(STEPS) - {"completing", "settling", "handing_over"}
    for row in TABLE.values():
        assert tuple(row) == STATUSES


@pytest.mark.parametrize(("step", "action"), sorted(TABLE))
def test_every_cell_is_of_known_words(step: str, action: str) -> None:
    for found in TABLE[step, action].values():
        assert found.status in STATUSES
        assert not found.code or LEVELS[found.code] == "stop"
        assert found.code or not found.own_document


def test_the_words_that_the_users_asked_for_are_statuses() -> None:
    assert {"planned", "received", "consumed", "booked", "shipped", "written_off"} <= set(STATUSES)
    assert set(FLAGS) == {"held", "recalled", "stolen", "missing"}
    assert set(STATUSES) >= IN_STOCK


def test_what_leaves_the_house_is_in_it() -> None:
    """Nothing but what is in stock ships without a word, and what is shipped never ships again."""
    ships = {status for status in STATUSES if not outcome("shipping", "OBSERVE", status).code}
    assert ships == {"received", "produced"}
    own = {status for status in STATUSES if outcome("shipping", "OBSERVE", status).own_document}
    assert own == {"booked", "picked"}


@pytest.mark.parametrize(
    ("step", "status", "code"),
    [
        ("receiving", "received", "already_received"),
        ("receiving", "shipped", "already_shipped"),
        ("receiving", "written_off", "written_off"),
        ("shipping", "unknown", "not_received"),
        ("shipping", "planned", "not_received"),
        ("shipping", "booked", "booked_elsewhere"),
        ("shipping", "consumed", "consumed"),
        ("shipping", "picked", "already_picked"),
        ("shipping", "shipped", "already_shipped"),
        ("shipping", "returned", "already_returned"),
        ("shipping", "written_off", "written_off"),
        ("picking", "picked", "already_picked"),
        ("returning", "received", "not_shipped_to_customer"),
        ("returning", "returned", "already_returned"),
    ],
)
def test_stops_of_the_floor(step: str, status: str, code: str) -> None:
    assert outcome(step, "OBSERVE", status).code == code


def test_a_fact_stays_a_fact() -> None:
    """What happened all the same moves the unit where its end is plain, and else leaves it."""
    assert outcome("shipping", "OBSERVE", "unknown").status == "shipped"
    assert outcome("shipping", "OBSERVE", "consumed").status == "consumed"
    assert outcome("receiving", "OBSERVE", "shipped").status == "shipped"


def test_a_step_that_the_table_lacks_changes_nothing() -> None:
    assert outcome("juggling", "ADD", "received") == ("received", "", False)


def test_crediting_steps_are_steps() -> None:
    assert {step for steps in CREDITING.values() for step in steps} <= set(STEPS)


def test_the_documentation_has_this_very_table() -> None:
    assert markdown() in PAGE.read_text("utf-8"), "render it again: tracking.lifecycle.markdown()"
