"""What tells one life of a database from another: its generation, and the key that its receipts are signed with."""

from __future__ import annotations

import secrets

from server.storage import Writer


def identity(tx: Writer) -> tuple[str, bytes]:
    """Generation and receipt key, made when the database is."""
    found = dict(tx.rows("SELECT name, value FROM meta WHERE name IN ('generation', 'receipt_key')"))
    for name in ("generation", "receipt_key"):
        if name not in found:
            found[name] = secrets.token_hex(8 if name == "generation" else 32)
            tx.run("INSERT INTO meta (name, value) VALUES (?, ?)", name, found[name])
    return str(found["generation"]), bytes.fromhex(str(found["receipt_key"]))
