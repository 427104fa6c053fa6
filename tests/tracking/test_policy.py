"""The site's word over the handheld's setting, and nothing of the site's where it says nothing."""

from __future__ import annotations

import json

import msgspec
import pytest

from tracking.policy import named, over, stated
from tracking.site import Policy, Site, SiteError, load

ASKED = Policy(over_receipt="note", sample_percent=50)
"""Settings of a handheld."""


def record(**policy: object) -> bytes:
    site = load(json.dumps({"site": "HAM", "policy": policy}).encode())
    return msgspec.json.encode(stated(site))


def test_what_the_site_says_nothing_of_is_the_handhelds() -> None:
    assert over(ASKED, record(unknown_serial_at_shipping="note")) == Policy(
        over_receipt="note", unknown_serial_at_shipping="note", sample_percent=50
    )
    assert over(ASKED, b"") == ASKED


def test_an_explicit_word_counts_also_where_it_is_the_usual_one() -> None:
    assert over(ASKED, record(over_receipt="stop")).over_receipt == "stop"
    assert over(Policy(), record(overridable=[])).overridable == ()
    assert named(record(over_receipt="stop", overridable=[])) == ("over_receipt", "overridable")


def test_a_site_that_was_made_without_a_file_states_what_is_unusual() -> None:
    site = Site(site="HAM", policy=Policy(override_role="foreman"))
    assert stated(site) == {"override_role": "foreman"}


def test_a_newer_servers_policy_is_no_fault() -> None:
    assert over(Policy(), b'{"over_receipt":"note","teleport":true}') == Policy(over_receipt="note")


def test_what_load_fills_in_is_no_field_of_a_file() -> None:
    with pytest.raises(SiteError, match="stated_policy"):
        load(b'{"site":"HAM","stated_policy":[]}')
