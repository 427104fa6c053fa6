"""The drill of every operations handbook: the disk is gone, yesterday's copy comes back."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

from server.main import serve
from server.restore import renew_generation
from server.storage import StorageError
from tests.server.fleet import Office, receiving, site_file


def test_what_the_backup_lacks_comes_back_from_the_handhelds(tmp_path: Path) -> None:
    database, backup = tmp_path / "central.db", tmp_path / "backup.db"
    running = serve(database)
    http = httpx.Client(base_url=running.url, trust_env=False, timeout=60)
    office = Office(running, http)
    office.load(site_file())
    handheld = office.handheld()
    handheld.write(*(receiving(f"S{number}") for number in range(10)))
    handheld.send(handheld.batch(1, 4))
    office.settle()
    with pytest.raises(StorageError, match="another server"):
        renew_generation(database)
    http.close()
    running.stop()
    shutil.copy(database, backup)

    running = serve(database)
    with httpx.Client(base_url=running.url, trust_env=False, timeout=60) as handheld.http:
        handheld.send(handheld.batch(5, 10))
        office = Office(running, handheld.http)
        office.settle()
        before, page = handheld.replica(), handheld.feed()
        running.stop()

    shutil.copy(backup, database)
    assert renew_generation(database) != page.generation
    running = serve(database)
    with httpx.Client(base_url=running.url, trust_env=False, timeout=60) as handheld.http:
        office = Office(running, handheld.http)
        assert handheld.feed_answer(page.next, generation=page.generation).status_code == 410
        where = handheld.hwm()
        assert (where.hwm, where.generation == page.generation) == (4, False)
        assert handheld.send(handheld.batch(where.hwm + 1, 10)).json()["hwm"] == 10
        office.settle()
        assert handheld.replica() == before
        assert [row[3] for row in office.ledger()] == handheld.bodies
        running.stop()
