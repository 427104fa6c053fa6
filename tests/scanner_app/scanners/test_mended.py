"""What is mended without a profile and what is not: signs, proof, and one way alone."""

from __future__ import annotations

from datetime import date

import pytest

from config.keyboard_text import RETYPINGS, Retyping, typed
from scanner_app.scanners.profile import NOTHING_KNOWN, Profile
from scanner_app.scanners.reading import Understood, understood
from tracking.identifiers.reader import read

TODAY = date(2026, 11, 23)
GERMAN, FRENCH = Retyping("us", "de"), Retyping("us", "fr")
LABEL = "]C10109521234543213\x1d21SN-000042"
BY_NAME = {f"{way.host}{'-caps' if way.caps else ''}": way for way in RETYPINGS}


def told(text: str, aim: str = "", profile: Profile = NOTHING_KNOWN) -> Understood:
    return understood(text, aim, profile, today=TODAY)


@pytest.mark.parametrize("way", BY_NAME.values(), ids=BY_NAME)
def test_an_aim_identifier_proves_what_a_layout_did(way: Retyping) -> None:
    shown = typed(LABEL, way)
    found = told(shown)
    if shown == LABEL:
        return
    best = found.readings[0]
    assert (found.text, best.serial, best.repaired) == (LABEL, "SN-000042", True)
    assert best.warn


@pytest.mark.parametrize(
    "code",
    [
        "https://example.com/01/09521234543213/21/SN-000042",
        "+A999PUMP1001/$$3271130LOT7/SSN001237",
        "(01)09521234543213(21)SN-000042",
        "%CMD:UNDO",
    ],
)
def test_a_header_proves_it_too(code: str) -> None:
    best = told(typed(code, GERMAN)).readings[0]
    assert best.repaired
    assert best.elements == read(code, today=TODAY)[0].elements
    assert best.command == read(code, today=TODAY)[0].command


@pytest.mark.parametrize("code", ["SN-000042", "ABC/12", "X_1"])
def test_plain_text_proves_nothing_but_shows_it(code: str) -> None:
    best = told(typed(code, FRENCH)).readings[0]
    assert not best.repaired
    assert best.doubt
    assert best.warn


@pytest.mark.parametrize(
    "code", ["SN-000042", "SN'42", "sn-000042", "A&B", "(old) 12", '12"', "10LOT721SN42"]
)
def test_text_without_a_sign_stays_as_it_is(code: str) -> None:
    assert told(code) == (code, read(code, today=TODAY))


def test_a_wrong_check_digit_alone_is_no_reason_to_turn_letters() -> None:
    # With Y and Z exchanged this would be a sound VIN; nothing but the failing check says so.
    bad = "1ZZAA11A2TA000124"
    assert told(bad).readings == read(bad, today=TODAY)
    assert not told(bad).readings[0].ok


def test_caps_lock_shows_in_the_identifier_alone() -> None:
    best = told(LABEL.swapcase()).readings[0]
    assert (best.serial, best.repaired) == ("SN-000042", True)
    apart = told("0109521234543213\x1d21sn-000042", "]C1").readings[0]
    assert (apart.serial, apart.repaired, apart.warn) == ("sn-000042", False, ())


def test_a_profile_that_cannot_have_led_to_a_text_leaves_it_in_doubt() -> None:
    # Learned on a German host; this came from something that has another keyboard, or was pasted.
    german = Profile(host="de", aim=True)
    assert told("SN@000042", profile=german).readings[0].doubt
    # A label that is whole: then it is the profile that is wrong, and what it makes of plain text would be too.
    assert told(LABEL, profile=german).readings[0].doubt


def test_a_label_that_two_presses_could_have_made_is_asked_about() -> None:
    german = Profile(host="de", aim=True)
    found = told(typed("]C0AB=1", GERMAN), profile=german)
    assert found.text == "]C0AB=1"
    assert found.readings[0].doubt
    sure = told(typed(LABEL, GERMAN), profile=german).readings[0]
    assert (sure.serial, sure.doubt, sure.repaired) == ("SN-000042", "", False)


def test_a_composite_symbol_of_a_scanner_that_loses_separators_is_asked_about() -> None:
    best = told("]E09521234543213|]e099COMP98XYZ", profile=Profile(gs_lost=True)).readings[0]
    assert best.doubt


@pytest.mark.parametrize("text", ["", "\r\n", "]", "]C", "]C1", "\x1d", "´", "è" * 5000, "ß" * 499, "\ufffd"])
def test_nothing_is_too_strange_to_be_looked_at(text: str) -> None:
    for profile in (NOTHING_KNOWN, Profile(host="ch", caps=True, gs="è"), Profile(gs_lost=True)):
        assert told(text, profile=profile).readings
