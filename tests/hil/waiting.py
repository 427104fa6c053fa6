"""Waiting for what devices do: an emulated machine has its own pace, so nothing here is due at a time."""

from __future__ import annotations

import time
from collections.abc import Callable

from drivers.driver import DriverState
from tests.drivers.usb.bench import Heard

WAIT_S = 60.0
"""What has not happened by then does not happen, seconds."""


def until(met: Callable[[], bool], what: Callable[[], str]) -> None:
    """Wait until it is so; ``what`` says what was waited for where it never is."""
    end_s = time.monotonic() + WAIT_S
    while not met():
        assert time.monotonic() < end_s, what()
        time.sleep(0.01)


def came(heard: Heard, source: str) -> int:
    """How often an interface came: reports of a code that was torn say ``ready`` too, and do not count."""
    return sum(
        item.name == source and item.state == "ready" and not item.discarded
        for item in heard.items
        if isinstance(item, DriverState)
    )


def went(heard: Heard, source: str) -> int:
    """How often an interface was pulled: that it is still not there is news of another kind."""
    return sum(
        item.name == source
        and item.state == "lost"
        and ("unplugged" in item.detail or " is gone" in item.detail)
        for item in heard.items
        if isinstance(item, DriverState)
    )
