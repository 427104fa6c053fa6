"""The site file: sensible defaults, and nothing registered that a command card or a badge could be taken for."""

from __future__ import annotations

import json

import pytest

from tracking.site import NAME_CHARS_MAX, Site, SiteError, load, refuse_code, refuse_name


def _site(**fields: object) -> Site:
    return load(json.dumps({"site": "HAM", **fields}).encode())


def test_only_the_site_is_needed() -> None:
    site = _site()
    assert (site.timezone, site.items, site.policy.over_receipt) == ("UTC", (), "stop")
    assert site.policy.complete_on_last_scan
    assert site.policy.unknown_serial_at_shipping == "stop"


def test_lines_are_numbered_by_their_place_and_count_what_they_name() -> None:
    (document,) = _site(documents=[{"type": "asn", "number": "N-1", "lines": [
        {"item": "A"}, {"item": "B", "serials": ["1", "2", "3"]}, {"item": "C", "quantity": 0},
        {"item": "D", "quantity": 5, "serials": ["4"]}]}]).documents  # fmt: skip
    assert [line.line for line in document.lines] == [1, 2, 3, 4]
    assert [line.quantity for line in document.lines] == [1, 3, 0, 5]
    assert document.total == 9
    assert document.site == "HAM"
    assert document.names_serials


def test_the_same_serial_under_two_items_is_two_units() -> None:
    units = [{"item": item, "serial": "SN-1"} for item in ("A", "B")]
    assert len(_site(units=units).units) == 2
    with pytest.raises(SiteError, match="listed twice"):
        _site(units=[units[0], units[0]])


def test_case_and_leading_zeros_are_part_of_a_serial() -> None:
    serials = ["0007", "7", "ab", "AB"]
    assert len(_site(units=[{"item": "A", "serial": serial} for serial in serials]).units) == 4


@pytest.mark.parametrize(
    "text", ["", " SN", "SN ", "%CMD:UNDO", "%cmd:undo", "SN\x1b", "SN\x9b", "x" * (NAME_CHARS_MAX + 1)]
)
def test_names_that_nobody_may_register(text: str) -> None:
    assert refuse_name(text)
    with pytest.raises(SiteError):
        _site(units=[{"item": "A", "serial": text}])


@pytest.mark.parametrize(
    "text", ["0", "a b", "%CMD", "CMD:UNDO", "Größe-7", "x" * NAME_CHARS_MAX, "'; DROP TABLE unit --"]
)
def test_names_that_are_odd_and_fine(text: str) -> None:
    assert refuse_name(text) == ""


@pytest.mark.parametrize(
    "text", ["Größe-7", "\uff11\uff12", "SN\u200b1", "]C1SN-1", "]E0%CMD:UNDO", "SN\u00a0"]
)
def test_codes_that_would_not_come_back_as_they_were(text: str) -> None:
    assert refuse_code(text)
    for file in (
        {"items": [{"item": text}]},
        {"operators": [{"badge": text}]},
        {"documents": [{"type": "asn", "number": text}]},
        {"documents": [{"type": "asn", "number": "A", "lines": [{"item": "A", "serials": [text]}]}]},
        {"documents": [{"type": "asn", "number": "A", "lines": [{"item": "A", "lot": text}]}]},
        {"units": [{"item": "A", "serial": text}]},
        {"units": [{"item": "A", "serial": "1", "lot": text}]},
    ):
        with pytest.raises(SiteError):
            _site(**file)


def test_a_badge_is_nothing_else_in_any_case() -> None:
    for file in (
        {"items": [{"item": "op-7"}]},
        {"locations": [{"location": "OP-7"}]},
        {"documents": [{"type": "asn", "number": "Op-7"}]},
        {"documents": [{"type": "asn", "number": "A", "lines": [{"item": "A", "serials": ["OP-7"]}]}]},
        {"documents": [{"type": "asn", "number": "A", "lines": [{"item": "A", "lot": "OP-7"}]}]},
        {"units": [{"item": "A", "serial": "op-7"}]},
        {"units": [{"item": "A", "serial": "1", "lot": "OP-7"}]},
    ):
        assert _site(**file).site == "HAM"
        with pytest.raises(SiteError, match="is also a badge"):
            _site(**file, operators=[{"badge": "OP-7"}])


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"site":"H","items":[{}]}', b"[" * 100_000])
def test_what_cannot_be_read_is_one_error(data: bytes) -> None:
    with pytest.raises(SiteError) as caught:
        load(data, "ham.json")
    assert str(caught.value).startswith("ham.json")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("pin", "policy", "good"),
    [
        ("", {}, True),
        ("123", {}, False),
        ("1234", {}, True),
        ("1234", {"pin_length_min": 6}, False),
        ("123456", {"pin_length_min": 6}, True),
        ("1", {"pin_length_min": 1}, True),
        ("9" * 64, {}, True),
        ("9" * 65, {}, False),
    ],
)
def test_a_pin_is_as_long_as_the_site_wants_and_no_longer_than_is_tried(
    pin: str, policy: dict[str, int], good: bool
) -> None:
    operators = [{"badge": "OP-1", "pin": pin}]
    if good:
        assert _site(operators=operators, policy=policy).operators[0].pin == pin
        return
    with pytest.raises(SiteError, match="badge 'OP-1': its PIN has") as refused:
        _site(operators=operators, policy=policy)
    assert f"'{pin}'" not in str(refused.value), "what it is stands in no message"


@pytest.mark.parametrize("least", [0, -1, 65])
def test_a_length_that_no_pin_can_have_is_refused(least: int) -> None:
    with pytest.raises(SiteError, match="pin_length_min must be from 1 to 64"):
        _site(policy={"pin_length_min": least})


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"numbering": "G-"}, "it has no {seq}"),
        ({"numbering": "{line}{seq:5}"}, "line '' does not fit"),
        ({"numbering": "{site:2}{seq:5}"}, "site 'HAM' does not fit"),
        ({"numbering": "G-{seq:5}", "serial_pattern": "^G-\\d{4}$"}, "do not fit its serial_pattern"),
        ({"numbering": "G-{seq:5}", "tracking": "lot"}, "is for items with serial numbers only"),
        ({"numbering": "{seq:6}", "check": "damm", "check_policy": "block"}, "which its check damm refuses"),
    ],
)
def test_a_template_that_cannot_number_its_item_says_why(fields: dict[str, str], why: str) -> None:
    with pytest.raises(SiteError, match="item GEAR-500: numbering ") as refused:
        load(json.dumps({"site": "HAM", "items": [{"item": "GEAR-500"} | fields]}).encode())
    assert why in str(refused.value)


def test_a_template_that_fits_is_taken() -> None:
    fields = {
        "numbering": "{site:3}{seq:6}{check}",
        "serial_pattern": "^HAM\\d{6}[0-9A-Z]$",
        "check": "mod37_36",
        "check_policy": "block",
    }
    site = load(json.dumps({"site": "HAM", "items": [{"item": "GEAR-500"} | fields]}).encode())
    assert site.items[0].numbering == "{site:3}{seq:6}{check}"
