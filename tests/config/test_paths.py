"""Where data lives, and what is said when it cannot live there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from config import paths
from config.errors import ConfigError
from config.loader import Flag, shipped

if TYPE_CHECKING:
    from tests.config.conftest import Machine


def test_data_lives_in_the_xdg_state_directory(tmp_path: Path) -> None:
    settings = shipped()
    assert paths.data_dir(settings, {"HOME": "/h"}).as_posix() == "/h/.local/state/scanner"
    assert paths.data_dir(settings, {"HOME": "/h", "XDG_STATE_HOME": str(tmp_path)}) == tmp_path / "scanner"
    assert paths.data_dir(settings, {"HOME": "/h", "XDG_STATE_HOME": "relative"}).is_relative_to("/h")


def test_the_option_names_another_data_directory(machine: Machine) -> None:
    loaded = machine.load(flags=[Flag("--data", "data.dir", "elsewhere")])
    assert paths.data_dir(loaded.settings) == machine.here / "elsewhere"
    assert paths.server_database(loaded.settings) == machine.here / "elsewhere" / "server.db"


def test_the_servers_database_can_be_named(machine: Machine) -> None:
    assert (
        str(paths.server_database(machine.load({"SCANNER_SERVER_DATABASE": "/srv/all.db"}).settings))
        == "/srv/all.db"
    )


@pytest.mark.parametrize("home", ["", "not/absolute"])
def test_without_a_home_the_accounts_own_is_used(home: str) -> None:
    assert paths.home({"HOME": home}) == paths.home({})
    assert paths.data_dir(shipped(), {"HOME": home}).is_absolute()


def test_without_any_home_the_option_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_account(_: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", no_account)
    with pytest.raises(ConfigError, match=r"name a folder with --data DIR\.$"):
        paths.data_dir(shipped(), {})
    assert paths.settings_files({}, Path("/here"))[0] == Path("/here/scanner.toml")


def test_a_new_data_directory_is_for_this_account_alone(tmp_path: Path) -> None:
    made = paths.make_data_dir(tmp_path / "a" / "b")
    assert made.stat().st_mode & 0o777 == 0o700
    assert paths.make_data_dir(made) == made


def test_a_data_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    for folder in (tmp_path / "data", tmp_path / "data" / "below", tmp_path / "n\0ul"):
        with pytest.raises(
            ConfigError, match=r"the data directory cannot be used \(.+\); correct .* --data DIR\.$"
        ) as refused:
            paths.make_data_dir(folder)
        assert str(refused.value).isprintable()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_directory_that_keeps_this_account_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o500)
    with pytest.raises(ConfigError, match="Permission denied"):
        paths.make_data_dir(tmp_path / "data")


def test_an_address_of_postgresql_stays_as_it_is(machine: Machine) -> None:
    address = "postgresql://keeper@db/central?host=/run/postgresql"
    named = machine.load({"SCANNER_SERVER_DATABASE": address}).settings
    assert paths.server_database(named) == address
    assert paths.server_database(machine.load({}).settings, address) == address
