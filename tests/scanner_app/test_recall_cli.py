"""``scanner trace`` and ``scanner recall`` over what a replayed shift left, from the outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.scanner_app.scanner_process import SITES, scanner

ASSEMBLY = str(SITES / "assembly.json")

BUILT = """workflow production
scan WO-2
scan G-0001
scan M7-00001
expect installed
scan SCREW-M4
command quantity 2
expect quantity_recorded
"""
SWAPPED = """command remove
scan M7-00001
expect removed
"""


def play(folder: Path, script: str) -> Path:
    (folder / "script.txt").write_text(script)
    data = folder / "data"
    ended = scanner("replay", "--site", ASSEMBLY, "script.txt", "--json", "--data", str(data), folder=folder)
    assert ended.code == 0, (ended.out[-3000:], ended.err)
    return data


def more(folder: Path, script: str) -> None:
    (folder / "more.txt").write_text(script)
    ended = scanner("replay", "more.txt", "--json", "--data", str(folder / "data"), folder=folder)
    assert ended.code == 0, (ended.out[-3000:], ended.err)


def asked(data: Path, *arguments: str) -> Any:
    ended = scanner(*arguments, "--json", "--data", str(data))
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def names(found: Any) -> dict[str, list[str]]:
    return {f"{one['item']}/{one['serial']}": one["via"] for one in found["affected"]}


def test_a_part_goes_in_comes_out_and_is_taken_back(tmp_path: Path) -> None:
    data = play(tmp_path, BUILT)
    (gear,) = asked(data, "trace", "G-0001")["units"]
    assert [(one["item"], one["serial"], one["lot"], one["quantity"]) for one in gear["contains"]] == [
        ("MOTOR-7", "M7-00001", "L-7", 1),
        ("SCREW-M4", "", "", 2),
    ]
    assert gear["warranty"] == {"until": None, "in_warranty": False}
    assert gear["installed_in"] is None
    (motor,) = asked(data, "trace", "M7-00001")["units"]
    assert motor["installed_in"] == {"item": "GEAR-500", "serial": "G-0001"}
    assert (motor["supplier"], motor["lot"], motor["customer"]) == ("ACME", "L-7", "")
    assert {"at", "device", "operator", "step", "document", "evidence", "event_id"} <= motor["history"][
        0
    ].keys()
    lot = ("recall", "--lot", "L-7", "--supplier", "ACME")
    parts: dict[str, list[str]] = {"MOTOR-7/M7-00001": [], "MOTOR-7/M7-00002": []}
    holding = {**parts, "GEAR-500/G-0001": ["MOTOR-7/M7-00001"]}
    assert names(asked(data, *lot)) == holding
    more(tmp_path, SWAPPED)
    assert [one["item"] for one in asked(data, "trace", "G-0001")["units"][0]["contains"]] == ["SCREW-M4"]
    assert names(asked(data, *lot)) == parts
    assert asked(data, "trace", "M7-00001")["units"][0]["installed_in"] is None
    more(tmp_path, "command undo\n")
    assert names(asked(data, *lot)) == holding


def test_near_misses_and_what_is_not_known(tmp_path: Path) -> None:
    data = play(tmp_path, "workflow look_up\nscan M7-00007\n")
    found = asked(data, "recall", "--component", "MOTOR-7/M7-00007")
    assert names(found) == {"GEAR-500/G-0900": ["MOTOR-7/M7-00007"], "MOTOR-7/M7-00007": []}
    assert found["by_status"] == {"consumed": 1, "produced": 1}
    ranged = asked(data, "recall", "--item", "MOTOR-7", "--from", "M7-00007", "--to", "M7-00009")
    assert len(ranged["affected"]) == 4
    assert ranged["by_customer"] == {"NORTH": 1}
    for question in (["--lot", "L-9"], ["--lot", "L-7", "--supplier", "NORTH"], ["--component", "VALVE-9/M7-00007"],
                     ["--item", "MOTOR-7", "--from", "X1", "--to", "X2"]):  # fmt: skip
        ended = scanner("recall", *question, "--json", "--data", str(data))
        assert (ended.code, ended.rows) == (1, [{"affected": [], "by_status": {}, "by_customer": {}}])
        assert ended.err.count("\n") == 1
        assert "is known" in ended.err
    assert scanner("trace", "NOBODY", "--data", str(data)).code == 1


def test_parts_by_quantity_of_a_lot(tmp_path: Path) -> None:
    into = "workflow production\nscan WO-1\nscan G-0001\nscan SEAL-KIT\n"
    data = play(tmp_path, into + "scan 26-7\n")
    (gear,) = asked(data, "trace", "G-0001")["units"]
    assert [(one["item"], one["lot"], one["quantity"]) for one in gear["contains"]] == [
        ("SEAL-KIT", "26-7", 1)
    ]
    assert names(asked(data, "recall", "--lot", "26-7")) == {"GEAR-500/G-0001": ["SEAL-KIT/lot 26-7"]}
