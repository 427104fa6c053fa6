"""``config show``: which policy holds, and whose word it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from config.keys import by_path
from scanner_app import cli
from scanner_app.clockwork import SystemClock
from scanner_app.handheld import Handheld
from scanner_app.session import SessionSettings
from tests.scenarios.story import FOLDER
from tracking.policy import NAMES


def shown(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, dict[str, Any]]:
    capsys.readouterr()
    assert cli.main(["config", "show", "--json", *options]) == 0
    return {row["key"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A handheld whose site states two policies, in a folder with settings of its own."""
    monkeypatch.chdir(tmp_path)
    site = json.loads((FOLDER / "sites" / "warehouse.json").read_text("utf-8"))
    site["policy"] = {"over_receipt": "stop", "second_person": ["destroy"]}
    (tmp_path / "site.json").write_text(json.dumps(site))
    (tmp_path / "script").write_text("workflow receiving\n")
    (tmp_path / "scanner.toml").write_text(
        '[policy]\nover_receipt = "note"\ncomplete_on_last_scan = false\noverride_role = "foreman"\n'
    )
    folder = tmp_path / "data"
    assert cli.main(["replay", "--site", "site.json", "script", "--data", str(folder)]) == 0
    return folder


def test_every_policy_is_shown_with_its_origin(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = shown(capsys, "--data", str(data))
    assert {f"policy.{name}" for name in NAMES} <= set(rows)
    assert set(by_path()) <= set(rows)
    assert rows["policy.over_receipt"] == {
        "key": "policy.over_receipt",
        "value": "stop",
        "origin": "the data of site HAM",
    }
    assert rows["policy.second_person"]["value"] == ["destroy"]
    assert "scanner.toml" in rows["policy.override_role"]["origin"]
    assert rows["policy.unknown_serial_at_shipping"]["origin"] == "default"
    assert rows["policy.sample_percent"]["origin"] == "default"


def test_without_a_handhelds_data_the_settings_stand(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = shown(capsys, "--data", str(data.parent / "none"))
    assert rows["policy.over_receipt"]["value"] == "note"
    assert not (data.parent / "none").exists()


def test_a_damaged_cache_is_no_reason_to_say_nothing(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "cache.db").write_bytes(b"not a database")
    assert shown(capsys, "--data", str(data))["policy.over_receipt"]["value"] == "note"
    assert (data / "cache.db").read_bytes() == b"not a database"


def test_what_is_shown_is_what_holds(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The setting decides at a site that says nothing, and the site's word over it."""
    script = tmp_path / "more"
    script.write_text("scan PO-1\nscan SN-200001\nscan SN-200002\nscan SN-200003\nscan SN-200004\n")
    site = msgspec.json.decode((tmp_path / "site.json").read_bytes())
    site["policy"] = {}
    (tmp_path / "silent.json").write_bytes(msgspec.json.encode(site))
    for name, code in (("site.json", "over_quantity"), ("silent.json", "over_receipt_noted")):
        capsys.readouterr()
        assert cli.main(["replay", "--site", name, str(script), "--json"]) == 0
        last = json.loads(capsys.readouterr().out.splitlines()[-2])
        assert last["code"] == code


def test_a_handheld_that_was_started_and_never_filled_has_no_policy_of_a_site(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Handheld(tmp_path / "data", SystemClock(), SessionSettings()).close()
    assert shown(capsys, "--data", str(tmp_path / "data"))["policy.over_receipt"]["origin"] == "default"
