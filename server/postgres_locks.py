"""The advisory locks that keep servers over one PostgreSQL database apart, and transactions that begin under one.

A transaction begins and takes its lock in one message: the way to the database and back is a good part of what a small
batch costs.
"""

from __future__ import annotations

from psycopg import sql

from server.postgres_connections import Connection

_LOCKS = 0x5343
"""First half of every lock's key; the second half says which."""
_WRITER, _LEDGER, _FOLDER, _SETUP = 1, 2, 3, 4
_DEVICES = 0x5344
"""First half of the key of a device's lock; the second half is the hash of its name."""

LEADING = f"SELECT pg_try_advisory_lock({_LOCKS}, {_FOLDER})"
"""Asks for the folder's lock, for as long as the connection lives."""
SETTING_UP = f"SELECT pg_advisory_xact_lock({_LOCKS}, {_SETUP})"
APPENDING = f"SELECT pg_advisory_xact_lock_shared({_LOCKS}, {_LEDGER})"
"""Held by every upload from its first position to its commit, see :meth:`PostgresStorage.settled`."""


def begin(connection: Connection, device: str) -> None:
    """Begin a transaction under a device's lock; without a device, under the one lock of everything else."""
    if device:
        text = sql.SQL("BEGIN; SELECT pg_advisory_xact_lock({}, hashtext({}))")
        connection.execute(text.format(_DEVICES, device))
    else:
        connection.execute(f"BEGIN; SELECT pg_advisory_xact_lock({_LOCKS}, {_WRITER})")


def begin_settled(connection: Connection, wait_ms_max: int) -> None:
    """Begin a transaction that sees every upload which had a position by now."""
    connection.execute(
        f"BEGIN; SET LOCAL lock_timeout = {wait_ms_max}; SELECT pg_advisory_xact_lock({_LOCKS}, {_LEDGER})"
    )
