"""The second person's PIN: never shown, never written, and not to be guessed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner_app.inputs import SignIn
from scanner_app.pin_tries import PIN_WAIT_MS, WRONG_PINS_MAX
from tests.scanner_app.floor import Floor, site_named


@pytest.fixture(params=["write_off", "returns"])
def floor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Floor]:
    """At the prompt for the PIN of the second person, in both tasks that ask for one."""
    floor = Floor(tmp_path / "data", site_named("depot_staffed"))
    floor.give(SignIn(badge="OP-7"))
    floor.command("workflow", request.param)
    if request.param == "write_off":
        floor.scan("SN-000001")
        floor.type("broken")
    else:
        floor.scan("SN-000014")
        floor.command("scrap")
    floor.scan("OP-9")
    yield floor
    floor.close()


def bytes_of_the_journal(floor: Floor) -> bytes:
    folder = floor.folder
    return b"".join(path.read_bytes() for path in folder.glob("journal.db*"))


def test_it_is_never_shown(floor: Floor) -> None:
    view = floor.presenter.view()
    assert (view.prompt, view.wants_text, view.secret) == ("Type your PIN", True, True)


def test_it_is_written_nowhere_right_or_wrong(floor: Floor) -> None:
    assert floor.type("97531").verdict.code == "role_required"
    floor.command("ack")
    assert floor.type("2468").verdict.code == "scrapped"
    assert [event.raw for event in floor.events() if event.raw in {"97531", "2468"}] == []
    written = bytes_of_the_journal(floor)
    assert b"97531" not in written
    assert b'"2468"' not in written
    assert all("97531" not in line.text for line in floor.presenter.view().history)


def test_guessing_it_is_slowed_down_also_across_a_crash(floor: Floor) -> None:
    for _ in range(WRONG_PINS_MAX):
        assert floor.type("0000").verdict.code == "role_required"
        floor.command("ack")
    floor.crash()
    assert "wait" in floor.type("2468").message
    floor.command("ack")
    floor.wait(PIN_WAIT_MS)
    assert floor.type("2468").verdict.code == "scrapped"
    assert floor.session.state.pin_tries == {}


def test_a_reason_is_no_pin(floor: Floor) -> None:
    """What is typed elsewhere is written as ever."""
    floor.command("back")
    floor.command("workflow", "write_off")
    floor.scan("SN-000002")
    floor.type("fell off the ramp")
    floor.scan("OP-8")
    assert floor.events()[-1].reason.startswith("fell off the ramp")
