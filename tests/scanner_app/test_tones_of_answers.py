"""What is heard: each kind of answer has its own tone, and each tone is one of the sounds that there are."""

from __future__ import annotations

from pathlib import Path

from drivers.tones import TONES
from scanner_app.inputs import TimePassed
from tests.scanner_app.floor import Floor, site_named


def test_each_kind_of_answer_sounds_its_own(tmp_path: Path) -> None:
    floor = Floor(tmp_path / "data", site_named(policy={"over_receipt": "note"}))
    floor.scan("PO-1")
    heard = {"ok": floor.scan("SN-200001").tone, "repeat": floor.scan("SN-200001").tone}
    heard["stop"] = floor.scan("NONSENSE").tone
    heard["held"] = floor.scan("SN-200002").tone
    floor.command("ack")
    heard["complete"] = floor.scan("SN-200003").tone
    floor.wait()
    floor.command("workflow", "move")
    heard["note"] = floor.scan("SN-000010").tone
    floor.close()
    assert heard == {name: name for name in heard}
    assert set(heard) <= set(TONES)


def test_a_person_hears_nothing_of_what_he_did_not_scan(tmp_path: Path) -> None:
    floor = Floor(tmp_path / "data", site_named("staffed"))
    floor.scan("OP-7")
    floor.wait(15 * 60_000)
    floor.session.handle(TimePassed())
    assert floor.presenter.view().tone == ""
    floor.close()
