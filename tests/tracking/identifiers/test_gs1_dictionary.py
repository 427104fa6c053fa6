from __future__ import annotations

import re

from tracking.identifiers import gs1_table
from tracking.identifiers.data import from_dictionary, gs1_dictionary
from tracking.identifiers.gs1_linters import LINTERS


def test_every_ai_of_the_dictionary_can_be_used() -> None:
    entries = [gs1_table.entry(ai) for ai in gs1_table._index()]
    assert len(entries) == 541
    assert all(entry is not None and entry.components for entry in entries)


def test_two_digits_tell_how_long_an_ai_is() -> None:
    lengths: dict[str, set[int]] = {}
    for ai in gs1_table._index():
        lengths.setdefault(ai[:2], set()).add(len(ai))
    assert {first: found for first, found in lengths.items() if len(found) > 1} == {}


def test_no_check_is_missing_and_none_is_idle() -> None:
    named = set(re.findall(r",([a-z][a-z0-9]+)", re.sub(r" (?:req|ex|dlpkey)=\S+", "", gs1_dictionary.ROWS)))
    assert named == set(LINTERS)


def test_the_rows_are_what_the_command_makes_of_the_dictionary() -> None:
    text = "# a comment\n\n01         *?  N14,csum,gcppos2     ex=255,37 dlpkey=22,10,21|235   # GTIN\n"
    made = from_dictionary.compact(text.splitlines())
    assert made == [row for row in gs1_dictionary.ROWS.splitlines() if row.startswith("01 ")]
