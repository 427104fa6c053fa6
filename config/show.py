"""The rows of ``config show``: every setting, its value as it may be shown, and where it came from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from config import keys

if TYPE_CHECKING:
    from config.loader import Loaded

HIDDEN: Final = "(set, not shown)"


class Row(msgspec.Struct, frozen=True):
    """One setting of ``config show``."""

    key: str
    value: Any
    """As in the file: text, number, ``True``, list. Secrets are replaced."""
    origin: str


def rows(loaded: Loaded) -> list[Row]:
    """Every setting in the order of the schema. No value of it is a secret."""
    return [
        Row(key.path, _shown(key, _value(loaded, key.path)), str(loaded.origins[key.path]))
        for key in keys.by_path().values()
    ]


def _value(loaded: Loaded, path: str) -> Any:
    section, name = path.split(".")
    return getattr(getattr(loaded.settings, section), name)


def _shown(key: keys.Key, value: object) -> Any:
    if key.secret and value:
        return HIDDEN
    if isinstance(value, str):  # https://user:password@host
        return re.sub(r"(?<=://)[^/?#\s]*@", "***@", value)
    return msgspec.to_builtins(value)
