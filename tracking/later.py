"""Modules that a start does without: each is loaded when something of it is first used, or in the first pause.

A scan that comes before that pause waits for what it needs of them, as it does for the first code of a standard.
"""

from __future__ import annotations

import importlib
from typing import Any

_named: list[str] = []


class Later:
    """Stands for a module until then. For the type checker it is the module: see how others name it."""

    def __init__(self, name: str) -> None:
        self._later_name = name
        _named.append(name)

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(importlib.import_module(self._later_name), attribute)
        setattr(self, attribute, found)  # asked once only: some of them are used by every scan
        return found


def load_all() -> None:
    """Loads all that were named so far and what these name: for a pause, so that nothing has to wait for them."""
    for name in _named:
        importlib.import_module(name)
