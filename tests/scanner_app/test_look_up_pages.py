"""The pages of a look-up: what is inside and what happened, on the smallest screen and in every language."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from scanner_app.tui.local import Local
from scanner_app.tui.paint.screen import paint
from tests.scanner_app.floor import Floor, site_named
from tracking.catalogue import LANGUAGES


@pytest.fixture
def floor(tmp_path: Path) -> Floor:
    """A gear that was built, with one valve changed; nothing scanned in the look-up yet."""
    floor = Floor(tmp_path, site_named("assembly"))
    floor.command("workflow", "production")
    for code in ("WO-1", "G-0001", "M7-00001", "SN-000001", "SN-000002", "SEAL-KIT", "26-1"):
        floor.scan(code)
    floor.command("remove")
    floor.scan("SN-000002")
    floor.scan("SN-000003")
    floor.wait()
    floor.command("workflow", "look_up")
    return floor


def listed(floor: Floor) -> list[str]:
    return [line.text for line in floor.presenter.view().listing]


def keys(floor: Floor) -> dict[str, str]:
    return {key.key: key.command for key in floor.presenter.view().soft_keys}


def test_what_is_inside_and_back_to_the_card(floor: Floor) -> None:
    assert "f6" not in keys(floor)
    said = floor.scan("G-0001")
    assert "4 parts inside" in said.message
    assert keys(floor) == {"f3": "back", "f5": "workflow home", "f6": "inside", "f7": "history"}
    floor.command("inside")
    assert listed(floor) == [
        "A MOTOR-7 M7-00001",
        "B VALVE-9 SN-000001",
        "B VALVE-9 SN-000003",
        "C 1 x SEAL-KIT 26-1",
    ]
    again = floor.command("inside")
    assert listed(floor) == []
    assert again.verdict.code == "looked_up"
    floor.command("back")
    assert floor.session.state.workflow == "production"


def test_what_happened_newest_first_and_what_was_taken_back_says_so(floor: Floor) -> None:
    floor.command("undo")  # the new valve is out again
    floor.command("workflow", "look_up")
    floor.scan("SN-000003")
    floor.command("history")
    first, second = listed(floor)
    assert "installing" in first
    assert first.endswith("(taken back)")
    assert "WO-1" in second
    floor.command("inside")
    assert listed(floor) == ["nothing is in it, as far as is known here"]
    back = floor.command("back")
    assert back.verdict.serial == "SN-000003"
    assert floor.session.state.workflow == "look_up"


def test_a_long_page_turns_with_the_same_key(tmp_path: Path) -> None:
    bill = [{"item": "VALVE-9", "quantity": 40, "position": "B"}]
    within = {"status": "consumed", "installed_in": {"item": "GEAR-500", "serial": "G-0001"}}
    units = [{"item": "VALVE-9", "serial": f"SN-{n:06d}", **within} for n in range(20)]
    order = {"type": "work_order", "number": "WO-1", "product": "GEAR-500", "bom": bill}
    gear = {"item": "GEAR-500", "serial": "G-0001", "status": "produced", "document": "WO-1"}
    floor = Floor(tmp_path, site_named("assembly", documents=[order], units=[gear, *units]))
    floor.command("workflow", "look_up")
    floor.scan("G-0001")
    seen: list[str] = []
    for more in (11, 2, 0):
        floor.command("inside")
        shown = listed(floor)
        assert shown[9:] == ([f"and {more} more: the same key"] if more else [])
        seen += shown[:9]
    assert seen == [f"VALVE-9 SN-{n:06d}" for n in range(20)]
    floor.command("inside")
    assert listed(floor) == []


def test_nothing_is_written_down_by_looking(floor: Floor) -> None:
    before = len(floor.events())
    for name in ("inside", "history", "history", "back"):
        floor.scan("G-0001")
        floor.command(name)
    assert len(floor.events()) == before


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["inside", "history"])
def test_pages_fit_the_smallest_screen(floor: Floor, language: str, page: str) -> None:
    settings = msgspec.structs.replace(floor.session.settings, language=language)
    floor.session.settings = settings
    floor.presenter = type(floor.presenter)(floor.session)
    floor.scan("G-0001")
    floor.command(page)
    view = floor.presenter.view()
    rows = ["".join(text for text, _ in one) for one in paint(view, Local(), 40, 20).rows]
    for line in view.listing:
        assert any(line.text in row for row in rows), (line.text, rows)
    assert any(key.label in row for key in view.soft_keys for row in rows)
