"""The workflows that there are. A new task is a module and a line here."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from scanner_app.workflows.flow import Workflow

_MODULES: Final = MappingProxyType(
    {
        name: (f"scanner_app.workflows.{name}", name.upper())
        for name in (
            "home",
            "receiving",
            "shipping",
            "production",
            "move",
            "pack",
            "look_up",
            "stocktake",
            "returns",
            "service",
            "recall",
            "write_off",
            "quality",
            "assign",
        )
    }
)
"""Name -> the module of a task and what it is called there. A start loads the one at hand; a pause the others."""


class _Workflows(Mapping[str, Workflow]):
    """Every task by its name, each loaded when it is first asked for."""

    def __init__(self) -> None:
        self._loaded: dict[str, Workflow] = {}

    def __getitem__(self, name: str) -> Workflow:
        found = self._loaded.get(name)
        if found is None:
            module, constant = _MODULES[name]
            found = self._loaded[name] = getattr(importlib.import_module(module), constant)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)

    def __contains__(self, name: object) -> bool:
        return name in _MODULES


WORKFLOWS: Final[Mapping[str, Workflow]] = _Workflows()

ANNOUNCED = (
    "receiving",
    "shipping",
    "production",
    "stocktake",
    "returns",
    "move",
    "pack",
    "quality",
    "recall",
    "assign",
    "service",
    "write_off",
    "look_up",
)
"""Every name that a script may use; those without a workflow here are answered with a plain refusal."""


def opening(document_type: str) -> Workflow | None:
    """The workflow that a document opens from the start screen."""
    return next((flow for flow in WORKFLOWS.values() if document_type in flow.document_types), None)


def load_all() -> None:
    """Loads every task: in a pause, so that the first scan of one waits for no module."""
    for name in WORKFLOWS:
        assert WORKFLOWS[name].name == name
