"""Profiles: what they undo, what a record may say, and that nonsense says nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from config.keyboard_layouts import LAYOUTS
from config.keyboard_text import Retyping, typed
from scanner_app.commands.read import answer
from scanner_app.scanners.profile import GS_FORMS, NOTHING_KNOWN, SHIPPED, named, of_record, undone

TODAY = date(2026, 11, 23)
LABEL = "]C1010952123454321310LOT-7\x1d21SN-000123"


def read(raw: str, profile: object) -> dict[str, Any]:
    return answer({"raw": raw, "profile": profile}, TODAY)


CASES = [
    (form, host, caps)
    for form in GS_FORMS
    for host in LAYOUTS
    for caps in (False, True)
    if (form, host, caps) != ("e-grave", "fr", False)  # è is also what a 7 becomes there
]


@pytest.mark.parametrize(("form", "host", "caps"), CASES)
def test_a_scanner_that_is_known_is_read_as_its_label(form: str, host: str, caps: bool) -> None:
    sent = LABEL.replace("\x1d", GS_FORMS[form])
    name = f"us-on-{host}{'-caps' if caps else ''}+gs-{form}"
    row = read(typed(sent, Retyping("us", host, caps)), name)
    assert (row["serial"], row["lot"], row["gtin"]) == ("SN-000123", "LOT-7", "09521234543213")
    assert row["ok"]
    assert not row["warn"]
    assert row == read(LABEL, None)


def test_what_a_device_adds_is_taken_off() -> None:
    profile = {"prefix": "\x02", "suffix": "#", "layout": "de"}
    row = read("\x02" + typed(LABEL, Retyping("us", "de")) + "#\r\n", profile)
    assert (row["ok"], row["serial"]) == (True, "SN-000123")


@pytest.mark.parametrize(
    "nonsense",
    [
        *(None, 1, [], "", "no such profile", "us-on-de+nothing", {}, {"gs": 3}, {"gs": "x" * 99}),
        *({"layout": "dvorak"}, {"caps": "yes"}, {"host": ["de"]}, {"scanner": None}, {"aim": 1}),
    ],
)
def test_what_no_profile_says_changes_nothing(nonsense: object) -> None:
    assert of_record(nonsense) == NOTHING_KNOWN
    assert undone(of_record(nonsense), LABEL) == ((LABEL,), True)


def test_names_are_joined_and_the_later_one_adds_to_the_first() -> None:
    both = named("us-on-de-caps+gs-braces")
    assert both is not None
    assert (both.host, both.caps, both.gs) == ("de", True, "{GS}")
    assert named("gs-lost") == SHIPPED["gs-lost"]


def test_a_profile_that_does_not_fit_is_said_not_to() -> None:
    german = SHIPPED["us-on-de"]
    assert undone(german, "SNß1").fits
    assert undone(german, "SN€1") == (("SN€1",), False)
