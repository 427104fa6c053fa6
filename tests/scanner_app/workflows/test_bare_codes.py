"""Bare numbers on the handheld: the item decides what they are, whatever they look like."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SITE: dict[str, Any] = {
    "site": "HAM",
    "timezone": "Europe/Berlin",
    "today": "2026-11-23",
    "items": [
        {
            "item": "PHONE-1",
            "tracking": "serial",
            "serial_pattern": "^\\d{15}$",
            "check": "imei",
            "check_policy": "block",
        },
        {
            "item": "CAR-1",
            "tracking": "serial",
            "serial_pattern": "^[A-Z0-9]{17}$",
            "check": "vin",
            "check_policy": "block",
        },
        {"item": "ANY-1", "tracking": "serial"},
        {"item": "MODEM-1", "tracking": "serial", "check": "imei", "check_policy": "block"},
        {"item": "16-DIGITS", "tracking": "serial", "serial_pattern": "^\\d{16}$"},
        {"item": "14-DIGITS", "tracking": "serial", "serial_pattern": "^\\d{14}$"},
        {"item": "CAM-1", "tracking": "serial", "serial_pattern": "^[0-9A-F]{12}$"},
        {"item": "BJC5D6E7", "tracking": "serial", "requires": ["lot", "expiry"]},
    ],
    "parties": [{"party": "ACME", "role": "supplier"}],
    "operators": [{"badge": "OP-1", "name": "Ada", "roles": ["operator"]}],
    "documents": [],
}


def codes(tmp_path: Path, item: str, *scans: str) -> list[tuple[str | None, str]]:
    """Verdict code and serial received, for scans at an order for one item."""
    order: dict[str, Any] = {"type": "purchase_order", "number": "PO-1", "party": "ACME"}
    order["lines"] = [{"line": 1, "item": item, "quantity": 9}]
    site = SITE | {"items": [one for one in SITE["items"] if one["item"] == item], "documents": [order]}
    (tmp_path / "site.json").write_text(json.dumps(site))
    lines = ["operator OP-1", "workflow receiving", "scan PO-1"]
    for scan in scans:
        lines += ["wait 3000ms", f"scan {scan}", "command ack"]
    (tmp_path / "script").write_text("\n".join(lines) + "\n")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "scanner_app",
            "replay",
            "--json",
            "--site",
            str(tmp_path / "site.json"),
            str(tmp_path / "script"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    wanted = [row for row in rows if row.get("input", "").startswith("scan ")][1:]
    assert len(wanted) == len(scans)
    return [
        (row["code"], next((e["serial"] for e in row["events"] if e.get("serial")), "")) for row in wanted
    ]


@pytest.mark.parametrize(
    ("item", "scan", "serial"),
    [
        pytest.param("PHONE-1", "490154203237518", "490154203237518", id="IMEI"),
        pytest.param("PHONE-1", "]C0490154203237518", "490154203237518", id="IMEI in Code 128"),
        pytest.param("PHONE-1", "35-290611-114344-4", "352906111143444", id="IMEI in groups"),
        pytest.param("PHONE-1", "IMEI: 352906111143444", "352906111143444", id="IMEI behind its name"),
        pytest.param("PHONE-1", "3546780926549702", "354678092654974", id="IMEISV of that phone"),
        pytest.param(
            "MODEM-1", "IMEI1: 351955087335147", "351955087335147", id="IMEI of an item without pattern"
        ),
        pytest.param("CAR-1", "1M8GDM9AXKP042788", "1M8GDM9AXKP042788", id="VIN"),
        pytest.param("CAR-1", "I1HGCM82633A004352", "1HGCM82633A004352", id="VIN behind data identifier"),
        pytest.param("CAM-1", "9C:9C:E3:CE:B8:8F", "9C9CE3CEB88F", id="address in pairs"),
        pytest.param("ANY-1", "490154203237518", "490154203237518", id="serial that looks like an IMEI"),
        pytest.param("ANY-1", "490154203237519", "490154203237519", id="serial like a wrong IMEI"),
        pytest.param("ANY-1", "1M8GDM9A1KP042788", "1M8GDM9A1KP042788", id="serial like a wrong VIN"),
        pytest.param("ANY-1", "35-290611-114344-4", "35-290611-114344-4", id="serial like a grouped IMEI"),
        pytest.param("ANY-1", "00:00:00:00:00:00", "00:00:00:00:00:00", id="serial like no address"),
        pytest.param("ANY-1", "]C0SN-000123", "SN-000123", id="serial that begins like a data identifier"),
        pytest.param("ANY-1", "]A0S123456789", "S123456789", id="serial in Code 39 that begins with S"),
        pytest.param("16-DIGITS", "3546780926549702", "3546780926549702", id="16 digits stay 16 digits"),
        pytest.param(
            "16-DIGITS", "]A0S3546780926549702", "3546780926549702", id="data identifier before a serial"
        ),
        pytest.param(
            "14-DIGITS", "09521234543213", "09521234543213", id="serial whose check digit fits a GTIN"
        ),
        pytest.param(
            "14-DIGITS", "09521234543214", "09521234543214", id="serial whose check digit fits none"
        ),
    ],
)
def test_a_bare_number_is_received_as_the_items_serial(
    tmp_path: Path, item: str, scan: str, serial: str
) -> None:
    assert codes(tmp_path, item, scan) == [("received", serial)]


def test_a_wrong_check_digit_is_named_where_the_item_has_a_check(tmp_path: Path) -> None:
    assert [code for code, _ in codes(tmp_path, "PHONE-1", "490154203237519")] == ["bad_check_digit"]
    assert [code for code, _ in codes(tmp_path, "CAR-1", "1HGCM82633A004353")] == ["bad_check_digit"]


def test_a_misread_label_is_never_taken_for_a_serial(tmp_path: Path) -> None:
    misread = [
        "+A123BJC5D6E71G+$$52001510X3GX",
        "[)>@06@1PABC-123@SSN0001@@",
        "=/A15500QXVRET3826=,387985=>027400",
    ]
    assert codes(tmp_path, "ANY-1", *misread) == [("unreadable", "")] * 3


def test_one_hibc_label_fills_everything(tmp_path: Path) -> None:
    label = "+A123BJC5D6E71/$$3281231LOT7/SSN77"
    from tracking.identifiers.hibc import check_character

    assert codes(tmp_path, "BJC5D6E7", label + check_character(label)) == [("received", "SN77")]
