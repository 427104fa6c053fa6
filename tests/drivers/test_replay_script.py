"""The replay script: every form of line, and a useful word about every line that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import replay_script
from drivers.replay_lines import (
    AnyLine,
    BurstLine,
    CommandLine,
    Crash,
    Expect,
    KeyLine,
    Offline,
    Online,
    OperatorLine,
    ScanLine,
    TypeLine,
    WaitLine,
    WorkflowLine,
)
from drivers.replay_script import ScriptError, parse_script, read_script
from drivers.scan import SCAN_BYTES_MAX, Burst, Scan


def one(text: str | bytes) -> AnyLine:
    (line,) = parse_script(text)
    return line


def scanned(text: str | bytes) -> Scan:
    line = one(text)
    assert isinstance(line, ScanLine)
    return line.scan


def test_every_form_of_line() -> None:
    script = (
        "# a shift\n\noperator OP-7 1234\r\n  workflow receiving\nscan PO-4711\n"
        "expect document_opened|repeat\n"
        "burst ]C10109521234543213 | SN-1 \ncommand undo\ncommand hold crushed corner\nkey F2\ntype SN 2\n"
        "wait 1.5s\noffline\nonline\ncrash\nexpect a | b"
    )
    assert parse_script(script) == (
        OperatorLine(badge="OP-7", pin="1234", line=3, n=1, input="operator OP-7 1234"),
        WorkflowLine(name="receiving", line=4, n=2, input="workflow receiving"),
        ScanLine(scan=Scan(raw=b"PO-4711"), line=5, n=3, input="scan PO-4711"),
        Expect(codes=("document_opened", "repeat"), line=6, n=3, input="expect document_opened|repeat"),
        BurstLine(
            burst=Burst(scans=(Scan(raw=b"0109521234543213", symbology_id="]C1"), Scan(raw=b"SN-1"))),
            line=7,
            n=4,
            input="burst ]C10109521234543213 | SN-1 ",
        ),
        CommandLine(name="undo", line=8, n=5, input="command undo"),
        CommandLine(name="hold", argument="crushed corner", line=9, n=6, input="command hold crushed corner"),
        KeyLine(key="F2", line=10, n=7, input="key F2"),
        TypeLine(typed="SN 2", line=11, n=8, input="type SN 2"),
        WaitLine(wait_ms=1500, line=12, n=9, input="wait 1.5s"),
        Offline(line=13, n=10, input="offline"),
        Online(line=14, n=11, input="online"),
        Crash(line=15, n=12, input="crash"),
        Expect(codes=("a", "b"), line=16, n=12, input="expect a | b"),
    )


@pytest.mark.parametrize(
    ("text", "raw", "symbology_id"),
    [
        (r"scan A\x1dB\r\n\\x41\tZ", b"A\x1dB\r\n\\x41\tZ", ""),
        (r"scan \xE9\xff", b"\xe9\xff", ""),
        ("scan Grün", "Grün".encode(), ""),
        (b"scan \xe9", b"\xe9", ""),
        ("scan ]d2\\x1d21A", b"\x1d21A", "]d2"),
        ("scan ]zAx", b"x", "]zA"),
        ("scan \\x5dC1A", b"A", "]C1"),
        ("scan ]C1", b"]C1", ""),
        ("scan ]11A", b"]11A", ""),
        ("scan   A B  ", b"A B  ", ""),
        ("scan\tA", b"A", ""),
        ("scan # no comment", b"# no comment", ""),
        ("scan " + "x" * (SCAN_BYTES_MAX + 1), b"x" * SCAN_BYTES_MAX, ""),
    ],
)
def test_what_a_scan_delivers(text: str | bytes, raw: bytes, symbology_id: str) -> None:
    scan = scanned(text)
    assert (scan.raw, scan.symbology_id, scan.source, scan.typed) == (raw, symbology_id, "replay", False)


@given(st.binary(min_size=1, max_size=200).filter(lambda raw: not raw.startswith(b"]")))
def test_any_bytes_can_be_scanned(raw: bytes) -> None:
    written = "".join(f"\\x{byte:02x}" for byte in raw)
    assert scanned(f"scan {written}").raw == raw
    assert one(f"burst {written}|{written}") == BurstLine(
        burst=Burst(scans=(Scan(raw=raw),) * 2), line=1, n=1, input=f"burst {written}|{written}"
    )


@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused_in_one_sentence(script: bytes) -> None:
    try:
        sentence = ""
        lines = parse_script(script)
    except ScriptError as error:
        sentence, lines = str(error), ()
    assert len(lines) <= script.count(b"\n") + 1
    assert sentence.isprintable()
    assert not sentence or sentence.startswith("line ")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("scam A", "'scam' is not a word of the script; a line begins with one of scan, burst"),
        ("Scan A", "'Scan' is not a word"),
        ("\x1b[31m", r"'\x1b[31m' is not a word"),
        ("scan", "there is no code; scan TEXT"),
        (r"scan A\q", r"is not an escape; write \xNN"),
        (r"scan A\x4", "is not an escape"),
        ("scan A\\", "is not an escape"),
        ("burst A | | B", "a code of the label is empty"),
        ("burst", "a code of the label is empty"),
        ("burst " + "|".join("A" * 33), "the label has 33 codes; at most 32"),
        ("command", "'' is not a command; command takes one of ack, back"),
        ("command jump", "'jump' is not a command"),
        ("command quantity", "quantity of what?; command quantity N"),
        ("command location", "command location CODE"),
        ("key F2 F3", "is not one key"),
        ("key", "is not one key"),
        ("type", "there is nothing to type"),
        ("workflow dancing", "'dancing' is not a workflow; workflow takes one of assign"),
        ("operator", "operator BADGE [PIN]"),
        ("operator A B C", "operator BADGE [PIN]"),
        ("wait", "wait 200ms, wait 2s or wait 1.5s"),
        ("wait 200", "'200' is not a time"),
        ("wait -2s", "is not a time"),
        ("wait 3601s", "'3601s' is too long; at most 3600s"),
        ("offline now", "'now' is too much"),
        ("crash 1", "'1' is too much"),
        ("expect received", "there is no line above"),
        ("scan A\nexpect", "'' is not a verdict code"),
        ("scan A\nexpect Received!", "'Received!' is not a verdict code"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_wrong_and_what_is_right(text: str, part: str) -> None:
    with pytest.raises(ScriptError) as caught:
        parse_script(f"# head\n{text}\n")
    assert str(caught.value).startswith(f"line {2 + text.count(chr(10))}: ")
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("text", "wait_ms"), [("200ms", 200), ("2s", 2000), ("1.5s", 1500), ("0ms", 0), ("2 s", 2000)]
)
def test_times_to_wait(text: str, wait_ms: int) -> None:
    assert one(f"wait {text}") == WaitLine(wait_ms=wait_ms, line=1, n=1, input=f"wait {text}")


def test_bounds_of_file_lines_and_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(replay_script, "LINES_MAX", 3)
    assert len(parse_script("scan A\n" * 3)) == 3
    with pytest.raises(ScriptError, match=r"line 4: the script is too long; at most 3 lines"):
        parse_script("scan A\n" * 4)
    monkeypatch.setattr(replay_script, "LINE_BYTES_MAX", 10)
    assert scanned("scan 12345").raw == b"12345"
    with pytest.raises(ScriptError, match=r"line 2: the line is too long; at most 10 bytes"):
        parse_script("scan 1\nscan 123456")
    monkeypatch.setattr(replay_script, "SCRIPT_BYTES_MAX", 100)
    path = tmp_path / "shift.txt"
    path.write_bytes(b"#" * 101)
    with pytest.raises(ScriptError, match=r"the script is too large; at most 100 bytes"):
        read_script(path)


def test_a_file_with_byte_order_mark_and_without_a_last_line_end(tmp_path: Path) -> None:
    path = tmp_path / "shift.txt"
    path.write_bytes(b"\xef\xbb\xbfscan A\r\n\x0b\nscan B")
    assert [line.input for line in read_script(path)] == ["scan A", "scan B"]
