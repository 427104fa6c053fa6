"""Rows for many keys with one query: the way to the database is paid once, and its index is used all the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from server.storage import Reader, Row, placeholders

KEYS_A_QUERY = 100
NAMES = "abc"
"""What the parts of a key are called in the query."""


def rows_of_keys(reader: Reader, sql: str, keys: Iterable[Sequence[str]]) -> list[Row]:
    """All rows of a query that begins ``SELECT ... FROM wanted w CROSS JOIN ...``, for all keys.

    ``wanted`` has a row for each key, and a column ``a``, ``b``, ``c`` for each part of it. ``CROSS JOIN`` has SQLite
    begin with the keys: a list of pairs behind ``IN`` would make it walk through the whole table.
    """
    wanted = list(keys)
    found: list[Row] = []
    for start in range(0, len(wanted), KEYS_A_QUERY):
        some = wanted[start : start + KEYS_A_QUERY]
        names = ", ".join(NAMES[: len(some[0])])
        places = ", ".join([f"({placeholders(len(some[0]))})"] * len(some))
        found += reader.rows(
            f"WITH wanted ({names}) AS (VALUES {places}) {sql}",
            *chain.from_iterable(some),
        )
    return found
