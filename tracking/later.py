"""What a start does without: modules and patterns, made ready when they are first used, or in the first pause.

A scan that comes before that pause waits for what it needs of them, as it does for the first code of a standard.
"""

from __future__ import annotations

import importlib
import re
from typing import Any, cast

_named: list[str] = []
_patterns: list[_Pattern] = []


class Later:
    """Stands for a module until then. For the type checker it is the module: see how others name it."""

    def __init__(self, name: str) -> None:
        self._later_name = name
        _named.append(name)

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(importlib.import_module(self._later_name), attribute)
        setattr(self, attribute, found)  # asked once only: some of them are used by every scan
        return found


class _Pattern:
    """Stands for a compiled pattern until it is first asked."""

    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags
        _patterns.append(self)

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(re.compile(self._source, self._flags), attribute)
        setattr(self, attribute, found)
        return found


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """As :func:`re.compile`, but later: compiling the patterns of all modules would be a part of every start."""
    return cast("re.Pattern[str]", _Pattern(source, flags))


def load_all() -> None:
    """Loads and compiles all that was named so far and what that names: for a pause, so that nothing has to wait."""
    for name in _named:
        importlib.import_module(name)
    for one in _patterns:
        one.match  # noqa: B018 - asking is what compiles it
