"""Where a setting came from, so that ``config show`` and every refusal can name it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import msgspec


class Source(StrEnum):
    """The kinds of places that settings come from, the strongest first."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


class Origin(msgspec.Struct, frozen=True):
    """One place: the option, the variable or the file, with the line where that is known."""

    source: Source
    name: str
    """``--data``, ``SCANNER_SYNC_URL``, the path of a file, or empty for a shipped default."""

    line: int | None = None
    """Line in the file, from 1; ``None`` where it could not be told."""

    base: Path | None = None
    """Folder that relative paths from this place are relative to; ``None`` for shipped defaults."""

    def __str__(self) -> str:
        if self.source is Source.DEFAULT:
            return "default"
        return self.name if self.line is None else f"{self.name}, line {self.line}"
