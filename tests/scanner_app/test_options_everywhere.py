"""What every verb takes: ``--json --data --config --version --help``. One table, and all of it is run."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from config.version import VERSION
from scanner_app import server_calls
from scanner_app.cli import VERBS, main
from server.main import serve
from tests.drivers.camera import drawing
from tests.scanner_app.scanner_process import WAREHOUSE, environment, scanner

SITE = "HAM"
SCRIPT = "workflow receiving\nscan PO-1\nscan SN-200001\n"
AT = ("--server", "{url}", "--token", "{token}")
CALLS: dict[str, tuple[str, ...]] = {
    "enroll": ("enroll", "--server", "{url}", "--code", "{code}", "--data", "{there}/new"),
    "read": ("read",),
    "read at a site": ("read", "--site", WAREHOUSE),
    "decode": ("decode", "{there}/label.png"),
    "replay": ("replay", "{there}/shift.txt"),
    "trace": ("trace", "SN-200001"),
    "trace of a server": ("trace", "SN-000012", *AT),
    "recall": ("recall", "--item", "PUMP-100", "--from", "SN-000000", "--to", "SN-999999"),
    "recall of a server": ("recall", "--item", "PUMP-100", "--from", "SN-000000", "--to", "SN-999999", *AT),
    "import": ("import", WAREHOUSE, *AT),
    "export events": ("export", "events"),
    "export units": ("export", "units"),
    "export documents": ("export", "documents"),
    "export events of a server": ("export", "events", *AT),
    "export outbox": ("export", "outbox", "{there}/out.scanner"),
    "assign": ("assign", "SN-900001", "--item", "PUMP-100", "--dry-run"),
    "labels": ("labels", "--site", WAREHOUSE),
    "print templates": ("print", "--templates"),
    "print preview": ("print", "location", "--value", "location=A", "--preview", "{there}/label.svg"),
    "sync": ("sync",),
    "audit": ("audit", "verify", "{data}"),
    "audit of a server": ("audit", "verify", "{url}", "--token", "{token}"),
    "doctor": ("doctor",),
    "config": ("config", "show"),
    "server check": ("server", "--check", "--database", "{there}/other.db"),
    "server rebuild": ("server", "rebuild", "--database", "{there}/other.db"),
    "server backup": ("server", "backup", "{there}/backup.db", "--database", "{there}/central.db"),
    "server ca": ("server", "ca", "{there}/ca"),
    "server drill": ("server", "drill", "12"),
}
"""What it is -> the call, which works, and has something to say."""
OF_THEIR_OWN = {"run": "needs a terminal", "demo": "below, once", "server": "serving: below, once"}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A server, an enrolled handheld with some events, and what else the calls name."""
    folder = tmp_path_factory.mktemp("place")
    running = serve(folder / "central.db")
    url, token, data = running.url, running.office_token, folder / "data"
    (folder / "shift.txt").write_text(SCRIPT)
    Image.fromarray(drawing.placed(drawing.symbol("SN-1", "Code128"))).save(folder / "label.png")
    server_calls.import_site(url, token, SITE, Path(WAREHOUSE).read_bytes())
    code = server_calls.new_code(url, token, SITE)
    for call in (
        ["enroll", "--server", url, "--code", code],
        ["sync"],
        ["replay", str(folder / "shift.txt")],
    ):
        assert main([*call, "--data", str(data)]) == 0
    yield {
        "url": url,
        "token": token,
        "code": server_calls.new_code(url, token, SITE),
        "there": str(folder),
        "data": str(data),
    }
    running.stop()


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An account's home with nothing in it, and none of the settings of whoever runs the tests."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.startswith(("XDG_", "SCANNER_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"SN-1\n")))
    return tmp_path


def test_the_table_has_every_verb() -> None:
    assert {words[0] for words in CALLS.values()} | OF_THEIR_OWN.keys() == VERBS.keys()


@pytest.mark.parametrize("name", CALLS)
def test_json_is_lines_of_objects_and_data_is_the_folder_that_is_named(
    name: str, names: dict[str, str], elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word.format_map(names) for word in CALLS[name]]
    data = [] if "--data" in words else ["--data", names["data"]]
    code = main([*words, "--json", *data])
    told = capsys.readouterr()
    assert code == 0 or (name == "doctor" and code == 1), told.err
    rows = [json.loads(line) for line in told.out.splitlines()]
    assert rows
    assert {type(row) for row in rows} == {dict}
    assert list(elsewhere.iterdir()) == [], "it wrote where nobody told it to"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_what_it_is_and_reads_the_settings_that_are_named(
    verb: str, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, "--version"]) == 0
    assert capsys.readouterr().out == f"scanner {VERSION}\n"
    assert main([verb, "--help"]) == 0
    told = capsys.readouterr().out
    assert all(option in told for option in ("--config", "--data", "--json", "--version", "--help"))
    words = next(words for words in (*CALLS.values(), (verb,)) if words[0] == verb)
    (elsewhere / "mine.toml").write_text("[screen]\nlanguage = 'xx'\n")
    assert main([*words, "--config", "mine.toml"]) == 2
    refused = capsys.readouterr()
    assert (refused.out, "mine.toml" in refused.err, refused.err.count("\n")) == ("", True, 1)


def test_the_handheld_itself_has_no_lines_to_print_and_says_why(elsewhere: Path) -> None:
    ended = scanner("run", "--json", "--data", str(elsewhere / "data"))
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)


def test_a_server_says_where_it_is_in_a_line(tmp_path: Path) -> None:
    call = [sys.executable, "-m", "scanner_app", "server", "--port", "0", "--json", "--data", str(tmp_path)]
    server = subprocess.Popen(call, stdout=subprocess.PIPE, env=environment())
    try:
        assert server.stdout is not None
        assert json.loads(server.stdout.readline()).keys() >= {"url", "token"}
        assert (tmp_path / "server.db").exists()
    finally:
        server.send_signal(signal.SIGTERM)
        out, _ = server.communicate(timeout=30)
    assert out == b""


ROW = {"n", "input", "verdict", "code", "message", "prompt", "progress", "unit", "events"}


def test_the_demonstration_plays_its_shift_in_rows_as_a_replay_has_them() -> None:
    ended = scanner("demo", "--json")
    assert (ended.code, ended.err) == (0, "")
    *rows, last = ended.rows
    assert all(row.keys() >= ROW for row in rows)
    assert [row["n"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(row["prompt"] for row in rows)
    said = last["summary"]
    assert said["scans"] >= said["ok"] + said["note"] > 250
    assert said["stop"] > 0
    assert said["events"] == sum(len(row["events"]) for row in rows) == said["on_server"]
    assert (said["lost"], said["pending"]) == (0, 0)
    assert {"crash", "offline"} <= {row["input"] for row in rows}


def test_the_demonstrations_last_line_is_what_others_look_for() -> None:
    ended = scanner("demo")
    assert (ended.code, ended.err) == (0, "")
    last = ended.out.splitlines()[-1]
    found = re.fullmatch(r"demo: (\d+) scans accepted, (\d+) events on the server, 0 lost", last)
    assert found, last
    assert min(map(int, found.groups())) > 250
