"""The schema as a table: ``sync.poll_s`` to its type, its variable, and whether it is a secret or a path."""

from __future__ import annotations

import difflib
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import inspect

from config.schema import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ENV_PREFIX = "SCANNER_"
ENV_CONFIG = "SCANNER_CONFIG"
"""Names a settings file, as ``--config`` does; not a setting itself."""


class Key(msgspec.Struct, frozen=True):
    """One setting of the schema."""

    path: str
    """Section and name, ``sync.poll_s``."""
    annotation: Any
    """The type as msgspec converts to it."""
    info: inspect.Type
    """The type taken apart, without its metadata."""
    description: str
    """What its text must look like, where a pattern alone would not tell."""
    secret: bool
    is_path: bool

    @property
    def env(self) -> str:
        """The variable that sets it, ``SCANNER_SYNC_POLL_S``."""
        return ENV_PREFIX + self.path.replace(".", "_").upper()


def of_struct(struct: type[msgspec.Struct], prefix: str) -> dict[str, Key]:
    """The keys of one section or table by their name in it; ``prefix`` is what their path begins with."""
    described = inspect.type_info(struct)
    assert isinstance(described, inspect.StructType)
    annotations = {field.name: field.type for field in msgspec.structs.fields(struct)}
    return {
        field.name: _key(prefix + field.name, annotations[field.name], field.type)
        for field in described.fields
    }


def _key(path: str, annotation: object, info: inspect.Type) -> Key:
    extra: Mapping[str, Any] = {}
    description = ""
    if isinstance(info, inspect.Metadata):
        extra = info.extra or {}
        description = (info.extra_json_schema or {}).get("description", "")
        info = info.type
    return Key(
        path=path,
        annotation=annotation,
        info=info,
        description=description,
        secret=bool(extra.get("secret")),
        is_path=bool(extra.get("path")),
    )


@cache
def sections() -> Mapping[str, Mapping[str, Key]]:
    """All keys by section and name, in the order of the schema."""
    return MappingProxyType(
        {
            field.name: MappingProxyType(of_struct(field.type, field.name + "."))
            for field in msgspec.structs.fields(Settings)
        }
    )


@cache
def by_path() -> Mapping[str, Key]:
    """All keys by their path."""
    return MappingProxyType({key.path: key for section in sections().values() for key in section.values()})


@cache
def by_env() -> Mapping[str, Key]:
    """All keys by the variable that sets them."""
    return MappingProxyType({key.env: key for key in by_path().values()})


def nearest(wanted: str, names: Iterable[str]) -> str | None:
    """The name that a typing error was probably meant to be, or ``None``.

    A right name in the wrong section (``sync.theme``) is found as well.
    """
    known = list(names)
    close = difflib.get_close_matches(wanted, known, n=1, cutoff=0.75)
    if close:
        return close[0]
    last = wanted.rpartition(".")[2]
    return next((name for name in known if name.rpartition(".")[2] == last), None)
