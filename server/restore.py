"""After a restore from a backup: a new generation, so that every handheld asks where the server stands."""

from __future__ import annotations

import secrets

from server.open_storage import Database, open_storage


def renew_generation(database: Database) -> str:
    """Give the database of a stopped server a new generation and return it.

    Handhelds then go back to what the server holds and send again what the backup lacks; their replica begins anew.
    Raises :class:`server.storage.StorageError`, also while a server still uses the database.
    """
    storage = open_storage(database)
    try:
        generation = secrets.token_hex(8)
        with storage.write() as tx:
            tx.run("UPDATE meta SET value = ? WHERE name = 'generation'", generation)
    finally:
        storage.close()
    return generation
