"""Option before variable before ./scanner.toml before the account's file before the system's before the default."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.errors import ConfigError
from config.loader import Flag
from config.origin import Source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.config.conftest import Machine


def test_the_strongest_place_that_has_a_key_wins(machine: Machine) -> None:
    flags = [Flag("--server", "sync.url", "https://flag")]
    env = {"SCANNER_SYNC_URL": "https://env"}
    assert machine.load().settings.sync.url == ""
    steps = [
        (machine.system, "https://etc"),
        (machine.user, "https://user"),
        (machine.here / "scanner.toml", "https://here"),
    ]
    for path, url in steps:
        machine.write(f'# a comment\n[sync]\nurl = "{url}"\n', path)
        loaded = machine.load()
        assert loaded.settings.sync.url == url
        assert str(loaded.origins["sync.url"]) == f"{path}, line 3"
    assert machine.load(env).settings.sync.url == "https://env"
    assert str(machine.load(env).origins["sync.url"]) == "SCANNER_SYNC_URL"
    assert machine.load(env, flags=flags).settings.sync.url == "https://flag"
    assert str(machine.load(env, flags=flags).origins["sync.url"]) == "--server"


def test_each_key_is_taken_by_itself(machine: Machine) -> None:
    machine.write("[sync]\npoll_s = 5\n", machine.system)
    machine.write("[sync]\ntimeout_s = 6\n", machine.user)
    machine.write('[screen]\ntheme = "night"\n')
    loaded = machine.load({"SCANNER_WEDGE_GAP_MS_MAX": "20"})
    sync = loaded.settings.sync
    assert (sync.poll_s, sync.timeout_s, loaded.settings.wedge.gap_ms_max) == (5, 6, 20)
    assert loaded.settings.screen.theme == "night"
    assert loaded.origins["sync.retry_s_max"].source is Source.DEFAULT
    assert loaded.files == (machine.here / "scanner.toml", machine.user, machine.system)


@pytest.mark.parametrize("by", ["option", "variable"])
def test_a_named_file_takes_the_place_of_the_usual_ones(machine: Machine, by: str) -> None:
    machine.write("[sync]\npoll_s = 5\n")
    machine.write("[sync]\ntimeout_s = 6\n", machine.here / "other.toml")
    named = machine.here / "other.toml"
    loaded = (
        machine.load(config_path=named) if by == "option" else machine.load({"SCANNER_CONFIG": "other.toml"})
    )
    assert (loaded.settings.sync.poll_s, loaded.settings.sync.timeout_s) == (30, 6)
    assert loaded.files == (named,)


def test_a_named_file_must_be_there(machine: Machine) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml: there is no such file"):
        machine.load(config_path=machine.here / "absent.toml")


@pytest.mark.parametrize("home", ["", "relative/home"])
def test_a_home_that_is_not_one_is_not_looked_into(
    machine: Machine, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(machine.here)
    machine.write("[sync]\npoll_s = 5\n", machine.here / home / ".config" / "scanner" / "scanner.toml")
    assert machine.load({"HOME": home}).settings.sync.poll_s == 30


def test_xdg_config_home_is_obeyed_when_absolute(machine: Machine, tmp_path: Path) -> None:
    machine.write("[sync]\npoll_s = 5\n", tmp_path / "xdg" / "scanner" / "scanner.toml")
    assert machine.load({"XDG_CONFIG_HOME": str(tmp_path / "xdg")}).settings.sync.poll_s == 5
    assert machine.load({"XDG_CONFIG_HOME": "xdg"}).settings.sync.poll_s == 30


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[sync]\npoll_s = 5\n", 2),
        ("[screen]\n# poll_s = 1\n[sync]\n\n  poll_s=5 # every\n", 5),
        ("[sync]\r\n\r\npoll_s = 5\r\n", 3),
        ("sync.poll_s = 5\n", 1),
        ("\nsync = { poll_s = 5 }\n", 2),
        ('["sync"]\n"poll_s" = 5\n', 2),
        ("\ufeff[sync]\npoll_s = 5\n", 2),
    ],
)
def test_the_line_of_a_value_is_known(machine: Machine, text: str, line: int) -> None:
    machine.write(text)
    loaded = machine.load()
    assert loaded.settings.sync.poll_s == 5
    assert loaded.origins["sync.poll_s"].line == line


def test_relative_paths_belong_to_the_place_that_says_them(machine: Machine, tmp_path: Path) -> None:
    machine.write('[data]\ndir = "data"\n[server]\ndatabase = "/srv/x.db"\n', machine.user)
    settings = machine.load().settings
    assert settings.data.dir == str(machine.user.parent / "data")
    assert settings.server.database == "/srv/x.db"
    assert machine.load({"SCANNER_DATA_DIR": "d"}).settings.data.dir == str(machine.here / "d")
    machine.write(
        '[[serial.ports]]\nname = "a"\npath = "tty"\n[[serial.ports]]\nname = "b"\npath = "socket://h:1"\n'
    )
    assert [port.path for port in machine.load().settings.serial.ports] == [
        str(machine.here / "tty"),
        "socket://h:1",
    ]
    # the home of the account is what conftest made it
    assert machine.load({"SCANNER_DATA_DIR": "~/d"}).settings.data.dir == str(tmp_path / "home" / "d")
