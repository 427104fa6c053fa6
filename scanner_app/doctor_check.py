"""One line of what ``scanner doctor`` finds."""

from __future__ import annotations

import msgspec


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the report."""

    name: str
    state: str
    """``ok``, ``note`` or ``fault``."""
    detail: str
    fix: str = ""
