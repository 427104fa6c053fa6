"""``scanner read``: a line in, a line out, whatever the line is."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from typing import Any

import pytest

from scanner_app.commands.read import LINE_BYTES_MAX, answer
from scanner_app.commands.standards import EXAMPLES, table
from tests import vectors

TODAY = date(2026, 11, 23)


def read(*lines: bytes, options: tuple[str, ...] = ("--json",)) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "scanner_app", "read", *options, "--today", "2026-11-23"],
        input=b"\n".join(lines) + b"\n" if lines else b"",
        capture_output=True,
        check=False,
        timeout=120,
        cwd=vectors.ROOT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().splitlines()


def rows(*lines: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in read(*lines)]


def test_every_line_has_its_answer_in_order_whatever_it_is() -> None:
    given = [
        b'{"id": 7, "raw": "]C10109521234543213", "symbology_id": ""}',
        b"",
        b"SN-000123",
        b'["a", "list"]',
        b'{"id": "broken", "raw": ',
        b"\xff\xfe",
        b"17",
        b'{"id": {"any": [1]}, "raw": 5, "symbology_id": 3, "want": "unit", "profile": 1}',
        b'{"raw": "\\ud800"}',
        b"[" * 50_000,
    ]
    got = rows(*given)
    assert len(got) == len(given)
    assert got[0]["id"] == 7
    assert got[0]["gtin"] == "09521234543213"
    assert (got[1]["ok"], got[1]["kind"]) == (False, "text")
    assert (got[2]["ok"], got[2]["kind"], got[2]["text"]) == (True, "text", "SN-000123")
    assert got[3]["text"] == '["a", "list"]'
    assert got[4]["id"] is None
    assert got[5]["ok"] is False
    assert got[7]["id"] == {"any": [1]}
    for row in got:
        assert {"id", "ok", "kind", "elements", "readings", "error", "layer", "warn"} <= set(row)
        assert row["ok"] is (row["error"] is None)
        assert all(reading["reason"] for reading in row["readings"])


def test_a_line_without_end_is_cut_and_refused() -> None:
    got = rows(b"A" * (LINE_BYTES_MAX * 2 + 5), b"SN-000001")
    assert [row["ok"] for row in got] == [False, True], "one answer a line"


def test_no_input_is_no_output() -> None:
    assert read() == []


def test_a_wrong_day_is_a_sentence_and_exit_2() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scanner_app", "read", "--today", "tomorrow"],
        input=b"",
        capture_output=True,
        check=False,
        timeout=60,
        cwd=vectors.ROOT,
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("raw", "want", "ok", "kind"),
    [
        ("490154203237518", ["imei"], True, "imei"),
        ("49015420323751", ["imei"], True, "imei"),
        ("490154203237519", ["imei"], False, "imei"),
        ("490154203237519", ["text"], True, "text"),
        ("490154203237519", ["text", "imei"], True, "text"),
        ("490154203237519", [], False, "imei"),
        ("3546780926549702", ["imeisv"], True, "imei"),
        ("SN-000123", ["vin"], False, "text"),
        ("9521234543213", ["item", "container"], True, "item"),
        ("9521234543213", ["container"], False, "item"),
        ("12345678901234567", None, True, "text"),
        ("12345678901234567", ["vin"], False, "vin"),
        ("11111111111111111", ["vin"], True, "vin"),
    ],
)
def test_want_narrows_as_a_prompt_does(raw: str, want: list[str] | None, ok: bool, kind: str) -> None:
    row = answer({"id": 1, "raw": raw, "want": want}, TODAY)
    assert (row["ok"], row["kind"]) == (ok, kind)
    assert bool(row["error"]) is not ok


def test_a_profile_says_what_the_device_sends_for_separators() -> None:
    raw = "[)>~30~06~29~1PABC-123~29~SSN1~30~~04~"
    assert not answer({"raw": raw}, TODAY)["ok"]
    row = answer({"raw": raw, "profile": {"gs": "~29~", "rs": "~30~", "eot": "~04~"}}, TODAY)
    assert (row["ok"], row["serial"], row["warn"]) == (True, "SN1", [])


def test_explain_shows_every_reading_with_its_reason() -> None:
    lines = read(b"490154203237518", options=("--explain",))
    assert "imei" in lines[0]
    assert any("text" in line and "plain text" in line for line in lines[1:])
    assert all(line.endswith("]") for line in lines[1:])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.standard)
def test_every_example_of_the_manual_is_sound(example: Any) -> None:
    row = answer({"raw": example.text, "symbology_id": example.symbology_id}, TODAY)
    assert row["ok"], row["error"]
    if example.standard != "Plain text":
        assert row["kind"] != "text"


def test_the_manual_shows_what_the_command_prints() -> None:
    page = vectors.PAGE.read_text(encoding="utf-8")
    assert vectors.section(page, "standards") == "\n".join(table()) + "\n"
    assert read(options=("--standards",)) == list(table())
