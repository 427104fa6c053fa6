"""The sample shift can happen: what it receives is new, what it ships is there, and enough is accepted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import pytest

from scanner_app.label_goods import goods_by_document
from scanner_app.labels import GS1_128
from scanner_app.sample import company, shift
from scanner_app.sample.script import escaped
from tracking.catalogue.codes import LEVELS
from tracking.site import Site

TODAY = date(2026, 11, 23)
VERBS = {"scan", "burst", "command", "workflow", "operator", "wait", "offline", "online", "crash", "expect"}


@pytest.fixture(scope="module")
def ham() -> Site:
    return company(TODAY).site("HAM")


@pytest.fixture(scope="module")
def lines(ham: Site) -> list[str]:
    return [line for line in shift(ham).splitlines() if line and not line.startswith("#")]


def answers(lines: list[str]) -> Iterator[tuple[str, set[str]]]:
    """Each input with the codes expected of it; an empty set where nothing is."""
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if not line.startswith("expect "):
            yield line, set(after[7:].split("|")) if after.startswith("expect ") else set()


def serial_in(line: str) -> str:
    text = line.removeprefix("scan ").removeprefix("burst ").split(" | ")[0]
    return re.split(r"(?:\\x1d|^]C1(?:01\d{14})?)21", text)[-1]


def test_every_line_is_one_that_a_replay_knows(lines: list[str]) -> None:
    assert {line.split()[0] for line in lines} == VERBS
    codes = {code for line in lines if line.startswith("expect ") for code in line[7:].split("|")}
    assert codes <= set(LEVELS)
    assert all(line.isascii() and line.isprintable() for line in lines)


def test_a_script_line_carries_any_character() -> None:
    assert escaped("A\\x41\x1dB\r") == r"A\\x41\x1dB\x0d"


def test_an_expectation_never_follows_another(lines: list[str]) -> None:
    assert not [line for line, after in pairwise(lines) if line[:6] == after[:6] == "expect"]


def test_at_least_230_scans_are_expected_to_be_accepted(lines: list[str]) -> None:
    accepted = [
        line
        for line, codes in answers(lines)
        if line.startswith(("scan ", "burst "))
        and codes
        and all(LEVELS[code] in {"ok", "note"} for code in codes)
    ]
    assert len(accepted) >= 230


def test_every_stop_is_acknowledged_at_once(lines: list[str]) -> None:
    inputs = [line for line, _ in answers(lines)]
    stops = [
        n for n, (_, codes) in enumerate(answers(lines)) if any(LEVELS[code] == "stop" for code in codes)
    ]
    assert len(stops) >= 8
    assert all(inputs[n + 1] == "command ack" for n in stops)


def test_the_day_has_everything_that_happens_on_a_day(lines: list[str]) -> None:
    wanted = {
        "held",
        "stolen",
        "already_shipped",
        "already_received",
        "expired",
        "repeat",
        "undone",
        "hold_placed",
    }
    expected = {code for _, codes in answers(lines) for code in codes}
    assert wanted <= expected
    count = Counter(line.split()[0] for line in lines)
    assert count["crash"] == 1
    assert count["offline"] == count["online"] == 2
    assert count["burst"] >= 3


def test_what_is_received_is_what_was_ordered_and_comes_in_once(ham: Site, lines: list[str]) -> None:
    goods = goods_by_document(ham, TODAY)
    inbound = [doc.number for doc in ham.documents if doc.type in {"purchase_order", "asn"}]
    scanned = " ".join(line for line in lines if line.startswith(("scan", "burst")))
    came = [
        one
        for number in inbound
        for one in goods[number]
        if one.serial and re.search(rf"{one.serial}\b", scanned)
    ]
    assert len(came) == sum(1 for number in inbound for one in goods[number] if one.serial) - 6
    again = 1  # the scan that was taken back
    assert sum(codes == {"received"} for _, codes in answers(lines)) == len(came) + again


def test_what_is_shipped_is_sound_stock_on_its_order(ham: Site, lines: list[str]) -> None:
    goods = goods_by_document(ham, TODAY)
    orders = {doc.number: doc for doc in ham.documents if doc.type == "sales_order"}
    units = {(unit.item, unit.serial): unit for unit in ham.units}
    shipped = Counter(serial_in(line) for line, codes in answers(lines) if "shipped" in codes)
    picked = [one for number in orders for one in goods[number] if one.serial]
    assert shipped == Counter(one.serial for one in picked)
    assert max(shipped.values()) == 1
    for number, order in orders.items():
        assert Counter({line.item: line.quantity for line in order.lines}) == sum(
            (Counter({one.item: one.quantity}) for one in goods[number]), Counter[str]()
        )
    for one in picked:
        unit = units[one.item, one.serial]
        assert unit.status in {"received", "produced"}
        assert not unit.flags
        assert not unit.expiry or unit.expiry >= TODAY.isoformat()


def test_the_things_that_must_not_leave_are_what_they_are_said_to_be(ham: Site, lines: list[str]) -> None:
    units = {(unit.item, unit.serial): unit for unit in ham.units}
    gtins = {gtin: item.item for item in ham.items for gtin in item.gtins}
    for line, codes in answers(lines):
        for code in codes & {"held", "stolen", "already_shipped", "expired"}:
            text = line.removeprefix(f"scan {GS1_128}01")
            unit = units[gtins[text[:14]], text[16:]]
            if code in {"held", "stolen"}:
                assert unit.flags == (code,)
            else:
                assert not unit.flags
                assert unit.status == ("shipped" if code == "already_shipped" else "received")


def test_the_same_day_gives_the_same_shift(ham: Site) -> None:
    assert shift(ham) == shift(company(TODAY).site("HAM"))


@pytest.mark.parametrize("day", [date(2027, 2, 28), date(2028, 2, 29), date(2031, 12, 31)])
def test_a_shift_can_be_played_on_any_day(day: date) -> None:
    assert shift(company(day).site("HAM")).count("expect received") >= 180


def test_a_site_file_without_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="today"):
        shift(Site(site="HAM"))
