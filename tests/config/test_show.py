"""What `config show` prints: everything, its origin, and no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from config import keys, show, token
from config.errors import ConfigError

if TYPE_CHECKING:
    from tests.config.conftest import Machine


def test_every_setting_has_a_row_with_its_origin(machine: Machine) -> None:
    path = machine.write("[screen]\ntheme = 'night'\n")
    rows = {row.key: row for row in show.rows(machine.load({"SCANNER_SYNC_POLL_S": "5"}))}
    assert list(rows) == list(keys.by_path())
    assert rows["screen.theme"] == show.Row("screen.theme", "night", f"{path}, line 2")
    assert rows["sync.poll_s"] == show.Row("sync.poll_s", 5, "SCANNER_SYNC_POLL_S")
    assert rows["scan.repeat_ms"] == show.Row("scan.repeat_ms", 1500, "default")


def test_no_row_holds_a_secret(machine: Machine) -> None:
    env = {"SCANNER_SYNC_TOKEN": "s3cret", "SCANNER_SYNC_URL": "https://user:s3cret@server/x"}
    rows = {row.key: row.value for row in show.rows(machine.load(env))}
    assert "s3cret" not in str(rows)
    assert rows["sync.token"] == show.HIDDEN
    assert rows["sync.url"] == "https://***@server/x"
    assert {row.key: row.value for row in show.rows(machine.load())}["sync.token"] == ""


def test_the_rows_are_json(machine: Machine) -> None:
    machine.write("[[serial.ports]]\nname = 'a'\npath = '/dev/x'\n")
    rows = {row["key"]: row for row in msgspec.json.decode(msgspec.json.encode(show.rows(machine.load())))}
    assert rows["serial.ports"]["value"] == [
        {
            "name": "a",
            "path": "/dev/x",
            "baud": 9600,
            "terminator": "CR",
            "profile": "generic",
            "inhibit": True,
            "burst_gap_ms": 0,
        }
    ]


def test_the_token_comes_from_the_setting_or_from_its_file(machine: Machine) -> None:
    assert token.sync_token(machine.load().settings) == ""
    (machine.here / "token").write_text("from-file\n")
    env = {"SCANNER_SYNC_TOKEN_FILE": "token"}
    assert token.sync_token(machine.load(env).settings) == "from-file"
    assert token.sync_token(machine.load(env | {"SCANNER_SYNC_TOKEN": "set"}).settings) == "set"


@pytest.mark.parametrize("content", [None, b"", b"two\nlines", b"\xff\xfe", b"a b", b"x" * 5000])
def test_a_token_file_without_a_token_is_refused_unquoted(machine: Machine, content: bytes | None) -> None:
    if content is not None:
        (machine.here / "token").write_bytes(content)
    with pytest.raises(
        ConfigError, match=r"token: sync\.token_file: .*; enrol this handheld again\.$"
    ) as refused:
        token.sync_token(machine.load({"SCANNER_SYNC_TOKEN_FILE": "token"}).settings)
    assert "two" not in str(refused.value)
