"""Test vectors of identifiers, where a checkout has them beside it, and the comparison that they want."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scanner_app.commands.read import answer

BESIDE = Path(__file__).parents[4] / "shared" / "vectors"
TODAY = date(2026, 11, 24)
"""The vectors' two-digit years are meant in 2026."""

_INFORMATIVE = frozenset(
    {
        *(
            "ok",
            "kind",
            "order",
            "layer",
            "error",
            "detail",
            "warn",
            "note",
            "note2",
            "form",
            "plausible_gs1",
        ),
        *("expected", "restricted", "variable_measure", "ignored_query", "lenient_elements"),
    }
)


def load(name: str) -> list[dict[str, Any]]:
    """The records of a file, or a skipped test where there are none."""
    path = BESIDE / f"{name}.json"
    if not path.exists():
        pytest.skip("the shared vectors do not lie beside this checkout")
    records: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return records


def difference(record: dict[str, Any]) -> str:
    """How a reading differs from what its record expects; empty where it does not."""
    row, expect = answer(record, TODAY), record["expect"]
    if row["ok"] != expect["ok"]:
        return f"ok is {row['ok']}: {row['error']}"
    if not expect["ok"]:
        layer = expect.get("layer")
        return f"layer is {row['layer']}" if layer and row["layer"] != layer else ""
    for name, value in expect.items():
        if name not in _INFORMATIVE and row.get(name) != value:
            return f"{name} is {row.get(name)!r}, not {value!r}"
    if "order" in expect and list(row["elements"]) != expect["order"]:
        return f"the order is {list(row['elements'])}"
    if bool(expect.get("warn")) != bool(row["warn"]):
        return f"warn is {row['warn']}"
    return ""
