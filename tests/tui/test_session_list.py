"""The session list on the screen: opened by a key, a touch or a card; a line is chosen and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from scanner_app.tui.app import ScannerScreens
from scanner_app.tui.desk import TOUCH_BOUNCE_S
from tests.tui.real_floor import RealFloor, at_work, until
from tests.tui.test_screens import rows

SIZES = [(40, 20), (80, 24)]


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[RealFloor]:
    with at_work(tmp_path, "warehouse") as floor:
        floor.scan("PO-1", "SN-200001", "SN-200002")
        yield floor


async def opened(pilot: Pilot[None], app: ScannerScreens) -> list[str]:
    await pilot.press("f6")
    await until(pilot, app, "DONE HERE")
    return rows(app)


@pytest.mark.parametrize("size", SIZES)
async def test_a_line_is_chosen_by_its_number_and_taken_back(floor: RealFloor, size: tuple[int, int]) -> None:
    app = ScannerScreens(floor.running)
    async with app.run_test(size=size) as pilot:
        await until(pilot, app, "SN-200002")
        shown = await opened(pilot, app)
        first = next(at for at, row in enumerate(shown) if "DONE HERE" in row) + 1
        assert shown[first].startswith(" 2 ✓ SN-200002  RECEIVED")
        assert shown[first].rstrip().endswith("↑")
        assert shown[first + 1].startswith(" 1 ✓ SN-200001  RECEIVED")
        await pilot.press("1")
        await until(pilot, app, "▸ 1")
        await pilot.press("enter")
        await until(pilot, app, "TAKEN BACK")
        await until(pilot, app, "SN-200001")
        assert "DONE HERE" not in "\n".join(rows(app))
        assert floor.running.thread.run(lambda session: session.progress()) == (1, 3)
        await opened(pilot, app)
        assert not any(row.startswith(" 1 ") for row in rows(app))


async def test_a_touch_opens_it_chooses_and_takes_back(floor: RealFloor) -> None:
    app = ScannerScreens(floor.running)
    async with app.run_test(size=(40, 20)) as pilot:
        await until(pilot, app, "SN-200001", 14)
        await pilot.click(offset=(5, 15))
        await until(pilot, app, "DONE HERE")
        await pilot.pause(TOUCH_BOUNCE_S + 0.1)
        await pilot.click(offset=(5, 3))
        await pilot.pause(TOUCH_BOUNCE_S + 0.1)
        await pilot.click(offset=(3, 19))
        await until(pilot, app, "TAKEN BACK")
        gone = floor.running.thread.run(lambda session: session.knows.unit("PUMP-100", "SN-200001").status)
        assert gone == "unknown"


async def test_a_card_opens_list_and_help_and_turns_the_light(floor: RealFloor) -> None:
    app = ScannerScreens(floor.running)
    async with app.run_test(size=(40, 20)) as pilot:
        floor.scan("%CMD:LIST")
        await until(pilot, app, "DONE HERE")
        floor.scan("%CMD:HELP")
        await until(pilot, app, "then every serial number")
        floor.scan("%CMD:THEME")
        await until(pilot, app, "RECEIVING", 0)
        for _ in range(50):
            await pilot.pause(0.02)
            if app._local.theme == "night":
                break
        assert app._local.theme == "night"
