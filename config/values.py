"""Turns a value from a file, a variable or an option into its key's type, or says what it should be."""

from __future__ import annotations

import os
import re
import tomllib
from typing import Any, Final

import msgspec
from msgspec import inspect

from config import keys, paths
from config.errors import ConfigError
from config.keys import Key
from config.origin import Origin

TEXT_CHARS_MAX: Final = 16_384
"""Bound of one variable or option."""

SHOWN_CHARS_MAX: Final = 60
"""A wrong value is quoted up to here."""

_YES_NO: Final = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def from_toml(key: Key, value: object, origin: Origin) -> Any:
    """The value of ``key`` as its type, from what TOML gave. :raises ConfigError: it does not fit."""
    if isinstance(key.info, inspect.VarTupleType) and isinstance(key.info.item_type, inspect.StructType):
        return _tables(key, key.info.item_type, value, origin)
    try:
        fitting = msgspec.convert(value, key.annotation)
    except msgspec.ValidationError:
        raise _refusal(key, value, origin) from None
    return _absolute(key, fitting, origin) if key.is_path and fitting else fitting


def _absolute(key: Key, path: str, origin: Origin) -> str:
    """A relative path is relative to the file that says it, or to where the command was given."""
    if "://" in path:  # a serial port over the network, as pyserial writes it
        return path
    if path == "~" or path.startswith("~/"):
        home = paths.home(os.environ)
        if home is None:
            raise ConfigError(
                what=f"{key.path} begins with ~ and the account has no home",
                where=str(origin),
                try_this="write the whole path",
            )
        return str(home / path[2:])
    return str(origin.base / path) if origin.base else path


def from_text(key: Key, text: str, origin: Origin) -> Any:
    """The value of ``key`` as its type, from a variable or an option.

    Lists are written ``CR,LF`` or as in the file, ``["CR", "LF"]``; tables only as in the file.
    :raises ConfigError: it does not fit.
    """
    if len(text) > TEXT_CHARS_MAX or not text.isprintable():
        raise _refusal(key, text, origin)
    return from_toml(key, _parsed(key, text.strip(), origin), origin)


def _parsed(key: Key, text: str, origin: Origin) -> object:
    if isinstance(key.info, inspect.IntType):
        return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else text
    if isinstance(key.info, inspect.BoolType):
        return _YES_NO.get(text.lower(), text)
    if not isinstance(key.info, inspect.VarTupleType):
        return text
    if not text.startswith("["):
        return [part.strip() for part in text.split(",")] if text else []
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError):
        raise _refusal(key, text, origin) from None


def _tables(key: Key, item: inspect.StructType, value: object, origin: Origin) -> tuple[msgspec.Struct, ...]:
    assert isinstance(key.info, inspect.VarTupleType)
    too_many = (
        isinstance(value, list) and key.info.max_length is not None and len(value) > key.info.max_length
    )
    if not isinstance(value, list) or too_many or not all(isinstance(row, dict) for row in value):
        raise _refusal(key, value, origin)
    return tuple(_table(item.cls, row, f"{key.path}[{n}]", origin) for n, row in enumerate(value, 1))


def _table(struct: type[msgspec.Struct], row: dict[str, object], path: str, origin: Origin) -> msgspec.Struct:
    known = keys.of_struct(struct, path + ".")
    for name in row:
        if name not in known:
            raise unknown(f"{path}.{name}", [key.path for key in known.values()], origin)
    for field in msgspec.structs.fields(struct):
        if field.required and field.name not in row:
            raise ConfigError(
                what=f"{path} has no {field.name}", where=str(origin), try_this=f"add {field.name} = ..."
            )
    return struct(**{name: from_toml(known[name], value, origin) for name, value in row.items()})


def unknown(path: str, known: list[str], origin: Origin) -> ConfigError:
    """The refusal of a name that the schema does not have, with the name that was probably meant."""
    near = keys.nearest(path, known)
    return ConfigError(
        what=f"there is no setting {_quoted(path)}",
        where=str(origin),
        try_this=f"perhaps {near} is meant"
        if near
        else "remove it, or see the shipped scanner.toml for what there is",
    )


def _refusal(key: Key, value: object, origin: Origin) -> ConfigError:
    given = "what is given" if key.secret else _quoted(value)
    return ConfigError(
        what=f"{key.path} must be {describe(key)}, not {given}",
        where=str(origin),
        try_this="correct it, or remove it to use the default",
    )


def _quoted(value: object) -> str:
    """A value as it may stand in a sentence: one line, short, nothing a terminal would obey."""
    if isinstance(value, dict):
        return "a table"
    shown = ascii(value) if not (isinstance(value, str) and value.isprintable()) else f"'{value}'"
    return shown if len(shown) <= SHOWN_CHARS_MAX else shown[:SHOWN_CHARS_MAX] + "..."


def describe(key: Key) -> str:
    """What a value of ``key`` looks like, as the object of "must be"."""
    info = key.info
    if isinstance(info, inspect.IntType):
        return f"a whole number from {info.ge} to {info.le}"
    if isinstance(info, inspect.BoolType):
        return "true or false"
    if isinstance(info, inspect.LiteralType):
        return _one_of(info)
    if isinstance(info, inspect.VarTupleType):
        bounds = f"a list of at most {info.max_length}"
        if isinstance(info.item_type, inspect.LiteralType):
            return f"{bounds}, each {_one_of(info.item_type)}" + (
                ", and not empty" if info.min_length else ""
            )
        return f"{bounds} tables, [[{key.path}]]"
    needed = isinstance(info, inspect.StrType) and info.min_length
    return key.description.removesuffix(", or empty") if needed else key.description


def _one_of(info: inspect.LiteralType) -> str:
    return " or ".join(f'"{value}"' for value in sorted(map(str, info.values)))
