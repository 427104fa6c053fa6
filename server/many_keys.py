"""Rows for many keys with one query: the way to the database is paid once, and its index is used all the same.

Such a query begins ``SELECT ... FROM wanted w CROSS JOIN ...``. ``wanted`` has a row for each key, and a column ``a``,
``b``, ``c`` for each part of it. ``CROSS JOIN`` has SQLite begin with the keys: a list of pairs behind ``IN`` would
make it walk through the whole table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from server.storage import placeholders

KEYS_A_QUERY = 100
"""In SQLite, where every part of a key is a value of its own."""
_NAMES = "abc"


def by_values(sql: str, keys: Sequence[Sequence[str]]) -> Iterator[tuple[str, list[str]]]:
    """The query with the keys as a list of rows: text and values, as often as it takes."""
    for start in range(0, len(keys), KEYS_A_QUERY):
        some = keys[start : start + KEYS_A_QUERY]
        rows = ", ".join([f"({placeholders(len(some[0]))})"] * len(some))
        yield f"{_wanted(len(some[0]))} (VALUES {rows}) {sql}", list(chain.from_iterable(some))


def by_arrays(sql: str, keys: Sequence[Sequence[str]]) -> tuple[str, list[list[str]]]:
    """The same for PostgreSQL, with an array for each part of the keys: one text, however many there are."""
    parts = [list(part) for part in zip(*keys, strict=True)]
    arrays = ", ".join(["?::text[]"] * len(parts))
    return f"{_wanted(len(parts))} (SELECT * FROM unnest({arrays})) {sql}", parts  # noqa: S608 - constants


def _wanted(parts: int) -> str:
    return f"WITH wanted ({', '.join(_NAMES[:parts])}) AS"
