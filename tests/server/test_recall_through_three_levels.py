"""A recall of one supplier's lot, from the scan that built it in to the finished pump, past every near miss."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scanner_app.cli import main
from tests.server.fleet import Office, site_file

ITEMS = [{"item": "ROTOR"}, {"item": "FAN"}, {"item": "MOTOR"}, {"item": "PUMP"}]
STOCK = [
    {"item": "ROTOR", "serial": "R-1", "lot": "L7", "supplier": "ACME"},
    {"item": "ROTOR", "serial": "R-2", "lot": "L7", "supplier": "ACME"},
    {"item": "ROTOR", "serial": "R-3", "lot": "L7", "supplier": "ACME"},  # never built in
    {
        "item": "ROTOR",
        "serial": "R-4",
        "lot": "L7",
        "supplier": "OTHER",
    },  # another supplier's lot of that name
    {"item": "ROTOR", "serial": "R-5", "lot": "L8", "supplier": "ACME"},  # another lot
    {"item": "FAN", "serial": "R-1", "lot": "L9", "supplier": "ACME"},  # the same serial under another item
]


def orders() -> list[dict[str, Any]]:
    bill = {
        "MOTOR": [{"item": "ROTOR", "position": "1", "alternates": ["FAN"]}],
        "PUMP": [{"item": "MOTOR", "position": "1"}],
        "SKID": [{"item": "PUMP", "position": "1"}],
    }
    built = [
        {
            "type": "work_order",
            "number": f"WO-{item}",
            "product": item,
            "bom": bom,
            "lines": [{"item": item, "quantity": 5}],
        }
        for item, bom in bill.items()
    ]
    sold = {
        "type": "sales_order",
        "number": "SO-1",
        "party": "NORTH",
        "lines": [{"item": "SKID", "quantity": 5}],
    }
    return [*built, sold]


STORY = """
# Five motors: two with the lot, one whose rotor is changed for a sound one, one of another supplier, one with a fan.
workflow production
scan WO-MOTOR
burst MOTOR | M-1
burst ROTOR | R-1
expect installed
burst MOTOR | M-2
burst ROTOR | R-2
expect installed
command remove
burst ROTOR | R-2
expect removed
burst ROTOR | R-5
expect installed
burst MOTOR | M-3
burst ROTOR | R-4
expect installed
burst MOTOR | M-4
burst FAN | R-1
expect confirm_required
command confirm
expect substitution_confirmed
workflow production
command back
command back
workflow production
scan WO-PUMP
burst PUMP | P-1
burst MOTOR | M-1
expect installed
burst PUMP | P-2
burst MOTOR | M-2
expect installed
burst PUMP | P-3
burst MOTOR | M-3
expect installed
burst PUMP | P-4
burst MOTOR | M-4
expect installed
workflow production
command back
command back
workflow production
scan WO-SKID
burst SKID | S-1
burst PUMP | P-1
expect installed
burst SKID | S-2
burst PUMP | P-2
expect installed
workflow shipping
scan SO-1
burst SKID | S-1
expect shipped
burst SKID | S-2
expect shipped
"""

WAY = ["ROTOR/R-1", "MOTOR/M-1", "PUMP/P-1"]
AFFECTED = {
    "ROTOR/R-1": [],
    "MOTOR/M-1": WAY[:1],
    "PUMP/P-1": WAY[:2],
    "SKID/S-1": WAY,
    "ROTOR/R-2": [],  # it came out again: itself, and nothing that it was in
    "ROTOR/R-3": [],
}


def asked(capsys: pytest.CaptureFixture[str], *question: str) -> Any:
    capsys.readouterr()
    assert main(["recall", "--json", *question]) == 0
    return json.loads(capsys.readouterr().out)


def names(found: Any) -> dict[str, list[str]]:
    return {f"{one['item']}/{one['serial']}": one["via"] for one in found["affected"]}


def test_exactly_the_finished_units_that_hold_it(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = site_file(
        operators=[],
        items=[*ITEMS, {"item": "SKID"}],
        parties=[{"party": "ACME", "role": "supplier"}, {"party": "OTHER", "role": "supplier"},
                 {"party": "NORTH", "role": "customer"}],
        units=STOCK,
        documents=orders(),
    )  # fmt: skip
    office.load(site)
    (tmp_path / "story.txt").write_text(STORY)
    data = str(tmp_path / "data")
    url, token = office.running.url, office.running.office_token
    for call in (
        ["enroll", "--server", url, "--code", office.code(site="HAM"), "--data", data],
        ["sync", "--data", data],
        ["replay", str(tmp_path / "story.txt"), "--json", "--data", data],
    ):
        assert main(call) == 0, capsys.readouterr()
    # A script's clock begins before the books were opened, so whose lot it was is told here by the handheld alone.
    found = asked(capsys, "--lot", "L7", "--supplier", "ACME", "--data", data)
    assert names(found) == AFFECTED
    assert found["by_customer"] == {"NORTH": 1}
    assert [one["serial"] for one in found["affected"] if one["status"] == "shipped"] == ["S-1"]
    assert main(["sync", "--data", data]) == 0
    office.settle()
    for where in (("--data", data), ("--server", url, "--token", token)):
        assert names(asked(capsys, "--component", "ROTOR/R-1", *where)).keys() == {*WAY, "SKID/S-1"}
        assert names(asked(capsys, "--component", "ROTOR/R-2", *where)).keys() == {"ROTOR/R-2"}
        assert names(asked(capsys, "--component", "FAN/R-1", *where)).keys() == {
            "FAN/R-1",
            "MOTOR/M-4",
            "PUMP/P-4",
        }
        ranged = asked(capsys, "--item", "ROTOR", "--from", "R-4", "--to", "R-5", *where)
        assert {"PUMP/P-3", "SKID/S-2"} < names(ranged).keys()
        assert not {"SKID/S-1", "PUMP/P-4"} & names(ranged).keys()
