"""Cases of our own, as data: what a code must be read as, with the clause that says so (``own_vectors/*.json``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

FOLDER = Path(__file__).parent / "own_vectors"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One code and what it must be read as, in the shapes of ``scanner read --json``."""

    id: str
    raw: str
    expect: dict[str, Any]
    clause: str
    """The standard and its clause."""
    symbology_id: str = ""
    want: list[str] = []


def load() -> tuple[Case, ...]:
    """Every case, file by file."""
    found: list[Case] = []
    for path in sorted(FOLDER.glob("*.json")):
        found += msgspec.convert(json.loads(path.read_text("utf-8")), list[Case])
    return tuple(found)


CASES = load()
