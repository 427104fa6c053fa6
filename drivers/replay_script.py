r"""Reads a replay script: a shift as text, one line for each thing that an operator does.

>>> [line.input for line in parse_script("# morning\noperator OP-7\nscan ]C121SN-1\\x1d10A\nexpect received\n")]
['operator OP-7', 'scan ]C121SN-1\\x1d10A', 'expect received']
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypedDict

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
from drivers.scan import SCAN_BYTES_MAX, Burst, Scan

SCRIPT_BYTES_MAX = 64 * 1024 * 1024
"""Largest script, bytes."""

LINES_MAX = 1_000_000
"""Most lines in a script, comments counted."""

LINE_BYTES_MAX = 256 * 1024
"""Longest line, bytes: a scan of the longest kind with every byte written as ``\\xNN``, several times over."""

BURST_CODES_MAX = 32
"""Most codes of one label."""

WAIT_MS_MAX = 3_600_000
"""Longest ``wait``, milliseconds."""

COMMANDS = frozenset(
    (
        "undo",
        "ack",
        "done",
        "confirm",
        "back",
        "remove",
        "hold",
        "release",
        "quantity",
        "location",
        "help",
        "list",
        "lock",
        "more",
        "override",
        "reprint",
        "pass",
        "fail",
        "stock",
        "repair",
        "scrap",
        "destroy",
        "replace",
        "range",
        "number",
        "hand_over",
        "take_back",
        "tasks",
    )
)
"""Names that ``command`` takes."""

COMMANDS_WITH_ARGUMENT = frozenset({"quantity", "location"})
"""Commands that say nothing without their argument."""

WORKFLOWS = frozenset(
    (
        "receiving",
        "shipping",
        "production",
        "stocktake",
        "returns",
        "move",
        "pack",
        "quality",
        "recall",
        "assign",
        "service",
        "write_off",
        "look_up",
    )
)
"""Names that ``workflow`` takes."""

_ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{2}|[rnt\\]|.?)", re.DOTALL)
_ESCAPED = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"\\": b"\\"}
_AIM_ID = re.compile(rb"\](?:[A-Za-z][0-9]|z[A-C])(?=.)", re.DOTALL)
_WAIT = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?(ms|s)")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_KEY = re.compile(r"\S{1,32}")


class ScriptError(ValueError):
    """A script that cannot be played. Its text names the line, what is wrong there and what would be right."""

    def __init__(self, line: int, wrong: str, right: str) -> None:
        super().__init__(line, wrong, right)
        self.line = line
        self.wrong = wrong
        self.right = right

    def __str__(self) -> str:
        return f"line {self.line}: {self.wrong}; {self.right}"


class _Head(TypedDict):
    line: int
    n: int
    input: str


class _LineError(Exception):
    """What is wrong in a line and what would be right, before the line's number is known."""


def read_script(path: Path) -> tuple[AnyLine, ...]:
    """Read a script file. Raises ``OSError`` where it cannot be read and :class:`ScriptError` where it is wrong."""
    with path.open("rb") as file:
        return parse_script(file.read(SCRIPT_BYTES_MAX + 1))


def parse_script(script: str | bytes) -> tuple[AnyLine, ...]:
    """Read a script. Bytes that are not UTF-8 stay as they are in what is scanned. Raises :class:`ScriptError`."""
    data = script.encode("utf-8", "surrogateescape") if isinstance(script, str) else script
    if len(data) > SCRIPT_BYTES_MAX:
        raise ScriptError(1, "the script is too large", f"at most {SCRIPT_BYTES_MAX} bytes")
    rows = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if len(rows) > LINES_MAX + 1:
        raise ScriptError(LINES_MAX + 1, "the script is too long", f"at most {LINES_MAX} lines")
    return tuple(_parse_rows(rows))


def _parse_rows(rows: Iterable[bytes]) -> Iterable[AnyLine]:
    n = 0
    for number, row in enumerate(rows, start=1):
        written = row.removesuffix(b"\r").lstrip(b" \t")
        if not written.strip() or written.startswith(b"#"):
            continue
        if len(written) > LINE_BYTES_MAX:
            raise ScriptError(number, "the line is too long", f"at most {LINE_BYTES_MAX} bytes")
        try:
            line = _parse_line(number, n, written)
        except _LineError as error:
            raise ScriptError(number, *error.args) from None
        n = line.n
        yield line


def _parse_line(line: int, n: int, written: bytes) -> AnyLine:
    """One line; ``n`` is the number of the answered line before it."""
    first, *rest = written.split(None, 1)
    word = first.decode("utf-8", "replace")
    parse = _WORDS.get(word)
    if parse is None:
        known = ", ".join(_WORDS)
        raise _LineError(f"{_quoted(word)} is not a word of the script", f"a line begins with one of {known}")
    if word == "expect" and not n:
        raise _LineError(
            "there is no line above that could be checked", "expect follows the line that it checks"
        )
    head = _Head(line=line, n=n + (word != "expect"), input=written.decode("utf-8", "replace"))
    return parse(head, rest[0] if rest else b"")


def _quoted(text: str) -> str:
    """A piece of the script for a message: short, and without anything that a terminal would obey."""
    return repr(text if len(text) <= 40 else text[:39] + "…")


def _unescape(text: bytes) -> bytes:
    r"""The bytes that ``text`` stands for. Raises ``_LineError`` for an unknown escape."""

    def byte(match: re.Match[bytes]) -> bytes:
        name = match.group(1)
        if name in _ESCAPED:
            return _ESCAPED[name]
        if len(name) == 3:
            return bytes([int(name[1:], 16)])
        raise _LineError(
            f"{_quoted(match.group().decode('utf-8', 'replace'))} is not an escape",
            r"write \xNN, \r, \n, \t, or \\ for a backslash",
        )

    return _ESCAPE.sub(byte, text)


def _scan(text: bytes) -> Scan:
    """The scan that a script's text stands for; an AIM identifier in front of data is taken off it."""
    raw = _unescape(text)
    aim_id = _AIM_ID.match(raw)
    size = aim_id.end() if aim_id else 0
    return Scan(raw=raw[size : size + SCAN_BYTES_MAX], symbology_id=raw[:size].decode("ascii"))


def _scan_line(head: _Head, rest: bytes) -> ScanLine:
    if not rest:
        raise _LineError("there is no code", "scan TEXT")
    return ScanLine(**head, scan=_scan(rest))


def _burst_line(head: _Head, rest: bytes) -> BurstLine:
    codes = [code.strip(b" \t") for code in rest.split(b"|")]
    if not all(codes):
        raise _LineError("a code of the label is empty", r"burst A | B | C, and \x7c for a bar inside a code")
    if len(codes) > BURST_CODES_MAX:
        raise _LineError(f"the label has {len(codes)} codes", f"at most {BURST_CODES_MAX}")
    return BurstLine(**head, burst=Burst(scans=tuple(map(_scan, codes))))


def _command_line(head: _Head, rest: bytes) -> CommandLine:
    name, _, argument = _text(rest).strip().partition(" ")
    if name not in COMMANDS:
        raise _LineError(
            f"{_quoted(name)} is not a command", f"command takes one of {', '.join(sorted(COMMANDS))}"
        )
    if not argument and name in COMMANDS_WITH_ARGUMENT:
        raise _LineError(f"{name} of what?", f"command {name} {'N' if name == 'quantity' else 'CODE'}")
    return CommandLine(**head, name=name, argument=argument.strip())


def _key_line(head: _Head, rest: bytes) -> KeyLine:
    key = _text(rest).strip()
    if not _KEY.fullmatch(key):
        raise _LineError(f"{_quoted(key)} is not one key", "key and its name, like key F2")
    return KeyLine(**head, key=key)


def _type_line(head: _Head, rest: bytes) -> TypeLine:
    if not rest:
        raise _LineError("there is nothing to type", "type TEXT; Enter alone is key Enter")
    return TypeLine(**head, typed=_unescape(rest)[:SCAN_BYTES_MAX].decode("utf-8", "replace"))


def _workflow_line(head: _Head, rest: bytes) -> WorkflowLine:
    name = _text(rest).strip()
    if name not in WORKFLOWS:
        known = ", ".join(sorted(WORKFLOWS))
        raise _LineError(f"{_quoted(name)} is not a workflow", f"workflow takes one of {known}")
    return WorkflowLine(**head, name=name)


def _operator_line(head: _Head, rest: bytes) -> OperatorLine:
    words = _text(rest).split()
    if not 1 <= len(words) <= 2:
        raise _LineError("a badge and perhaps a PIN are wanted", "operator BADGE [PIN]")
    return OperatorLine(**head, badge=words[0], pin=words[1] if len(words) > 1 else "")


def _wait_line(head: _Head, rest: bytes) -> WaitLine:
    time = _text(rest).strip()
    match = _WAIT.fullmatch(time)
    if not match:
        raise _LineError(f"{_quoted(time)} is not a time", "wait 200ms, wait 2s or wait 1.5s")
    wait_ms = round(float(match.group(1)) * (1000 if match.group(2) == "s" else 1))
    if wait_ms > WAIT_MS_MAX:
        raise _LineError(f"{_quoted(time)} is too long", f"at most {WAIT_MS_MAX // 1000}s")
    return WaitLine(**head, wait_ms=wait_ms)


def _expect_line(head: _Head, rest: bytes) -> Expect:
    codes = tuple(code.strip() for code in _text(rest).split("|"))
    for code in codes:
        if not _NAME.fullmatch(code):
            raise _LineError(
                f"{_quoted(code)} is not a verdict code", "expect CODE or expect CODE|CODE, like received"
            )
    return Expect(**head, codes=codes)


def _alone(kind: type[Offline | Online | Crash]) -> Callable[[_Head, bytes], AnyLine]:
    def parse(head: _Head, rest: bytes) -> AnyLine:
        if rest.strip():
            raise _LineError(f"{_quoted(_text(rest))} is too much", "the word stands alone in its line")
        return kind(**head)

    return parse


def _text(rest: bytes) -> str:
    return rest.decode("utf-8", "replace")


_WORDS: dict[str, Callable[[_Head, bytes], AnyLine]] = {
    "scan": _scan_line,
    "burst": _burst_line,
    "command": _command_line,
    "key": _key_line,
    "type": _type_line,
    "workflow": _workflow_line,
    "operator": _operator_line,
    "wait": _wait_line,
    "offline": _alone(Offline),
    "online": _alone(Online),
    "crash": _alone(Crash),
    "expect": _expect_line,
}
