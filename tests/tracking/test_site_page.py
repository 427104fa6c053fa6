"""The page on the site file: its example loads, and its tables name every field and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tracking import documents, lifecycle
from tracking.site import DocumentEntry, Item, Location, OpeningUnit, Operator, Party, Policy, Site, load

TEXT = (Path(__file__).parents[2] / "docs" / "site-file.md").read_text("utf-8")
STRUCTS = {
    "The file": (Site,),
    "Items": (Item,),
    "Parties, places, people": (Party, Location, Operator),
    "Documents": (DocumentEntry,),
    "Units": (OpeningUnit,),
    "Policy": (Policy,),
}
NO_FIELDS = {"stated_policy"}
"""Filled while the file is read."""


def section(name: str) -> str:
    return TEXT.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", STRUCTS)
def test_a_table_names_every_field_and_no_other(name: str) -> None:
    cells = re.findall(r"^\| (`[^|]+`) \|", section(name), re.MULTILINE)
    told = {field for cell in cells for field in re.findall(r"`(\w+)`", cell)}
    fields = {field for struct in STRUCTS[name] for field in struct.__struct_fields__}
    assert told == fields - NO_FIELDS


def test_the_example_is_a_site_file() -> None:
    found = re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert found
    site = load(found[1].encode())
    assert {"purchase_order", "work_order", "sales_order", "count_sheet"} == {
        one.type for one in site.documents
    }


def test_the_words_that_may_stand_in_a_field_are_those_of_the_rules() -> None:
    for name, field, words in (
        ("Documents", "type", documents.DOCUMENT_TYPES),
        ("Units", "status", lifecycle.STATUSES[1:]),
        ("Units", "flags", lifecycle.FLAGS),
    ):
        row = next(line for line in section(name).splitlines() if line.startswith(f"| `{field}`"))
        told = re.findall(r"`(\w+)`", row.rpartition(" | ")[2])
        assert tuple(told) == tuple(words)
