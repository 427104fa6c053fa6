"""A real browser, the distribution's Chromium, and an office with a short story in its books."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from server.main import serve
from tests.server.fleet import Office, receiving, site_file
from tracking.events import Event

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
HOSTILE = "<script>document.title='taken'</script>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here")
    with sync_playwright() as player:
        chromium = player.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One order half received, one unit with a hostile serial, one received twice by two handhelds, and a count."""
    folder: Path = tmp_path_factory.mktemp("office")
    running = serve(folder / "central.db")
    with httpx.Client(base_url=running.url, trust_env=False, timeout=60) as http:
        office = Office(running, http)
        office.load(site_file())
        first, second = office.handheld("Dock 1"), office.handheld("Dock 2")
        first.write(
            receiving("SN-1", location="HAM-A", lot="L7"),
            receiving(HOSTILE),
            Event(step="holding", action="ADD", flag="held", item="PUMP", serial="SN-1", reason="dented"),
        )
        office.load(site_file(documents=[{"type": "count_sheet", "number": "CS-1", "location": "HAM-A"}]))
        count: dict[str, Any] = {"document": "CS-1", "task": "stocktake", "operator": "OP-7"}
        second.write(
            receiving("SN-1"),
            Event(step="stock_taking", item="PUMP", serial="SN-1", location="HAM-A", **count),
            Event(step="stock_taking", quantity=0, location="HAM-B", **count),
            Event(step="completing", action="ADD", code="completed", **count),
        )
        for handheld in (first, second):
            assert handheld.send().status_code == 200
        office.settle()
        yield office
    running.stop()


@pytest.fixture
def visitor(browser: Browser, office: Office) -> Iterator[BrowserContext]:
    """Somebody at a desk, not signed in."""
    context = browser.new_context(base_url=office.running.url, viewport={"width": 1200, "height": 800})
    context.set_default_timeout(20_000)
    yield context
    context.close()
