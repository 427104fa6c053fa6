"""A real session behind the screens: nobody touches the handheld, and it locks itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from config.loader import shipped
from drivers.scan import Scan
from scanner_app.cache_feed import load_site
from scanner_app.clockwork import SkippingClock
from scanner_app.inputs import SignIn
from scanner_app.running import RunningHandheld
from scanner_app.session import SessionSettings
from scanner_app.tui.app import ScannerScreens
from tests.scanner_app.floor import site_named
from tests.tui.test_screens import rows

LOOKS_MAX = 200


@pytest.fixture
def clock() -> SkippingClock:
    return SkippingClock()


@pytest.fixture
def running(tmp_path: Path, clock: SkippingClock) -> Iterator[RunningHandheld]:
    running = RunningHandheld(tmp_path / "data", clock, SessionSettings(), shipped())
    load_site(running.handheld.cache, site_named("staffed"))
    running.renew()
    running.start()
    yield running
    running.close()


async def until(pilot: Pilot[None], app: ScannerScreens, row: int, text: str) -> None:
    """The screen has this text in a row; looked at for a while, for the session works beside it."""
    for _ in range(LOOKS_MAX):
        if text in rows(app)[row]:
            return
        await pilot.pause()
        await asyncio.sleep(0.02)
    raise AssertionError("\n".join(rows(app)))


@pytest.mark.parametrize("size", [(40, 20), (80, 24)])
async def test_it_locks_by_itself_and_the_badge_goes_on(
    running: RunningHandheld, clock: SkippingClock, size: tuple[int, int]
) -> None:
    app = ScannerScreens(running)
    async with app.run_test(size=size) as pilot:
        running.thread.submit(SignIn(badge="OP-7"))
        for code in (b"PO-1", b"SN-200001"):
            running.submit(Scan(raw=code))
        prompt = 2 if size[1] >= 24 else 1
        await until(pilot, app, prompt, "Scan the SERIAL")
        clock.skip(15 * 60_000)
        running.thread.submit_refresh()  # the clock of the test jumped; by itself the thread wakes when it is time
        await until(pilot, app, prompt, "Scan your BADGE")
        await until(pilot, app, prompt + 1, "locked · Ida was signed in")
        assert "PO-1" in rows(app)[0]
        await pilot.press("escape")
        await until(pilot, app, prompt + 6, "locked: scan your badge")
        running.submit(Scan(raw=b"OP-7"))
        await until(pilot, app, prompt, "Scan the SERIAL")


def test_the_thread_wakes_by_itself_when_it_is_time(running: RunningHandheld, clock: SkippingClock) -> None:
    seen: list[str] = []
    running.thread.submit(SignIn(badge="OP-7"))
    running.thread.run(lambda session: clock.skip(15 * 60_000 - 300))
    running.subscribe(lambda view: seen.append(view.operator))
    for _ in range(LOOKS_MAX):
        if seen and not seen[-1]:
            break
        asyncio.run(asyncio.sleep(0.02))
    assert seen[-1] == ""
    assert running.thread.run(lambda session: session.state.locked_for) == "OP-7"
