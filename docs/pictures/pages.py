"""Photographs the office's pages: ``python docs/pictures/pages.py``. The sample shift in a real browser, Chromium.

Each page at the width of a desk and of a tablet, into ``pages/``. Needs Chromium and playwright.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from config.loader import shipped  # noqa: E402
from scanner_app.demo import Demo, play  # noqa: E402
from scanner_app.session import SessionSettings  # noqa: E402

PAGES = HERE / "pages"
WIDTHS = {"desk": (1280, 800), "tablet": (800, 1100)}
FIRST_LINKS = {"document": "/documents/", "unit": "/units/", "count": "/counts/"}
"""A page of one thing -> how the address of the first one begins, on the page of all."""
ADDRESSES = {
    "overview": "/",
    "documents": "/documents",
    "counts": "/counts",
    "exceptions": "/exceptions",
    "devices": "/devices",
    "search": "/units?q=000",
    "recall": "/recall",
}


def names() -> set[str]:
    """The pictures that there are."""
    return {f"{page}-{width}" for page in (*ADDRESSES, *FIRST_LINKS) for width in WIDTHS}


def addresses(page: Page, url: str) -> dict[str, str]:
    """The address of every page, those of one thing found by their links."""
    found = dict(ADDRESSES)
    for name, where in (("document", "/documents"), ("unit", ADDRESSES["search"]), ("count", "/counts")):
        page.goto(url + where)
        link = page.locator(f"main a[href^='{FIRST_LINKS[name]}']").first
        found[name] = str(link.get_attribute("href"))
    return found


def photograph(url: str) -> None:
    """Every page at every width."""
    from playwright.sync_api import sync_playwright

    PAGES.mkdir(exist_ok=True)
    with sync_playwright() as player:
        chromium = player.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for width, (columns, rows) in WIDTHS.items():
            page = chromium.new_page(viewport={"width": columns, "height": rows})
            for name, address in addresses(page, url).items():
                page.goto(url + address)
                page.screenshot(path=PAGES / f"{name}-{width}.png")
        chromium.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(Path(folder), shipped(), SessionSettings())
        play(demo, lambda _line, _answer: None, lambda _row: None)
        photograph(demo.server.url)
        demo.close()
