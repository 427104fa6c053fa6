"""A whole count at the office: handed in, worked out against the books, on its page, while others ask too."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import perf_counter

import httpx
import msgspec

from bench.enrolled import enrolled
from bench.figures import Figure
from scanner_app.journal import Journal
from server import ingest, site_import
from server.central import clock_ms
from server.main import serve
from server.projection import lag
from server.storage import Storage
from sync import wire
from sync.wire import Stored
from tracking.site import Site

PAGE_S, OTHERS_MS = 2.0, 250.0
"""What the page of a count may take to come, and what somebody else may wait meanwhile."""
FOLDED_S_MAX = 300.0
ANSWER_S_MAX = 60.0
TIMES = 5
EVENTS_BEFORE_MS = 30 * 24 * 3_600_000
"""The books are older than the count."""


def at_the_office(folder: Path, books: Site, journal: Journal, number: str) -> list[Figure]:
    """Figures of a count's page, with differences on as many pages as it takes; ``books`` is the site's file."""
    running = serve(folder / "office.db", open_pages=True)
    try:
        storage = running.central.storage
        site_import.import_site(
            storage, books.site, msgspec.json.encode(books), clock_ms() - EVENTS_BEFORE_MS
        )
        _hand_in(storage, journal)
        running.central.folder.wake()
        _folded(storage)
        address = f"/counts/{number}"
        with httpx.Client(base_url=running.url, trust_env=False, timeout=ANSWER_S_MAX) as http:
            first, others_s = _asked(running.url, http, address)
            last, _ = _asked(running.url, http, f"{address}?from=999999999")
    finally:
        running.stop()
    return [
        Figure(name="the office's page, p50", value=median(first), unit="s", budget=PAGE_S),
        Figure(name="its last page, p50", value=median(last), unit="s", budget=PAGE_S),
        Figure(name="others wait meanwhile, most", value=max(others_s) * 1e3, unit="ms", budget=OTHERS_MS),
    ]


def _hand_in(storage: Storage, journal: Journal) -> None:
    """Every event of the journal, in batches as a handheld sends them."""
    device, _ = enrolled(storage)
    first = 1
    while first <= journal.seq:
        bodies = journal.bodies(journal.epoch, first, wire.BATCH_EVENTS_MAX)
        bodies = bodies[: wire.fits(bodies)]
        before = journal.link_before(journal.epoch, first)
        assert before is not None
        batch = wire.batch_of(epoch=1, first=first, prev_chain=before, bodies=bodies)
        answer = ingest.take(storage, device, batch, clock_ms())
        assert isinstance(answer, Stored), answer
        first += len(bodies)


def _folded(storage: Storage) -> None:
    """Returns when the projections show everything."""
    until_s = perf_counter() + FOLDED_S_MAX
    pause = Event()
    while perf_counter() < until_s:
        with storage.read() as reader:
            if not lag(reader):
                return
        pause.wait(0.05)
    raise TimeoutError("the projections did not catch up")


def _asked(url: str, http: httpx.Client, address: str) -> tuple[list[float], list[float]]:
    """Seconds that each page took, and seconds of what somebody else asked all the while."""
    done, others_s = Event(), [0.0]

    def other() -> None:
        with httpx.Client(base_url=url, trust_env=False, timeout=ANSWER_S_MAX) as own:
            while not done.wait(0.01):
                begin = perf_counter()
                assert own.get("/documents").status_code == 200
                others_s.append(perf_counter() - begin)

    thread = Thread(target=other)
    thread.start()
    took: list[float] = []
    try:
        for _ in range(TIMES):
            begin = perf_counter()
            answer = http.get(address)
            took.append(perf_counter() - begin)
            assert answer.status_code == 200, answer
    finally:
        done.set()
        thread.join()
    return took, others_s[2:] or others_s
