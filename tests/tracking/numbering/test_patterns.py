"""Patterns: what is written is read back, what is not of the pattern is told why."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking import check_characters, rules
from tracking.numbering import calendars
from tracking.numbering.errors import NumberingError
from tracking.numbering.patterns import Fields, Misfit, Parsed, compile_pattern
from tracking.site import Item

USUAL = compile_pattern("{site:2}{yy}{ww}{line}{seq:5}{check}")
FIELDS = Fields(site="HA", line="3", product="P10", made=date(2026, 11, 23))


def test_the_usual_pattern() -> None:
    serial = USUAL.format(FIELDS, 42)
    assert serial[:-1] == "HA2648300042"
    assert USUAL.parse(serial) == Parsed(number=42, site="HA", line="3", year=26, week=48)
    assert (USUAL.length, USUAL.capacity, USUAL.item_check) == (13, 100_000, "mod37_36")


@pytest.mark.parametrize(
    ("made", "week"),
    [
        (date(2027, 1, 1), "2653"),
        (date(2027, 1, 3), "2653"),
        (date(2027, 1, 4), "2701"),
        (date(2024, 12, 30), "2501"),
        (date(2023, 1, 1), "2252"),
        (date(2000, 1, 1), "9952"),
    ],
)
def test_beside_a_week_the_year_is_the_iso_year(made: date, week: str) -> None:
    pattern = compile_pattern("{yy}{ww}{seq:3}")
    serial = pattern.format(Fields(made=made), 1)
    assert serial == week + "001"
    parsed = pattern.parse(serial)
    assert isinstance(parsed, Parsed)
    days = calendars.period(parsed.year, parsed.week, parsed.month, parsed.day, date(2026, 11, 23))
    assert days is not None
    assert days[0] <= made <= days[1]


def test_without_a_week_it_is_the_calendars() -> None:
    assert compile_pattern("{yyyy}{mm}{dd}{seq:3}").format(Fields(made=date(2027, 1, 1)), 1) == "20270101001"
    assert compile_pattern("{yy}{seq:3}").format(Fields(made=date(2024, 12, 30)), 1) == "24001"


TEMPLATES = [
    "{site:2}{yy}{ww}{line}{seq:5}{check}",
    "SN-{yyyy}{mm}{dd}-{seq:6}{check}",
    "{product:4}{seq:7:base32}{check:luhn:base32}",
    "{seq:9}{check:damm}",
    "{site:2:digits}{seq:9}{check:verhoeff}",
    "{line:3:letters}.{yy}{mm}.{seq:4}",
    "SN-{seq:8}{check:luhn}",
]


@given(
    st.sampled_from(TEMPLATES),
    st.dates(date(1990, 1, 1), date(2080, 12, 31)),
    st.integers(0, 9999),
    st.text("ABCXYZ", min_size=4, max_size=4),
)
def test_what_is_written_is_read_back(template: str, made: date, number: int, letters: str) -> None:
    product = letters if "base32" not in template else "AB12"
    try:
        pattern = compile_pattern(template)
    except NumberingError:
        pattern = compile_pattern(template.replace("{product:4}", "{product:4:base32}"))
    site = "07" if ":digits" in template else letters[:2]
    line = letters[:3] if "line:3" in template else letters[:1]
    serial = pattern.format(Fields(site=site, line=line, product=product, made=made), number)
    assert len(serial) == pattern.length
    assert re.fullmatch(pattern.regex, serial)
    parsed = pattern.parse(serial)
    assert isinstance(parsed, Parsed)
    assert parsed.number == number
    assert parsed.week in {-1, made.isocalendar().week}
    assert parsed.month in {-1, made.month}
    assert parsed.day in {-1, made.day}
    item = Item(item="X", serial_pattern=pattern.regex, check=pattern.item_check, check_policy="block")  # type: ignore[arg-type]
    assert rules.fits_pattern(item, serial)
    assert check_characters.fault(item.check, serial) == ""


@given(st.sampled_from(TEMPLATES), st.text(max_size=30))
def test_reading_never_raises_and_takes_no_more_than_the_regular_expression(template: str, text: str) -> None:
    pattern = compile_pattern(template.replace("{product:4}", "{product:4:base32}"))
    if isinstance(pattern.parse(text), Parsed):
        assert re.fullmatch(pattern.regex, text, re.ASCII)


@given(st.integers(0, 99_999), st.integers(0, 12), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_one_wrong_character_is_never_read(number: int, place: int, char: str) -> None:
    serial = USUAL.format(FIELDS, number)
    wrong = serial[:place] + char + serial[place + 1 :]
    assert wrong == serial or isinstance(USUAL.parse(wrong), Misfit)


@pytest.mark.parametrize(
    ("template", "text", "reason"),
    [
        ("{seq:3}", "12", "has 2 characters, where 3 are needed"),
        ("SN{seq:3}", "sn123", "has 'sn' at place 1, where 'SN' belongs"),
        (
            "{seq:3}",
            "\uff11\uff12\uff13",
            "has '\\uff11\\uff12\\uff13' at place 1, where {seq} takes 0123456789",
        ),
        ("{yy}{ww}{seq:1}", "26541", "has week 54, and year 26 has no such week"),
        ("{yy}{ww}{seq:1}", "26001", "has week 00, and year 26 has no such week"),
        ("{yy}{ww}{seq:1}", "24531", "has week 53, and year 24 has no such week"),
        ("{yyyy}{ww}{seq:1}", "2025531", "has week 53, and year 2025 has no such week"),
        ("{yy}{mm}{seq:1}", "26131", "has month 13, and there is none"),
        ("{yy}{mm}{dd}{seq:1}", "2602301", "has day 30, and month 02 of year 26 has no such day"),
        ("{yyyy}{seq:1}", "00001", "has the year 0000, which is before 1900"),
        ("{seq:3}{check:damm}", "5725", "ends in 5, and that check character does not fit the rest"),
    ],
)
def test_a_misfit_says_why(template: str, text: str, reason: str) -> None:
    assert compile_pattern(template).parse(text) == Misfit(reason)


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("", "no {seq}"),
        ("SN-1", "no {seq}"),
        ("{seq}{seq:3}", "twice"),
        ("{check}{seq}", "not the last"),
        ("{seq}{check}-A", "not the last"),
        ("{sequence:3}", "is no token"),
        ("{seq:0}", "width"),
        ("{seq:x}", "width"),
        ("{seq:21}", "width"),
        ("{seq:\u0665}", "width"),
        ("{seq:5:letters}", "no alphabet"),
        ("{site:2:greek}{seq}", "no alphabet"),
        ("{seq:5:digits:3}", "colons"),
        ("{yy:2}{seq}", "takes no width"),
        ("{seq:5", "stands alone"),
        ("seq}", "stands alone"),
        ("{ww}{seq}", "comes again every year"),
        ("{mm}{seq}", "comes again every year"),
        ("{yy}{ww}{mm}{seq}", "different years"),
        ("{yy}{yyyy}{seq}", "twice"),
        ("{yy}{dd}{seq}", "says no day"),
        ("{seq}{check:crc}", "no check is called"),
        ("{seq}{check:damm:digits}", "own alphabet"),
        ("{seq}{check:luhn:greek}", "no alphabet"),
        ("{site:2}{seq}{check:damm}", "site:2:digits"),
        ("SN {seq}", "without blanks"),
        ("S\u00dc{seq}", "ASCII"),
        ("SN#{seq}", "AI 21 cannot carry #"),
        ("{product:9}{site:9}{seq:5}", "20 are the most in AI 21"),
        ("%{seq}", "commands"),
        ("%CMD:{seq}", "commands"),
        ("x" * 201, "longer than 200"),
    ],
)
def test_a_template_that_cannot_work_says_why(template: str, why: str) -> None:
    with pytest.raises(NumberingError) as caught:
        compile_pattern(template)
    assert why in str(caught.value)


def test_without_ai_21_more_is_allowed_but_not_everything() -> None:
    pattern = compile_pattern("SN#{product:9}{site:9}{seq:5}", ai_21=False)
    assert (pattern.length, pattern.item_check) == (26, "none")
    for template in ("]C1{seq}", "x" * 44 + "{seq:5}", "SN {seq}"):
        with pytest.raises(NumberingError):
            compile_pattern(template, ai_21=False)


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        (Fields(site="HAM", line="3", made=FIELDS.made), 1),
        (Fields(site="ha", line="3", made=FIELDS.made), 1),
        (Fields(line="3", made=FIELDS.made), 1),
        (Fields(site="HA", line="3"), 1),
        (Fields(site="HA", line="3", made=date(1899, 6, 1)), 1),
        (FIELDS, -1),
        (FIELDS, 100_000),
    ],
)
def test_what_does_not_fit_is_not_written(fields: Fields, number: int) -> None:
    with pytest.raises(NumberingError):
        USUAL.format(fields, number)


@pytest.mark.parametrize(
    ("template", "item_check"),
    [
        ("SN{seq:5}{check}", "mod37_36"),
        ("SN-{seq:5}{check}", "none"),
        ("{seq:5}{check:damm}", "damm"),
        ("{seq:5}{check:luhn}", "luhn"),
        ("{seq:5:base32}{check:luhn:base32}", "none"),
        ("{seq:5}{check:verhoeff}", "none"),
        ("{seq:5}", "none"),
    ],
)
def test_what_an_item_can_check_by_itself(template: str, item_check: str) -> None:
    assert compile_pattern(template).item_check == item_check


def test_a_pattern_says_no_day_where_it_has_none() -> None:
    today = date(2026, 11, 23)
    assert calendars.period(-1, -1, -1, -1, today) is None
    assert calendars.period(26, -1, 2, -1, today) == (date(2026, 2, 1), date(2026, 2, 28))
    assert calendars.period(26, -1, -1, -1, today) == (date(2026, 1, 1), date(2026, 12, 31))
    assert calendars.period(99, -1, 12, 31, today) == (date(1999, 12, 31), date(1999, 12, 31))
    assert calendars.period(25, 53, -1, -1, today) is None
    assert calendars.period(9999, 52, -1, -1, today) is None
