"""Readies the scanners for what the screen asks for: dark while a stop waits, and no article codes where none fits.

Nothing here decides about a scan. A scanner that cannot be told goes on, and what it sends is judged and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drivers.driver import Driver, Inhibits, LooksFor
from scanner_app.view import ScreenView

ARTICLES_ONLY = frozenset({"EAN13", "EAN8", "UPCA", "UPCE", "ITF"})
"""Symbologies that can carry the number of an article and nothing else, by the camera's names."""

NO_ARTICLE = frozenset(
    {
        "badge",
        "second_badge",
        "pin",
        "order_in",
        "order_out",
        "next_order",
        "work_order",
        "next_work_order",
        "sheet",
    }
    | {"serial", "new_serial", "product", "range_first", "range_last", "range_proof"}
)
"""Prompts, by their names in the catalogue, that the number of an article cannot answer."""


def readying(drivers: Sequence[Driver]) -> Callable[[ScreenView], None]:
    """What hears of every new picture and tells the scanners what changes for them. Never blocks."""
    inhibiting = [driver for driver in drivers if isinstance(driver, Inhibits)]
    looking = [driver for driver in drivers if isinstance(driver, LooksFor)]
    stopped = False
    without: frozenset[str] = frozenset()

    def ready(view: ScreenView) -> None:
        nonlocal stopped, without
        if view.stopped != stopped:
            stopped = view.stopped
            for driver in inhibiting:
                driver.inhibit(inhibited=stopped)
        wanted = ARTICLES_ONLY if view.asks in NO_ARTICLE else frozenset()
        if wanted != without:
            without = wanted
            for looker in looking:
                looker.look_for(without)

    return ready
