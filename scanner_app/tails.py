"""Units by the last characters of their serial numbers, from the key of the unit table alone.

The key begins with the last six characters. Fewer stand inside those six, behind up to two that are not known: the few
beginnings that there are of one and of two characters are found by a seek each, and behind each of them the characters
wanted are a seek again. So a code of four or five characters that nobody knows costs as many seeks as there are
beginnings (100 where serial numbers end in digits), and no walk through the company's units.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from sync.cache_file import TAIL_CHARS

Row = tuple[int, str]
"""item_id, turned."""

_LAST_CHAR = "\U0010ffff"
_FROM, _BETWEEN = "WHERE turned >= ?", "WHERE turned >= ? AND turned < ?"
_NEXT_SQL = f"SELECT turned FROM unit {_FROM} ORDER BY turned LIMIT 1"  # noqa: S608 - constants
_UNITS_SQL = f"SELECT item_id, turned FROM unit {_BETWEEN}"  # noqa: S608
_LONGER_SQL = f"{_UNITS_SQL} AND substr(turned, max({TAIL_CHARS + 1}, length(turned) + 1 - ?)) = ?"
_WHOLE_SQL = "SELECT item_id, turned FROM unit WHERE turned = ?"


def ending(connection: sqlite3.Connection, tail: str) -> Iterator[Row]:
    """Units whose serial number ends in ``tail``, at least one character, as far as they are asked for."""
    last, before = tail[-TAIL_CHARS:], tail[:-TAIL_CHARS]
    if before:
        yield from connection.execute(_LONGER_SQL, (last, last + _LAST_CHAR, len(before), before))
        return
    missing = TAIL_CHARS - len(last)
    yield from connection.execute(_WHOLE_SQL if missing else _UNITS_SQL, (last,) if missing else _from(last))
    for unknown in range(1, missing + 1):
        for head in _beginnings(connection, unknown):
            # A serial number that is shorter than the six is its own key: there, nothing may follow.
            short = unknown < missing
            values = (head + last,) if short else _from(head + last)
            yield from connection.execute(_WHOLE_SQL if short else _UNITS_SQL, values)


def _from(head: str) -> tuple[str, str]:
    return head, head + _LAST_CHAR


def _beginnings(connection: sqlite3.Connection, characters: int) -> Iterator[str]:
    """The different beginnings of so many characters, in order."""
    after = ""
    while (row := connection.execute(_NEXT_SQL, (after,)).fetchone()) is not None:
        head = row[0][:characters]
        if len(head) == characters:
            yield head
            after = head + _LAST_CHAR
        else:
            after = head + "\0"
