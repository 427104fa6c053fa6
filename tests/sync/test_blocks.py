"""``scanner assign --server``: handhelds number offline out of blocks of their own, and never give the same number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner_app import identity
from scanner_app.cache_feed import load_site
from scanner_app.cli import main
from scanner_app.clockwork import SystemClock
from scanner_app.handheld import Handheld
from scanner_app.session import SessionSettings
from tests.durability.goods import site_file
from tests.sync.fleet import Fleet
from tracking.site import load

PATTERN = "SN-{seq:6}"


def handheld(fleet: Fleet, folder: Path) -> Path:
    """An enrolled data directory that knows the site, and does not run."""
    server, device = fleet.enroll()
    opened = Handheld(folder, SystemClock(), SessionSettings(), device=device)
    load_site(opened.cache, load(json.dumps(site_file()).encode(), "site"))
    opened.close()
    identity.keep(
        folder, identity.Identity(device=device, token=server.token, site=server.site, url=server.url)
    )
    return folder


def assign(folder: Path, count: int, *more: str) -> int:
    words = ["assign", "--data", str(folder), "--item", "PUMP", "--pattern", PATTERN, "--count", str(count)]
    return main([*words, "--json", *more])


def given(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [json.loads(line)["serial"] for line in capsys.readouterr().out.splitlines()]


def test_two_handhelds_never_give_the_same_number(
    fleet: Fleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = handheld(fleet, tmp_path / "one"), handheld(fleet, tmp_path / "other")
    assert assign(one, 3, "--server") == 0
    assert given(capsys) == ["SN-000000", "SN-000001", "SN-000002"]
    assert assign(other, 2, "--server") == 0
    assert given(capsys) == ["SN-001000", "SN-001001"]
    # The network is gone: both go on with what they hold, and the numbers do not meet.
    fleet.stop_server()
    assert assign(one, 500) == 0
    ours = given(capsys)
    assert assign(other, 998) == 0
    theirs = given(capsys)
    assert (ours[0], ours[-1], theirs[0], theirs[-1]) == ("SN-000003", "SN-000502", "SN-001002", "SN-001999")
    assert assign(other, 1) == 2
    assert "only 0 numbers" in capsys.readouterr().err
    fleet.start_server()
    assert assign(other, 1, "--server") == 0
    assert given(capsys) == ["SN-002000"]


def test_numbers_of_before_are_not_lent_again(
    fleet: Fleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = handheld(fleet, tmp_path / "one")
    assert assign(one, 7) == 0
    assert assign(one, 1, "--server") == 0
    assert given(capsys)[-1] == "SN-000007"


def test_a_handheld_of_an_older_copy_gives_nothing_that_it_held(
    fleet: Fleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = handheld(fleet, tmp_path / "one")
    assert assign(one, 1, "--server") == 0
    opened = Handheld(one, SystemClock(), SessionSettings())
    opened.journal.begin_epoch(2)  # what the server's answer leads to after a copy was put back
    opened.close()
    given(capsys)
    assert assign(one, 1) == 2
    assert given(capsys) == []
    assert assign(one, 1, "--server") == 0
    assert given(capsys) == ["SN-001000"]


def test_a_number_that_was_drawn_and_not_given_is_burnt(
    fleet: Fleet, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from scanner_app import assigning

    one = handheld(fleet, tmp_path / "one")

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(assigning, "give", power_cut)
        assert assign(one, 2, "--server") != 0
    capsys.readouterr()
    assert assign(one, 1) == 0
    assert given(capsys) == ["SN-000002"]


def test_the_end_of_a_pattern_is_said(
    fleet: Fleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = handheld(fleet, tmp_path / "one")
    words = ["assign", "--data", str(one), "--item", "PUMP", "--pattern", "SN-00000{seq:1}", "--server"]
    assert main([*words, "--count", "10"]) == 0
    assert main([*words, "--count", "1"]) == 1
    assert "needs a longer pattern" in capsys.readouterr().err


def test_without_a_server_it_is_said_what_to_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    opened = Handheld(tmp_path / "alone", SystemClock(), SessionSettings())
    opened.close()
    assert assign(tmp_path / "alone", 1, "--server") == 2
    assert "not enrolled" in capsys.readouterr().err
    assert assign(tmp_path / "alone", 1, "--server", "--first", "5") == 2
    assert "--first" in capsys.readouterr().err
