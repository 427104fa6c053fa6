"""Scans, tokens and keys are the account's alone, whatever its mask and wherever they lie; what it asked for is not."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scanner_app.handheld import CACHE_FILE, CLOSED_FILES, JOURNAL_FILE
from tests.scanner_app.scanner_process import WAREHOUSE, Ended, environment, scanner

OPEN = 0o022
"""The usual mask: everybody may read what an account writes."""
OPENER = 0o000


def modes(folder: Path) -> dict[str, int]:
    """Everything below a folder, with its rights."""
    return {str(one.relative_to(folder)): stat.S_IMODE(one.lstat().st_mode) for one in folder.rglob("*")}


def let_in(folder: Path) -> dict[str, str]:
    """What others than the owner may look at."""
    return {name: oct(mode) for name, mode in modes(folder).items() if mode & 0o077}


def shift(data: Path, umask: int) -> Ended:
    """A handheld that starts, takes a scan, loses its power with its logs open, and starts again."""
    script = data.parent / "shift.txt"
    script.write_text("workflow receiving\nscan PO-1\nscan SN-200001\ncrash\nscan SN-200002\n")
    call = ("replay", "--site", WAREHOUSE, str(script), "--json", "--data", str(data))
    return scanner(*call, umask=umask)


@pytest.mark.parametrize("umask", [OPEN, OPENER])
def test_a_handheld_makes_its_files_for_itself_also_in_an_open_folder(tmp_path: Path, umask: int) -> None:
    data = tmp_path / "there"
    data.mkdir()
    data.chmod(0o777)
    assert shift(data, umask).code == 0
    assert {JOURNAL_FILE, CACHE_FILE} <= set(modes(data))
    assert let_in(data) == {}
    deep = tmp_path / "new" / "data"
    assert shift(deep.parent, umask).code == 0
    assert stat.S_IMODE(deep.parent.stat().st_mode) == 0o700
    assert let_in(deep.parent) == {}


def test_what_was_left_open_is_closed_with_the_next_start_and_nothing_else(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert shift(data, OPEN).code == 0
    for name in CLOSED_FILES:
        if name != "identity.json":
            (data / name).write_text("{}")
    (data / "notes.txt").write_text("of a person")
    for name in modes(data):
        (data / name).chmod(0o664)
    data.chmod(0o755)
    assert shift(data, OPEN).code == 0
    assert let_in(data).keys() - {"lock", "ballast"} == {"notes.txt"}
    assert stat.S_IMODE(data.stat().st_mode) == 0o755, "the folder is whoever's who made it"


def test_a_server_and_its_backups_are_its_accounts_alone(tmp_path: Path) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    folder.chmod(0o755)
    database = folder / "server.db"
    call = [
        sys.executable,
        "-m",
        "scanner_app",
        "server",
        "--database",
        str(database),
        "--port",
        "0",
        "--json",
    ]
    for _ in range(2):
        server = subprocess.Popen(call, stdout=subprocess.PIPE, env=environment(), umask=OPENER)
        try:
            assert server.stdout is not None
            assert b"url" in server.stdout.readline()
            backup = scanner(
                "server", "backup", f"{folder}/kept/nightly/", "--database", str(database), umask=OPENER
            )
            assert backup.code == 0, backup.err
            assert let_in(folder) == {}
            assert any(name.endswith("-wal") for name in modes(folder)), "it is at work"
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=30)
        assert let_in(folder) == {}
        for name in ("server.db", "server.db.office-token"):  # as somebody's copy may have left them
            (folder / name).chmod(0o644)
        for one in (folder / "kept" / "nightly").iterdir():
            one.unlink()


def test_keys_of_an_authority_are_its_accounts_alone(tmp_path: Path) -> None:
    assert scanner("server", "ca", str(tmp_path / "ca"), umask=OPENER).code == 0
    assert "ca/ca.key" in modes(tmp_path)
    assert let_in(tmp_path) == {}


@pytest.mark.parametrize(("umask", "made"), [(0o022, 0o644), (0o027, 0o640), (0o000, 0o666)])
def test_what_a_person_asks_for_by_name_is_made_as_their_other_files(
    tmp_path: Path, umask: int, made: int
) -> None:
    asked = {
        "sheet.html": ("labels", "--site", WAREHOUSE, "--out", "sheet.html"),
        "sheet.png": ("labels", "--site", WAREHOUSE, "--out", "sheet.png"),
        "one.svg": ("print", "location", "--value", "location=A-1", "--preview", "one.svg"),
        "spool": ("print", "location", "--value", "location=A-1"),
    }
    (tmp_path / "spool").mkdir()
    (tmp_path / "scanner.toml").write_text(f'[printer]\ntarget = "{tmp_path}/spool"\n')
    for name, call in asked.items():
        ended = scanner(*call, folder=tmp_path, umask=umask)
        assert ended.code == 0, ended.err
        file = next((tmp_path / name).iterdir()) if name == "spool" else tmp_path / name
        assert stat.S_IMODE(file.stat().st_mode) == made, name
