"""People and programs of the office that have a token of their own, each with one role."""

from __future__ import annotations

from typing import NamedTuple

from server import access
from server.roles import STAFF, Caller
from server.storage import Reader, Writer
from tracking.site import refuse_name

NAME_CHARS_MAX = 60


class StaffError(Exception):
    """The name or the role cannot be taken; one plain sentence."""


class Member(NamedTuple):
    """One token, without the token."""

    name: str
    role: str
    created_ms: int


def add(tx: Writer, name: str, role: str, now_ms: int) -> str:
    """A token for this name; one that it had ends. Returned this once. Raises :class:`StaffError`."""
    why = refuse_name(name)
    if why or len(name) > NAME_CHARS_MAX:
        raise StaffError(f"the name {name[:NAME_CHARS_MAX]!r} {why or 'is too long'}")
    if role not in STAFF:
        raise StaffError(f"there is no role {role[:20]!r}; there are {', '.join(STAFF)}")
    token = access.new_token()
    tx.run(
        "INSERT INTO staff (name, role, token_hash, created_ms) VALUES (?, ?, ?, ?) ON CONFLICT (name)"
        " DO UPDATE SET role = excluded.role, token_hash = excluded.token_hash, created_ms = excluded.created_ms",
        name,
        role,
        access.token_hash(token),
        now_ms,
    )
    return token


def remove(tx: Writer, name: str) -> bool:
    """End a name's token; False where it had none."""
    return tx.run("DELETE FROM staff WHERE name = ?", name) > 0


def everyone(reader: Reader) -> list[Member]:
    """All of them, by name."""
    return [Member(*row) for row in reader.rows("SELECT name, role, created_ms FROM staff ORDER BY name")]


def by_token_hash(reader: Reader, token_hash: str) -> Caller | None:
    """Whom a token belongs to."""
    row = reader.row("SELECT role, name FROM staff WHERE token_hash = ?", token_hash)
    return Caller(str(row[0]), str(row[1])) if row else None


def callers(reader: Reader) -> dict[str, Caller]:
    """Hash of a token -> who has it, for every token that holds now."""
    found = reader.rows("SELECT token_hash, role, name FROM staff")
    return {str(row[0]): Caller(str(row[1]), str(row[2])) for row in found}
