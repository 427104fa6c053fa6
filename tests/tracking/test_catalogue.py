"""Every code has its level and its words; words never show a code number or a raw control character."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.catalogue import LEVELS, en, message, prompt
from tracking.verdicts import NOTHING, verdict

OK = """signed_in document_opened item_selected location_selected container_selected product_selected received shipped
picked packed unpacked moved counted booked installed removed produced inspected hold_placed released collected returned
repaired replaced scrapped destroyed assigned registered lot_recorded quantity_recorded completed undone looked_up
command"""
NOTE = """repeat on_hold already_counted misplaced unexpected not_expected_serial check_digit_warning expires_soon
new_serial out_of_warranty in_warranty substitution_confirmed over_receipt_noted unverified"""
STOP = """unknown_code unreadable ambiguous wrong_kind wrong_item not_on_document over_quantity already_received
already_picked already_packed already_shipped already_installed already_returned not_received consumed booked_elsewhere
written_off held recalled stolen expired missing_lot missing_expiry serial_pattern bad_check_digit wrong_component
bom_complete not_shipped_to_customer sign_in_required role_required document_unknown document_closed confirm_required
disk_full journal_fault"""
PROMISED = [
    (code, level) for level, codes in (("ok", OK), ("note", NOTE), ("stop", STOP)) for code in codes.split()
]

FIELDS = sorted({
    name
    for parts in en.MESSAGES.values()
    for text in parts
    for _, name, _, _ in string.Formatter().parse(text)
    if name
})  # fmt: skip


@pytest.mark.parametrize(("code", "level"), [*PROMISED, ("waiting_for_partner", "none")])
def test_every_promised_code_is_there_with_its_level(code: str, level: str) -> None:
    assert LEVELS[code] == level
    assert verdict(code).level == level


def test_every_code_has_words_and_no_words_are_for_nothing() -> None:
    assert set(en.MESSAGES) == set(LEVELS)


@pytest.mark.parametrize("code", sorted(LEVELS))
def test_words_with_much_and_with_little_known(code: str) -> None:
    full = message(code, {name: name.upper() for name in FIELDS})
    empty = message(code, {})
    for told in (full, empty):
        assert told.word
        assert "{" not in told.sentence + told.do
        assert code not in told.word, "a person does not read code names"
        assert told.word == told.word.upper()
    if LEVELS[code] == "stop":
        assert full.do, "a stop says what to do"


STOPS_OF_UNITS = [
    "already_received", "already_picked", "already_packed", "already_shipped", "already_installed", "already_returned",
    "not_received", "consumed", "booked_elsewhere", "written_off", "held", "recalled", "stolen", "expired",
    "wrong_item", "not_on_document", "over_quantity", "serial_pattern", "bad_check_digit", "missing_lot",
    "missing_expiry", "wrong_component", "bom_complete", "not_shipped_to_customer", "ambiguous",
]  # fmt: skip


@pytest.mark.parametrize("code", STOPS_OF_UNITS)
def test_a_stop_names_the_serial(code: str) -> None:
    assert "SN-4711" in message(code, {"item": "PUMP-100", "serial": "SN-4711"}).sentence


@given(st.sampled_from(sorted(LEVELS)), st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=20)))
def test_fields_are_untrusted(code: str, fields: dict[str, str]) -> None:
    told = message(code, fields)
    assert "\x1b" not in told.sentence + told.do
    assert all(char.isprintable() for char in told.sentence + told.do)


def test_a_code_of_a_newer_version_shows_as_its_name() -> None:
    assert message("gone_fishing", {}).word == "GONE FISHING"
    assert message(None, {"text": "x"}).word == "x"
    assert NOTHING.level == "none"
    assert not NOTHING.stops


def test_an_unknown_language_speaks_english() -> None:
    assert message("received", {}, "tlh").word == "RECEIVED"
    assert prompt("serial", "tlh") == "Scan the SERIAL"


def test_prompts_say_what_to_scan() -> None:
    for name in en.PROMPTS:
        fields = dict.fromkeys(("item", "position", "location", "count", "container", "left"), "\x1b[2J")
        assert prompt(name, **fields)
        assert "\x1b" not in prompt(name, **fields)
