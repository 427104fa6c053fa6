"""``scanner read --json`` from the outside: one answer a line, in order, whatever the line is."""

from __future__ import annotations

import json

import pytest

from tests.scanner_app.scanner_process import scanner

GIVEN: list[tuple[object, dict[str, object]]] = [
    (
        {"id": "gs1", "raw": "01095212345432131728013110L-1\x1d21SN-1", "symbology_id": "]C1"},
        {"ok": True, "kind": "unit", "gtin": "09521234543213", "serial": "SN-1", "lot": "L-1", "expiry": "2028-01-31"},
    ),
    ({"id": 2, "raw": "]C10109521234543213"}, {"ok": True, "kind": "item", "gtin": "09521234543213"}),
    ({"id": None, "raw": "5901234123457"}, {"ok": True, "kind": "item", "gtin": "05901234123457"}),
    ({"id": 4, "raw": "5901234123450"}, {"ok": False}),
    ({"id": 5, "raw": "0109521234543210", "symbology_id": "]C1"}, {"ok": False, "layer": "content"}),
    ({"id": 6, "raw": "99999", "symbology_id": "]C1"}, {"ok": True}),
    ({"id": 7, "raw": "%CMD:UNDO"}, {"ok": True, "kind": "command", "command": "undo"}),
    ({"id": 8, "raw": "hello"}, {"ok": True, "kind": "text", "text": "hello"}),
    ({"id": 9, "raw": "hello", "want": ["item"]}, {"ok": False, "error": "it is no item"}),
    ({"id": 10, "raw": "5901234123457", "want": ["item", "container"]}, {"ok": True, "kind": "item"}),
    (
        {"id": 11, "raw": "21SN-1", "symbology_id": "]C1", "profile": "x"},
        {"ok": False, "serial": "SN-1", "layer": "association"},
    ),
    ({"id": 12}, {"ok": False}),
    ({"id": 13, "raw": 5, "symbology_id": [], "want": "item"}, {"ok": False}),
    ({"id": 14, "raw": "\ud800"}, {}),
    ({"id": 15, "raw": "x" * 9000}, {"ok": False}),
    ({"id": [1], "raw": "[/]"}, {"ok": True, "kind": "text"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def answers() -> list[dict[str, object]]:
    lines = [json.dumps(record) for record, _ in GIVEN]
    lines += [
        "plain text",
        "",
        '["no", "object"]',
        '{"raw": "torn',
        '  {"id": 20, "raw": "]C10109521234543213"}  ',
        "5",
    ]
    ended = scanner("read", "--json", "--today", "2026-11-23", given="\n".join(lines) + "\n")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.isascii()
    return ended.rows


def test_there_is_one_answer_a_line(answers: list[dict[str, object]]) -> None:
    assert len(answers) == len(GIVEN) + 6
    for answer in answers:
        assert answer.keys() >= {"id", "ok", "kind", "elements", "readings", "error", "layer", "warn"}
        assert isinstance(answer["ok"], bool)
        assert answer["ok"] == (answer["error"] is None)
        assert isinstance(answer["warn"], list)
        assert answer["readings"]


@pytest.mark.parametrize("place", range(len(GIVEN)))
def test_the_answer_is_in_its_place(place: int, answers: list[dict[str, object]]) -> None:
    record, expected = GIVEN[place]
    assert isinstance(record, dict)
    assert answers[place]["id"] == record["id"]
    assert {name: answers[place].get(name) for name in expected} == expected


def test_a_line_that_is_no_object_is_plain_text(answers: list[dict[str, object]]) -> None:
    text, empty, array, torn, padded, number = answers[len(GIVEN) :]
    assert (text["kind"], text["text"], text["id"]) == ("text", "plain text", None)
    assert empty["ok"] is False
    assert array["text"] == '["no", "object"]'
    assert torn["text"] == '{"raw": "torn'
    assert (padded["id"], padded["gtin"]) == (20, "09521234543213")
    assert number["text"] == "5"


def test_bytes_that_are_no_text_are_an_answer_too() -> None:
    ended = scanner("read", "--json", given=b"SN-\xff\n\x00\nlast without an end")
    assert ended.code == 0
    assert [row["ok"] for row in ended.rows] == [False, False, True]


def test_without_json_it_is_for_people() -> None:
    ended = scanner("read", given="\x1b[2J\n]C10109521234543213\n")
    assert ended.code == 0
    assert "\x1b" not in ended.out


def test_there_is_one_answer_a_line_however_long_it_is() -> None:
    long = json.dumps({"id": 1, "raw": "9" * 200_000})
    ended = scanner("read", "--json", given=f"{long}\nSN-1\n{'x' * 65_536}\nSN-2\n{'x' * 65_535}\nSN-3")
    assert [(row["ok"], row.get("text")) for row in ended.rows[1::2]] == [
        (True, "SN-1"),
        (True, "SN-2"),
        (True, "SN-3"),
    ]
    assert [row["ok"] for row in ended.rows[0::2]] == [False] * 3


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity"])
def test_every_answer_is_json_that_any_reader_takes(number: str) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    ended = scanner("read", "--json", given=f'{{"id": {number}, "raw": "SN-1"}}\n')
    row = json.loads(ended.out, parse_constant=refuse)
    assert (row["id"], row["text"]) == (None, f'{{"id": {number}, "raw": "SN-1"}}')
