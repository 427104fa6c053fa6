"""Reads one settings file, and finds the line on which a key stands."""

from __future__ import annotations

import re
import stat
import tomllib
from typing import TYPE_CHECKING, Any, Final

import msgspec

from config.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

FILE_BYTES_MAX: Final = 262_144
_HEADER: Final = re.compile(r"\s*\[{1,2}([^\[\]]+)\]{1,2}\s*(#.*)?$")

Lines = dict[str, int]
"""``section.key`` or ``section`` -> the first line, from 1, that sets or opens it."""


class TomlFile(msgspec.Struct, frozen=True):
    """A settings file as read."""

    path: Path
    tables: dict[str, Any]
    text: str

    def lines(self) -> Lines:
        """Where everything in it stands, found in one walk through the text."""
        found: Lines = {}
        table = ""
        for number, line in enumerate(self.text.split("\n"), 1):
            header = _HEADER.match(line) if "[" in line else None
            if header:
                table = _bare(header[1])
            here = table if header else ".".join(filter(None, (table, _assigned(line))))
            found.setdefault(here, number)
        return found


def line_of(lines: Lines, path: str) -> int | None:
    """The line that sets ``section.key``, else the one that opens ``section``; ``None`` where none says it plainly."""
    return lines.get(path, lines.get(path.partition(".")[0]))


def _assigned(line: str) -> str:
    left, equals, _ = line.partition("=")
    return _bare(left) if equals else ""


def _bare(name: str) -> str:
    return re.sub(r"[\s\"']", "", name)


def read(path: Path) -> TomlFile | None:
    """The file, or ``None`` if there is none. :raises ConfigError: it is there and cannot be used."""
    try:
        text = _text(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(
            what=f"the file cannot be read ({error.strerror})",
            where=str(path),
            try_this="correct its permissions, or name another file with --config PATH",
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(
            what="it is not UTF-8 text", where=f"{path}, line {line}", try_this="save it as UTF-8"
        ) from None
    try:
        return TomlFile(path, tomllib.loads(text), text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(path, str(error)) from None
    except RecursionError:
        raise _not_toml(path, "nested too deeply") from None


def _text(path: Path) -> str:
    if not stat.S_ISREG(path.stat().st_mode):  # a folder or a pipe; reading a pipe would wait for ever
        raise ConfigError(what="it is not a file", where=str(path), try_this="name a file with --config PATH")
    with path.open("rb") as file:
        data = file.read(FILE_BYTES_MAX + 1)
    if len(data) > FILE_BYTES_MAX:
        raise ConfigError(
            what=f"it is larger than {FILE_BYTES_MAX} bytes",
            where=str(path),
            try_this="check that it is a settings file",
        )
    return data.decode("utf-8-sig")


def _not_toml(path: Path, why: str) -> ConfigError:
    at = re.search(r" \(at line (\d+), column (\d+)\)$", why)
    where = f"{path}, line {at[1]}, column {at[2]}" if at else str(path)
    plain = why[: at.start()] if at else why.removesuffix(" (at end of document)")
    plain = plain if plain.isprintable() else ascii(plain)
    return ConfigError(
        what=f"it is not valid TOML ({plain[:1].lower()}{plain[1:]})",
        where=where,
        try_this="correct that line",
    )
