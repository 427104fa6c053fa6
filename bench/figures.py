"""What a benchmark finds: figures, each with its budget beside it and whether it was kept."""

from __future__ import annotations

import resource
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One number."""

    name: str
    value: float
    unit: str
    """``x`` for a ratio, else ``us``, ``ms``, ``s``, ``MiB``, ``bytes``, ``1/s``, ``calls`` or ``% of a core``."""
    budget: float | None = None
    bound: Literal["at most", "at least", "exactly"] = "at most"
    """What the budget is."""
    note: str = ""

    @property
    def standing(self) -> str:
        """``ok`` or ``over`` against the budget; empty where there is none."""
        if self.budget is None:
            return ""
        difference = self.value - self.budget
        kept = {"at most": difference <= 0, "at least": difference >= 0, "exactly": not difference}[
            self.bound
        ]
        return "ok" if kept else "over"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What one benchmark found."""

    benchmark: str
    against: str
    """The raw limit, in words."""
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()


def share(values: Sequence[float], part: float) -> float:
    """The value that ``part`` (0 to 1) of all values do not exceed. ``values`` is not empty."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def median(values: Sequence[float]) -> float:
    """The value in the middle."""
    return share(values, 0.5)


def resident_mib() -> float:
    """What this process has in memory (proc(5), statm: pages)."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def p99(values: Sequence[float]) -> float:
    """The value that 99 of 100 do not exceed."""
    return share(values, 0.99)
