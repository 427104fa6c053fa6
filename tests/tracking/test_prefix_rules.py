"""Prefix rules: the first that fits decides, lists that cannot work are refused, overlaps are told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.prefix_rules import PrefixRule, fitting, overlaps, problem
from tracking.site import SiteError, load

RULES = (
    PrefixRule(prefix="1PX", kind="ignore"),
    PrefixRule(prefix="1P", kind="item", strip=True),
    PrefixRule(prefix="L", kind="lot", strip=True, chars=7),
)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("1PX12", [(1, "1PX12"), (2, "X12")]),
        ("1PA", [(2, "A")]),
        ("1P", []),  # nothing is left of it
        ("L123456", [(3, "123456")]),
        ("L12345", []),
        ("l123456", []),
        ("", []),
    ],
)
def test_which_rules_fit_in_their_order(text: str, fits: list[tuple[int, str]]) -> None:
    assert [(found.number, found.value) for found in fitting(text, RULES)] == fits


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ([PrefixRule(prefix="", kind="lot")], "1 to 40 characters"),
        ([PrefixRule(prefix="x" * 41, kind="lot")], "1 to 40 characters"),
        ([PrefixRule(prefix="A B", kind="lot")], "printable ASCII"),
        ([PrefixRule(prefix="Ä", kind="lot")], "printable ASCII"),
        ([PrefixRule(prefix="%", kind="lot")], "are commands"),
        ([PrefixRule(prefix="%cmd:UN", kind="lot")], "are commands"),
        ([PrefixRule(prefix="AB", kind="lot", chars=2)], "not longer than the prefix"),
        ([PrefixRule(prefix="AB", kind="lot", chars=201)], "above 200"),
        ([PrefixRule(prefix=f"A{number}", kind="lot") for number in range(201)], "200 are the most"),
    ],
)
def test_rules_that_cannot_be_taken(rules: list[PrefixRule], says: str) -> None:
    assert says in problem(rules)
    written = [{"prefix": rule.prefix, "kind": rule.kind, "chars": rule.chars} for rule in rules]
    with pytest.raises(SiteError, match=r"ham\.json: .*prefix rule"):
        load(json.dumps({"site": "HAM", "prefix_rules": written}).encode(), "ham.json")


def test_a_kind_that_nobody_knows_is_named() -> None:
    with pytest.raises(SiteError, match="prefix_rules"):
        load(b'{"site": "HAM", "prefix_rules": [{"prefix": "A", "kind": "colour"}]}')


def test_a_file_without_rules_says_nothing_about_them() -> None:
    assert load(b'{"site": "HAM"}').prefix_rules is None
    assert load(b'{"site": "HAM", "prefix_rules": []}').prefix_rules == ()


def _never(*rules: PrefixRule) -> list[int]:
    return [overlap.number for overlap in overlaps(rules) if overlap.never]


def test_a_rule_behind_a_shorter_prefix_never_fires() -> None:
    short, long = PrefixRule(prefix="1P", kind="item"), PrefixRule(prefix="1PX", kind="lot")
    assert _never(short, long) == [2]
    assert _never(long, short) == []
    assert [overlap.number for overlap in overlaps((long, short))] == [2]
    assert _never(short, short) == [2]


def test_lengths_keep_rules_apart() -> None:
    seven = PrefixRule(prefix="L", kind="lot", chars=7)
    eight = PrefixRule(prefix="L", kind="unit", chars=8)
    assert overlaps((seven, eight)) == ()
    assert _never(seven, PrefixRule(prefix="L", kind="unit")) == []
    assert _never(PrefixRule(prefix="L", kind="unit"), seven) == [2]


@given(
    st.lists(
        st.builds(
            PrefixRule,
            prefix=st.text("AB", min_size=1, max_size=3),
            kind=st.just("lot"),
            chars=st.sampled_from([0, 4]),
        ),
        max_size=4,
    ),
    st.text("AB", min_size=1, max_size=4),
)
def test_what_never_fires_never_fires(rules: list[PrefixRule], text: str) -> None:
    first = next(fitting(text, rules), None)
    if first is not None:
        assert first.number not in _never(*rules)


def test_what_decides_before_a_rule_is_told() -> None:
    rules = (PrefixRule(prefix="SN", kind="lot"), PrefixRule(prefix="]C", kind="lot"))
    patterns = [("PUMP", "^SN-\\d{6}$"), ("CAM", "^[0-9A-F]{12}$"), ("EITHER", "SNA|B"), ("S?", "S?N.*")]
    found = overlaps(rules, patterns, ["SN-ITEM", "MOTOR"])
    assert [(overlap.number, overlap.never) for overlap in found] == [(1, False), (1, False), (2, False)]
    assert "serial numbers of PUMP" in found[0].why
    assert "SN-ITEM begins with SN: a known code decides first" in found[1].why
    assert "by its standard" in found[2].why
