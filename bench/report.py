"""How results are told: a table for people, JSON Lines for programs."""

from __future__ import annotations

import math
import os
import platform
import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from bench.figures import Figure, Result
from bench.room import Room, file_system


class Way(NamedTuple):
    """One way to tell a run: what comes first, and each benchmark's result."""

    head: Callable[[Room], str]
    body: Callable[[Result], str]


def machine(room: Room) -> dict[str, Any]:
    """What the figures were measured on, in general terms."""
    return {
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "file_system": file_system(room.folder),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "quick": room.quick,
    }


def _json_head(room: Room) -> str:
    return msgspec.json.encode(machine(room)).decode() + "\n"


def _json_body(result: Result) -> str:
    # A figure that could not be measured is null: JSON has no word for "not a number".
    figures = [
        msgspec.structs.asdict(figure) | {"standing": figure.standing, "value": _number(figure.value)}
        for figure in result.figures
    ]
    return msgspec.json.encode(msgspec.structs.asdict(result) | {"figures": figures}).decode() + "\n"


def _number(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None


def _table_head(room: Room) -> str:
    about = machine(room)
    quick = "QUICK RUN: sizes are small, the figures say little\n" if room.quick else ""
    return (
        f"{quick}{about['machine']}, {about['processors']} processors, {about['memory_gib']} GiB, "
        f"{about['file_system']}, Python {about['python']}, SQLite {about['sqlite']}\n"
    )


def _table_body(result: Result) -> str:
    lines = [f"\n{result.benchmark}: against {result.against}"]
    lines += [_line(figure) for figure in result.figures]
    lines += [f"  - {note}" for note in result.notes]
    return "\n".join(lines) + "\n"


def _line(figure: Figure) -> str:
    value = _short(figure.value) if math.isfinite(figure.value) else "?"
    budget = ""
    if figure.budget is not None:
        sign = {"at most": "<=", "at least": ">=", "exactly": "="}[figure.bound]
        budget = f"{sign} {_short(figure.budget)} {figure.standing}"
    note = f"  ({figure.note})" if figure.note else ""
    return f"  {figure.name:<44}{value:>10} {figure.unit:<6}{budget}{note}".rstrip()


def _short(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


as_table = Way(_table_head, _table_body)
as_json = Way(_json_head, _json_body)
