"""``scanner read`` beside a site: why a code means what it means, and which prefix rules get in each other's way."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SITE: dict[str, Any] = {
    "site": "HAM",
    "today": "2026-11-23",
    "items": [
        {"item": "PUMP-100", "gtins": ["09521234543213"], "serial_pattern": "^SN-\\d{6}$"},
        {"item": "1000"},
    ],
    "documents": [
        {"type": "purchase_order", "number": "PO-1", "lines": [{"item": "PUMP-100", "quantity": 3}]}
    ],
    "units": [{"item": "PUMP-100", "serial": "1000"}],
    "prefix_rules": [
        {"prefix": "1P", "kind": "item", "strip": True},
        {"prefix": "1PX", "kind": "ignore"},
        {"prefix": "SN", "kind": "lot"},
    ],
}


def _read(
    tmp_path: Path, *options: str, given: str = "", site: dict[str, Any] = SITE
) -> subprocess.CompletedProcess[str]:
    path = tmp_path / "site.json"
    path.write_text(json.dumps(site))
    return subprocess.run(
        [sys.executable, "-m", "scanner_app", "read", "--site", str(path), *options],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _explained(tmp_path: Path, text: str, *options: str, **record: Any) -> dict[str, Any]:
    given = json.dumps({"raw": text, **record}) + "\n"
    done = _read(tmp_path, "--explain", "--json", *options, given=given)
    assert done.returncode == 0, done.stderr
    row: dict[str, Any] = json.loads(done.stdout)
    assert [step["step"] for step in row["site"]["steps"] if step.get("wins")] == [row["site"]["decided_by"]]
    site: dict[str, Any] = row["site"]
    return site


@pytest.mark.parametrize(
    ("text", "step", "means"),
    [
        ("1PPUMP-100", "prefix rule", {"kind": "label", "item": "PUMP-100"}),
        ("SN-000001", "item's serial pattern", {"kind": "label", "serial": "SN-000001"}),
        ("SN-7", "prefix rule", {"kind": "label", "lot": "SN-7"}),
        ("PUMP-100", "known value", {"kind": "label", "item": "PUMP-100"}),
        ("9521234543213", "known GTIN", {"kind": "label", "item": "PUMP-100"}),
        ("]C10109521234543213", "declared", {"kind": "label", "item": "PUMP-100"}),
        ("%CMD:UNDO", "command", {"kind": "command", "value": "undo"}),
        ("PO-1\r\n", "known value", {"kind": "document", "value": "PO-1"}),
    ],
)
def test_which_step_decided(tmp_path: Path, text: str, step: str, means: dict[str, Any]) -> None:
    told = _explained(tmp_path, text)
    assert (told["decided_by"], told["means"]) == (step, means)


def test_all_rules_that_fit_are_shown_and_the_first_won(tmp_path: Path) -> None:
    told = _explained(tmp_path, "1PX77")
    rules = next(step["rules"] for step in told["steps"] if step["step"] == "prefix rule")
    assert [(rule["rule"], rule["prefix"], rule["value"]) for rule in rules] == [
        (1, "1P", "X77"),
        (2, "1PX", "1PX77"),
    ]
    assert told["means"]["code"] == "unknown_code"
    assert "X77" in told["means"]["why"]


def test_the_prompt_narrows_what_a_code_may_be(tmp_path: Path) -> None:
    assert _explained(tmp_path, "1000")["means"]["code"] == "ambiguous"
    assert _explained(tmp_path, "1000", want=["item"])["means"] == {"kind": "label", "item": "1000"}
    held = _explained(tmp_path, "1000", "--item", "PUMP-100")
    assert (held["decided_by"], held["means"]) == ("prompt", {"kind": "label", "serial": "1000"})


def test_a_handhelds_own_data_explains_alike(tmp_path: Path) -> None:
    (tmp_path / "script").write_text("workflow receiving\n")
    (tmp_path / "site.json").write_text(json.dumps(SITE))
    made = [sys.executable, "-m", "scanner_app", "replay", "--data", str(tmp_path / "data")]
    made += ["--site", str(tmp_path / "site.json"), str(tmp_path / "script")]
    subprocess.run(made, check=True, capture_output=True, timeout=60)
    asked = [sys.executable, "-m", "scanner_app", "read", "--explain", "--data", str(tmp_path / "data")]
    done = subprocess.run(asked, input="1PPUMP-100\n", capture_output=True, text=True, check=True, timeout=60)
    [winner] = [line for line in done.stdout.splitlines() if line.lstrip().startswith(">")]
    assert "prefix rule" in winner
    assert "PUMP-100" in winner


def test_the_report_names_rules_that_get_in_each_others_way(tmp_path: Path) -> None:
    done = _read(tmp_path, "--rules", "--json")
    assert done.returncode == 1
    rules = json.loads(done.stdout)["rules"]
    assert [rule["never"] for rule in rules] == [False, True, False]
    assert "put it before rule 1" in rules[1]["overlaps"][0]["why"]
    assert "serial numbers of PUMP-100" in rules[2]["overlaps"][0]["why"]
    plain = _read(tmp_path, "--rules")
    assert plain.returncode == 1
    assert "never fires" in plain.stdout
    tidy = SITE | {"prefix_rules": SITE["prefix_rules"][:1]}
    assert _read(tmp_path, "--rules", site=tidy).returncode == 0


@pytest.mark.parametrize("option", ["--rules", "--item=A", "--document=A"])
def test_what_needs_a_site_says_so(option: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scanner_app", "read", option],
        input="",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "--site" in done.stderr


def test_a_profile_that_a_handheld_has_learned_is_named_by_its_source(tmp_path: Path) -> None:
    site, script, data = tmp_path / "site.json", tmp_path / "script.txt", tmp_path / "data"
    site.write_text(json.dumps(SITE))
    script.write_text("scan +C191%CMDÖCARDqzZMÜGS*92015öß-?´0Ä0%DRAC\nexpect command\n")
    call = [sys.executable, "-m", "scanner_app"]
    played = [*call, "replay", "--site", str(site), "--data", str(data), str(script), "--json"]
    subprocess.run(played, check=True, capture_output=True, timeout=60)
    record = {"raw": "+C10109521234543213ÜGS*21SNß000042", "profile": "replay"}
    done = subprocess.run(
        [*call, "read", "--data", str(data), "--json"],
        input=json.dumps(record) + "\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    row = json.loads(done.stdout)
    assert (row["ok"], row["serial"], row["warn"]) == (True, "SN-000042", [])
    unknown = _explained(tmp_path, record["raw"], profile="no such scanner")
    assert unknown["decided_by"]
