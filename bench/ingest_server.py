"""The central server in a process of its own: ``python -m bench.ingest_server DATABASE DEVICES [fold]``.

``DATABASE`` is a path, or the address of a PostgreSQL database.

Prints one JSON line, ``{"url": ..., "devices": [[id, token], ...]}``, and serves until its standard input ends. Without
``fold`` the projections do not follow, so that only taking in is measured.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import msgspec
import uvicorn

from bench.enrolled import enrolled
from server import access
from server.app import make_app
from server.central import Central
from server.main import listen
from server.open_storage import Database, is_postgres, open_storage
from server.snapshots import folder_of

OFFICE_TOKEN = "the-office-token-of-the-benchmarks"


def main(database: str, devices: int, *, fold: bool) -> None:
    """Serves until nobody holds the other end of standard input."""
    kind: Database = database if is_postgres(database) else Path(database)
    storage = open_storage(kind)
    central = Central.on(storage, access.token_hash(OFFICE_TOKEN), snapshots=folder_of(kind))
    listening = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        make_app(central), lifespan="off", ws="none", log_level="warning", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    central.upkeep.start()
    if fold:
        central.folder.start()
    told = {
        "url": f"127.0.0.1:{listening.getsockname()[1]}",
        "devices": [enrolled(storage) for _ in range(devices)],
    }
    print(msgspec.json.encode(told).decode(), flush=True)
    sys.stdin.read()
    central.news.close()
    server.should_exit = True
    thread.join()
    central.folder.stop()
    central.upkeep.stop()
    storage.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), fold="fold" in sys.argv[3:])
