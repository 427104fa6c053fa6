"""Any caller's standard streams: closed, full, broken, in an old encoding. Never a traceback, and never a lie."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scanner_app import __main__ as program
from tests.scanner_app.scanner_process import WAREHOUSE, environment, scanner

CALLS = {
    "help": ("--help",),
    "settings": ("config", "show"),
    "replay": ("replay", "--site", WAREHOUSE, "script.txt"),
    "labels": ("labels", "--document", "PO-4711", "--json"),
}
SCRIPT = "workflow receiving\nscan PO-1\nscan SN-200001\nscan SN-200001\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "script.txt").write_text(SCRIPT)
    return tmp_path


def _called(
    folder: Path, arguments: tuple[str, ...], redirect: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """A call of the command as a shell makes it, with the redirection behind it."""
    return subprocess.run(
        ["sh", "-c", f'"$@" {redirect}', "sh", sys.executable, "-m", "scanner_app", *arguments],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        cwd=folder,
        env=environment() | variables,
        encoding=variables.get("PYTHONIOENCODING", "utf-8"),
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("name", "unbuffered"), [*((name, "1") for name in CALLS), ("help", ""), ("settings", "")]
)
def test_a_full_disk_behind_the_output_is_said(name: str, unbuffered: str, folder: Path) -> None:
    ended = _called(folder, CALLS[name], ">/dev/full", PYTHONUNBUFFERED=unbuffered)
    assert ended.returncode == 1
    assert ended.stderr == "scanner: the output cannot be written (No space left on device)\n"


@pytest.mark.parametrize("name", CALLS)
def test_a_closed_output_is_the_callers_wish(name: str, folder: Path) -> None:
    ended = _called(folder, CALLS[name], ">&-")
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("name", CALLS)
def test_a_reader_that_has_seen_enough_hears_no_complaint(name: str, folder: Path) -> None:
    ended = _called(folder, CALLS[name], "| head -n 1", PYTHONUNBUFFERED="1")
    assert (ended.returncode, ended.stderr) == (0, ""), "the shell's is that of head"
    assert ended.stdout.count("\n") == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("arguments", [("doctor",), CALLS["replay"]], ids=lambda words: words[0])
def test_an_output_without_our_signs_gets_their_twins(
    arguments: tuple[str, ...], encoding: str, folder: Path
) -> None:
    ended = _called(folder, arguments, "", PYTHONIOENCODING=encoding)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ("✓ " if encoding == "utf-8" else "+ ") in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "code"), [(("read", "--json"), 0), (("replay", "--site", WAREHOUSE, "-"), 0)]
)
def test_a_closed_input_is_an_empty_one(arguments: tuple[str, ...], code: int, folder: Path) -> None:
    ended = _called(folder, arguments, "<&-")
    assert (ended.returncode, ended.stderr) == (code, "")


def test_no_file_takes_the_number_of_a_closed_stream(folder: Path) -> None:
    data = folder / "data"
    ended = _called(folder, (*CALLS["replay"], "--data", str(data)), ">&- 2>&-")
    assert ended.returncode == 0
    told = scanner("audit", "verify", str(data))
    assert (told.code, told.err) == (0, ""), "nothing was written into the journal but events"


@pytest.mark.parametrize("redirect", ["2>/dev/full", "2>&-"])
def test_a_refusal_keeps_its_code_where_it_cannot_be_said(redirect: str, folder: Path) -> None:
    assert _called(folder, ("juggle",), redirect).returncode == 2


def test_a_fault_of_the_program_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> int:
        raise ZeroDivisionError("nobody thought of that")

    monkeypatch.setattr("scanner_app.cli.main", broken)
    monkeypatch.setattr("scanner_app.streams.make_ready", lambda: None)
    with pytest.raises(ZeroDivisionError):
        program.main()
    monkeypatch.delenv(program.SHOW_FAULTS)
    assert program.main() == 1
    said = capsys.readouterr().err
    assert said.startswith("scanner: this is a fault of the program")
    assert "ZeroDivisionError in test_streams.py" in said
    assert said.count("\n") == 1


UNFOUND = {
    "trace": ("trace", "SN-NOBODY", "--data", "data"),
    "recall": ("recall", "--lot", "L-NOBODY", "--data", "data"),
    "decode": ("decode", "script.txt"),
    "doctor": ("doctor", "--data", "script.txt"),
    "server": ("server", "--check", "--database", "script.txt"),
}


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("name", UNFOUND)
def test_whatever_ends_with_one_says_why_on_standard_error(name: str, as_json: bool, folder: Path) -> None:
    scanner("replay", "--site", WAREHOUSE, "script.txt", "--data", "data", folder=folder)
    ended = scanner(*UNFOUND[name], *(["--json"] if as_json else []), folder=folder)
    assert ended.code == 1
    assert ended.err.startswith("scanner: ")
    assert ended.err.count("\n") == 1
    if as_json:
        assert ended.rows


def test_an_option_without_a_name_is_no_option_left_out(folder: Path) -> None:
    for option in ("--data", "--config"):
        ended = scanner("config", "show", f"{option}=", folder=folder)
        assert (ended.code, ended.out, ended.err) == (2, "", f"scanner: {option} names nothing\n")


def test_what_an_editor_puts_in_front_is_no_part_of_a_file(folder: Path) -> None:
    mark = "\N{ZERO WIDTH NO-BREAK SPACE}"
    (folder / "site.json").write_text(mark + Path(WAREHOUSE).read_text("utf-8"), "utf-8")
    ended = scanner("replay", "--site", "site.json", "script.txt", "--json", folder=folder)
    assert (ended.code, ended.rows[-1]["summary"]["events"]) == (0, 1)
    ended = scanner("read", "--json", given=f'{mark}{{"id": 1, "raw": "A"}}\n{mark}B\n')
    assert [(row["id"], row["text"]) for row in ended.rows] == [(1, "A"), (None, f"{mark}B")]


def test_a_folder_that_nobody_made_yet_is_made_by_the_server(folder: Path) -> None:
    ended = scanner("server", "--check", "--database", str(folder / "not" / "there" / "yet" / "server.db"))
    assert (ended.code, ended.err) == (0, "")
    assert not (folder / "not").exists()


def test_a_folder_that_the_system_does_not_show_is_a_finding_of_the_doctor(folder: Path) -> None:
    ended = scanner("doctor", "--json", "--data", str(folder / ("x" * 300)))
    assert ended.code == 1
    assert any(row["name"] == "data" and row["state"] == "fault" for row in ended.rows)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_who_is_told_to_end_leaves_no_folder_behind(number: signal.Signals, folder: Path) -> None:
    temporary = folder / "temporary"
    temporary.mkdir()
    (folder / "script.txt").write_text(SCRIPT + "wait 1ms\n" * 100_000)
    with subprocess.Popen(
        [sys.executable, "-m", "scanner_app", "replay", "--site", WAREHOUSE, "script.txt", "--json"],
        stdout=subprocess.PIPE,
        cwd=folder,
        env=environment() | {"TMPDIR": str(temporary)},
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # noqa: PLW1509 - whoever runs this may ignore it
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        assert list(temporary.iterdir())
        process.send_signal(number)
        process.stdout.read()
    assert process.returncode == 128 + number
    assert list(temporary.iterdir()) == []


def test_without_a_terminal_the_screens_refuse_before_anything_is_made(folder: Path) -> None:
    ended = scanner("--data", "data", folder=folder)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "scanner: The screens need a terminal; without one, use scanner replay.\n"
    assert not (folder / "data").exists()


def test_bytes_that_are_no_text_are_refused_where_a_text_is_wanted(folder: Path) -> None:
    odd = b"SN-\xff".decode("utf-8", "surrogateescape")
    for arguments in (["trace", odd], ["assign", "--item", "A", odd], ["recall", "--lot", odd]):
        ended = scanner(*arguments, "--data", "data", folder=folder)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err == "scanner: 'SN-\\udcff' is no text: its bytes are no UTF-8\n"
    (folder / odd).write_text(SCRIPT)
    assert scanner("replay", "--site", WAREHOUSE, odd, folder=folder).code == 0, "a file may be called so"
