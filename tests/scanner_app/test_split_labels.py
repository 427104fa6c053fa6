"""A label whose GS1 codes stand apart: each waits for the others, in any order, one by one or as a burst."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SITE = {
    "site": "HAM",
    "timezone": "Europe/Berlin",
    "today": "2026-11-23",
    "items": [
        {
            "item": "PUMP-100",
            "gtins": ["09521234543213"],
            "tracking": "serial",
            "serial_pattern": "^SN-\\d{6}$",
            "requires": ["lot", "expiry"],
        }
    ],
    "operators": [{"badge": "OP-7", "name": "", "roles": ["operator"], "pin": ""}],
    "parties": [{"party": "ACME", "name": "", "role": "supplier"}],
    "documents": [
        {
            "type": "purchase_order",
            "number": "PO-4711",
            "party": "ACME",
            "lines": [{"line": 1, "item": "PUMP-100", "quantity": 12}],
        }
    ],
}
CODES = ("]C10109521234543213", "]C121SN-000123", "]C110LOT7", "]C117271130")


def _played(tmp_path: Path, scans: str) -> list[dict[str, Any]]:
    site, script = tmp_path / "site.json", tmp_path / "script.txt"
    site.write_text(json.dumps(SITE))
    script.write_text(f"operator OP-7\nworkflow receiving\nscan PO-4711\n{scans}\n")
    ran = subprocess.run(
        [sys.executable, "-m", "scanner_app", "replay", "--site", str(site), str(script), "--json"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


ORDERS = list(itertools.permutations(CODES))[::5]


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("codes", ORDERS, ids=[" ".join(code[3:5] for code in order) for order in ORDERS])
def test_the_codes_of_one_label_end_in_one_receipt(
    tmp_path: Path, codes: tuple[str, ...], *, together: bool
) -> None:
    scans = "burst " + " | ".join(codes) if together else "\n".join(f"scan {code}" for code in codes)
    *rows, summary = _played(tmp_path, scans)
    events = [event for row in rows for event in row["events"]]
    assert len(events) == 1, rows
    [received] = [row for row in rows if row["code"] == "received"]
    assert received["unit"] == {"item": "PUMP-100", "serial": "SN-000123"}
    assert "LOT7" in received["message"]
    assert "2027-11-30" in received["message"]
    assert summary["summary"]["stop"] == 0


def test_a_code_that_is_wrong_in_itself_never_waits(tmp_path: Path) -> None:
    row = _played(tmp_path, "scan ]C121SN 000123")[3]
    assert (row["verdict"], row["code"]) == ("stop", "unreadable")
    assert [event["step"] for event in row["events"]] == ["sighting"]
