"""The office's token: made once, and found again by every later start of the server."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from config import own_files
from server import access
from server.open_storage import Database, is_postgres
from server.storage import Storage, StorageError


def office_token_of(storage: Storage, database: Database) -> str:
    """The token of this database. Raises :class:`StorageError`.

    Beside a SQLite file it is a file of its own. Servers that share a PostgreSQL database derive the same one from the
    key in it: who can read that key could sign the office's cookies anyway.
    """
    if is_postgres(database):
        return hmac.digest(storage.receipt_key, b"office-token/1", "sha256").hex()
    return stored_token(Path(database))


def stored_token(database: Path) -> str:
    """The office's token in the file beside the database, made when there is none. Raises :class:`StorageError`."""
    path = database.with_name(database.name + ".office-token")
    try:
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(access.new_token() + "\n")
        own_files.close((path,))
        token = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"the office's token in {path} cannot be read or made: {error}") from error
    if len(token) < len(secrets.token_urlsafe(16)):
        raise StorageError(
            f"the office's token in {path} is too short: delete the file, and a new one is made"
        )
    return token
