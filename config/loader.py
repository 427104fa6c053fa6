"""Puts the settings together: option > ``SCANNER_*`` > ``./scanner.toml`` > XDG > ``/etc`` > shipped default.

Each key is taken from the strongest place that has it. A wrong value is refused wherever it stands, also
where a stronger place overrides it: a mistake that waits in ``/etc`` is found today, not when the override
goes.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import msgspec

from config import keys, paths, toml_file, values
from config.errors import ConfigError
from config.origin import Origin, Source
from config.schema import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DEFAULTS: Final = Path(__file__).with_name("defaults.toml")

Layer = dict[str, tuple[Any, Origin]]
"""Values by the path of their key, as their types, with where each came from."""


class Flag(msgspec.Struct, frozen=True):
    """A setting given on the command line."""

    option: str
    """As typed, ``--data``."""
    key: str
    """What it sets, ``data.dir``."""
    value: str


class Loaded(msgspec.Struct, frozen=True):
    """The settings, and where each of them came from."""

    settings: Settings
    origins: Mapping[str, Origin]
    """By the path of the key, ``sync.poll_s``."""
    files: tuple[Path, ...]
    """The files that were read, the strongest first."""


def load(
    *,
    flags: Sequence[Flag] = (),
    config_path: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    cwd: Path | None = None,
    system: Path = paths.SYSTEM,
) -> Loaded:
    """Reads every place and checks every value.

    ``config_path`` (or ``SCANNER_CONFIG``) takes the place of the usual files and must then be there.
    ``cwd`` and ``system`` are where ``./scanner.toml`` and the system's file are looked for.

    :raises ConfigError: a file cannot be used, a name is unknown, or a value does not fit.
    """
    here = cwd or _here()
    files = _files(config_path, environ, here, system)
    layers = [
        _flags(flags, here),
        _variables(environ, here),
        *(_file(file, file.lines()) for file in files),
        _shipped(),
    ]
    merged: Layer = {}
    for layer in layers:
        merged = layer | merged
    settings = _settings(merged)
    origins = {path: merged[path][1] for path in keys.by_path()}
    _agree(settings, origins)
    return Loaded(settings, MappingProxyType(origins), tuple(file.path for file in files))


@cache
def shipped() -> Settings:
    """The shipped defaults alone: what a test or a tool begins with."""
    return _settings(_shipped())


def _settings(layer: Layer) -> Settings:
    return msgspec.convert(
        {
            section: {name: layer[key.path][0] for name, key in named.items()}
            for section, named in keys.sections().items()
        },
        Settings,
        from_attributes=True,
    )


def _here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise ConfigError(
            what="the folder is gone", where="./", try_this="change to another folder"
        ) from None


def _files(
    named: Path | None, environ: Mapping[str, str], cwd: Path, system: Path
) -> list[toml_file.TomlFile]:
    if named is None and environ.get(keys.ENV_CONFIG):
        named = Path(environ[keys.ENV_CONFIG])
    if named is None:
        found = (toml_file.read(path) for path in paths.settings_files(environ, cwd, system))
        return [file for file in found if file]
    file = toml_file.read(cwd / named)
    if file is None:
        raise ConfigError(
            what="there is no such file", where=str(cwd / named), try_this="check --config or SCANNER_CONFIG"
        )
    return [file]


def _file(file: toml_file.TomlFile, lines: toml_file.Lines) -> Layer:
    layer: Layer = {}
    for section, table in file.tables.items():
        known = keys.sections().get(section)
        if known is None:
            raise values.unknown(section, _names(section), _origin(file, lines, section))
        if not isinstance(table, dict):
            raise ConfigError(
                what=f"{section} must be a table",
                where=str(_origin(file, lines, section)),
                try_this=f"begin its settings with [{section}]",
            )
        for name, value in table.items():
            path = f"{section}.{name}"
            origin = _origin(file, lines, path)
            if name not in known:
                raise values.unknown(path, _names(section), origin)
            layer[path] = (values.from_toml(known[name], value, origin), origin)
    return layer


def _names(section: str) -> list[str]:
    """What a wrong name may have been meant to be: a section, or a key, its own section's first."""
    if section not in keys.sections():
        return [*keys.sections(), *keys.by_path()]
    return sorted(keys.by_path(), key=lambda path: not path.startswith(section + "."))


def _origin(file: toml_file.TomlFile, lines: toml_file.Lines, path: str) -> Origin:
    return Origin(Source.FILE, str(file.path), toml_file.line_of(lines, path), file.path.parent)


def _variables(environ: Mapping[str, str], cwd: Path) -> Layer:
    layer: Layer = {}
    for name, text in environ.items():
        if not name.startswith(keys.ENV_PREFIX) or name == keys.ENV_CONFIG:
            continue
        origin = Origin(Source.ENVIRONMENT, name, base=cwd)
        key = keys.by_env().get(name)
        if key is not None:
            layer[key.path] = (values.from_text(key, text, origin), origin)
        elif near := keys.nearest(name, keys.by_env()):
            # Other programs may own variables with this prefix: only what looks like ours is refused.
            raise ConfigError(
                what="no setting has this variable",
                where=ascii(name).strip("'"),
                try_this=f"perhaps {near} is meant",
            )
    return layer


def _flags(flags: Sequence[Flag], cwd: Path) -> Layer:
    layer: Layer = {}
    for flag in flags:
        origin = Origin(Source.FLAG, flag.option, base=cwd)
        layer[flag.key] = (values.from_text(keys.by_path()[flag.key], flag.value, origin), origin)
    return layer


def _shipped() -> Layer:
    default = Origin(Source.DEFAULT, "")
    text = DEFAULTS.read_text("utf-8")
    file = toml_file.TomlFile(DEFAULTS, tomllib.loads(text), text)
    return {path: (value, default) for path, (value, _) in _file(file, {}).items()}


def _agree(settings: Settings, origins: Mapping[str, Origin]) -> None:
    """What no key can say for itself. :raises ConfigError: two settings contradict each other."""
    wedge = settings.wedge
    if wedge.end_silence_ms < wedge.gap_ms_max:
        raise ConfigError(
            what=f"it ends a scan after {wedge.end_silence_ms} ms but wedge.gap_ms_max is {wedge.gap_ms_max}",
            where=f"{origins['wedge.end_silence_ms']}, wedge.end_silence_ms",
            try_this="make it larger, or a code would be cut at a pause that belongs to it",
        )
    names = [port.name for port in settings.serial.ports]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ConfigError(
            what=f"two of serial.ports are named '{twice}'",
            where=str(origins["serial.ports"]),
            try_this="give each its own name",
        )
