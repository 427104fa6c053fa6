"""A real session behind the screens: nobody touches the handheld, and it locks itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner_app.tui.app import ScannerScreens
from tests.tui.real_floor import LOOKS_MAX, RealFloor, at_work, until
from tests.tui.test_screens import rows

LOCK_MS = 15 * 60_000


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[RealFloor]:
    with at_work(tmp_path, "staffed") as floor:
        floor.scan("OP-7")
        yield floor


@pytest.mark.parametrize("size", [(40, 20), (80, 24)])
async def test_it_locks_by_itself_and_the_badge_goes_on(floor: RealFloor, size: tuple[int, int]) -> None:
    app = ScannerScreens(floor.running)
    async with app.run_test(size=size) as pilot:
        floor.scan("PO-1", "SN-200001")
        prompt = 2 if size[1] >= 24 else 1
        await until(pilot, app, "Scan the SERIAL", prompt)
        floor.clock.skip(LOCK_MS)
        floor.running.thread.submit_refresh()  # the clock jumped; by itself the thread wakes when it is time
        await until(pilot, app, "Scan your BADGE", prompt)
        await until(pilot, app, "locked · Ida was signed in", prompt + 1)
        assert "PO-1" in rows(app)[0]
        await pilot.press("escape")
        await until(pilot, app, "locked: scan your badge")
        floor.scan("OP-7")
        await until(pilot, app, "Scan the SERIAL", prompt)


def test_the_thread_wakes_by_itself_when_it_is_time(floor: RealFloor) -> None:
    seen: list[str] = []
    thread = floor.running.thread
    thread.run(lambda session: floor.clock.skip(LOCK_MS - 300))
    floor.running.subscribe(lambda view: seen.append(view.operator))
    for _ in range(LOOKS_MAX):
        if seen and not seen[-1]:
            break
        time.sleep(0.02)
    assert seen[-1] == ""
    assert thread.run(lambda session: session.state.locked_for) == "OP-7"
