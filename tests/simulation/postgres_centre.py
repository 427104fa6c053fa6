"""The simulation's central server on PostgreSQL: the same application, backed up and put back by its own commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from server.backup import back_up
from server.losing import lose
from server.restore import restore
from server.storage import Storage
from server.storage_postgres import PostgresStorage
from tests.simulation.centre import Centre


class PostgresCentre(Centre):
    """On a database of its own. Its disk is PostgreSQL's: it does not become full here."""

    def __init__(self, url: str, folder: Path, now_ms: Callable[[], int], heard: Callable[[], None]) -> None:
        self._url = url
        super().__init__(folder, now_ms, heard)

    def _opened(self) -> Storage:
        return PostgresStorage(self._url)

    def fill(self) -> None:
        """Nothing: see above."""

    def empty(self) -> None:
        """Nothing either."""

    def _copied(self) -> None:
        self._copy.unlink(missing_ok=True)
        back_up(self._url, self._copy, self._now_ms())

    def _replace(self, copy: Path) -> None:
        lose(self._url)
        restore(self._url, copy, self._now_ms())
