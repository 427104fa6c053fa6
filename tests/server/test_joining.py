"""A handheld whose identity is gone gets a code for its old name, and what it wrote meanwhile arrives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner_app.cli import main
from scanner_app.identity import IDENTITY_FILE, known
from sync.agent import Agent
from tests.server.fleet import Office, site_file

SCRIPT = "workflow receiving\nscan PO-1\nscan {}\n"


def _scan(data: Path, serial: str) -> None:
    script = data.with_suffix(".txt")
    script.write_text(SCRIPT.format(serial))
    assert main(["replay", str(script), "--data", str(data)]) == 0


def test_events_stay_and_arrive_under_the_old_name(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office.load(site_file(operators=[]))
    data, url = tmp_path / "handheld", office.running.url
    enroll = ["enroll", "--server", url, "--data", str(data), "--code"]
    assert main([*enroll, office.code(site="HAM")]) == 0
    assert main(["sync", "--data", str(data)]) == 0
    _scan(data, "A-1")
    assert main(["sync", "--data", str(data)]) == 0
    first = known(data)
    assert first is not None
    (data / IDENTITY_FILE).unlink()
    _scan(data, "A-2")
    capsys.readouterr()
    assert main([*enroll, office.code(site="HAM")]) == 1
    assert f"a code with the device {first.device}" in capsys.readouterr().err
    assert known(data) is None, "another name would never fit the events"
    assert main([*enroll, office.code(site="HAM", device=first.device)]) == 0
    again = known(data)
    assert again is not None
    assert (again.device, again.token == first.token) == (first.device, False)
    assert main(["sync", "--data", str(data)]) == 0
    assert [row[0] for row in office.ledger()] == [first.device] * 2


def test_what_was_scanned_without_a_server_is_no_servers(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office.load(site_file(operators=[]))
    data, code = tmp_path / "alone", office.code(site="HAM")
    (tmp_path / "site.json").write_text('{"site": "HAM"}')
    (tmp_path / "shift.txt").write_text("scan A-1\n")
    replay = ["replay", str(tmp_path / "shift.txt"), "--site", str(tmp_path / "site.json")]
    assert main([*replay, "--data", str(data)]) == 0
    capsys.readouterr()
    enroll = ["enroll", "--server", office.running.url, "--code", code, "--data"]
    assert main([*enroll, str(data)]) == 1
    assert "events under another name" in capsys.readouterr().err
    assert main([*enroll, str(tmp_path / "new")]) == 0, "the code was not used up"


def test_a_sync_is_over_when_everything_new_is_here(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.load(site_file(operators=[]))
    data = ("--data", str(tmp_path / "handheld"))
    code = office.code(site="HAM")
    assert main(["enroll", "--server", office.running.url, "--code", code, *data]) == 0
    feed_once = Agent._feed_once

    def at_the_end(agent: Agent, wait_s: int) -> tuple[bool, bool]:
        agent._over.wait()  # the news come when nobody waits for them any more
        return feed_once(agent, wait_s)

    monkeypatch.setattr(Agent, "_feed_once", at_the_end)
    capsys.readouterr()
    assert main(["sync", "--seconds", "2", "--json", *data]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["up_to_date"] is False
    assert "news are not all here" in said.err
    monkeypatch.setattr(Agent, "_feed_once", feed_once)
    assert main(["sync", "--json", *data]) == 0
    assert json.loads(capsys.readouterr().out)["up_to_date"] is True
    assert main(["export", "documents", *data]) == 0
    assert [json.loads(line)["number"] for line in capsys.readouterr().out.splitlines()] == ["PO-1"]


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf"])
def test_no_time_is_no_sync(seconds: str, office: Office, tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "handheld"))
    code = office.code(site="HAM")
    assert main(["enroll", "--server", office.running.url, "--code", code, *data]) == 0
    assert main(["sync", f"--seconds={seconds}", *data]) == 2
