"""Published and derived test vectors against ``scanner read``: what is compared, and the table of the results.

The vectors lie beside a checkout, in ``../shared/vectors``, or where ``VECTORS`` says. ``python -m tests.vectors``
writes the table into the manual and prints what differs.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from scanner_app.commands.read import answer
from scanner_app.commands.standards import table

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("VECTORS") or ROOT.parent / "shared" / "vectors")
PAGE = ROOT / "docs" / "what-the-terminal-understands.md"
DISPUTES = ROOT / "docs" / "vectors.md"
TODAY = date(2026, 11, 23)
WANT = {
    "vin": ["vin"],
    "imei": ["imei"],
    "mac_meid": ["meid", "iccid", "eid", "eui48", "eui64"],
}
"""Files of bare native numbers: a prompt says which kind is asked for."""
INFORMATIVE = frozenset(
    {"kind", "error", "detail", "warn", "note", "note2", "expected", "order", "layer"}
    | {"form", "ignored_query", "plausible_gs1"}
)
"""Names in ``expect`` that bind nobody; the layer of a refused GS1 code is compared on its own."""


class Outcome(NamedTuple):
    """One vector, whether it should be sound, and the first name on which the answer differs; empty for none."""

    file: str
    id: str
    ok: bool
    differs: str


def files() -> list[str]:
    """The vector files at hand, by name; none where they are not beside the checkout."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def records(file: str) -> list[dict[str, Any]]:
    """The records of one file."""
    found: list[dict[str, Any]] = json.loads((FOLDER / f"{file}.json").read_text(encoding="utf-8"))
    return found


def given(record: dict[str, Any], file: str) -> dict[str, Any]:
    """What ``scanner read`` is given of a record."""
    row = {name: record.get(name, "") for name in ("id", "raw", "symbology_id")}
    return row | ({"want": WANT[file]} if file in WANT else {})


def difference(expect: dict[str, Any], row: dict[str, Any]) -> str:
    """The first binding name that differs; empty where the answer is as it should be."""
    if row["ok"] != expect["ok"]:
        return "ok"
    if not expect["ok"]:
        return "layer" if "layer" in expect and row["layer"] != expect["layer"] else ""
    return next((name for name in expect if name not in INFORMATIVE and row.get(name) != expect[name]), "")


def outcomes(file: str) -> Iterator[Outcome]:
    """Every record of a file through the reader."""
    for record in records(file):
        row = answer(given(record, file), TODAY)
        expect = record["expect"]
        yield Outcome(file, record["id"], expect["ok"], difference(expect, row))


def disputed() -> frozenset[str]:
    """Ids that the page of disagreements lists, each with the clause that settles it."""
    text = DISPUTES.read_text(encoding="utf-8") if DISPUTES.exists() else ""
    return frozenset(re.findall(r"^\| ([a-z0-9_]+-d\d+) \|", text, flags=re.MULTILINE))


def results() -> Iterator[str]:
    """The table of results in Markdown, a row a file."""
    yield "| Vectors | Valid, read as they should be | Invalid, refused at the right layer |"
    yield "|---|---|---|"
    for file in files():
        found = list(outcomes(file))
        valid, invalid = [one for one in found if one.ok], [one for one in found if not one.ok]
        right = [sum(not one.differs for one in group) for group in (valid, invalid)]
        yield f"| {file} | {right[0]} of {len(valid)} | {right[1]} of {len(invalid)} |"


def section(page: str, name: str) -> str:
    """What stands between the marks of one generated table."""
    return page.partition(f"<!-- {name} -->\n")[2].partition("<!-- end -->")[0]


def write() -> None:
    """Puts both tables into the manual's page."""
    page = PAGE.read_text(encoding="utf-8")
    tables = {"standards": "\n".join(table()) + "\n"}
    if files():
        from tests import mangled  # which reads this module's files

        tables["results"] = "\n".join(results()) + "\n"
        tables["damage"] = "\n".join(mangled.table(inline=True)) + "\n"
        tables["damage apart"] = "\n".join(mangled.table(inline=False)) + "\n"
    for name, text in tables.items():
        head, mark, rest = page.partition(f"<!-- {name} -->\n")
        page = head + mark + text + rest[rest.index("<!-- end -->") :]
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    write()
    for each in files():
        for one in outcomes(each):
            if one.differs:
                sys.stdout.write(f"{one.id} {one.differs}\n")
