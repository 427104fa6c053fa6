"""The lines of a replay script, one type each. What a line means to a task is not decided here."""

from __future__ import annotations

import msgspec

from drivers.scan import Burst, Scan


class ScriptLine(msgspec.Struct, frozen=True, kw_only=True):
    """What every line has."""

    line: int
    """Its place in the file, from 1, comments and blank lines counted."""

    n: int
    """Its number among the lines that are answered, from 1; comments, blank lines and ``expect`` have none.
    An ``expect`` carries the number of the line that it checks."""

    input: str
    """The line as written, without indentation and line end. Untrusted, like any text of a file."""


class ScanLine(ScriptLine, frozen=True, kw_only=True):
    """``scan TEXT``."""

    scan: Scan


class BurstLine(ScriptLine, frozen=True, kw_only=True):
    """``burst A | B | C``: the codes of one label."""

    burst: Burst


class CommandLine(ScriptLine, frozen=True, kw_only=True):
    """``command NAME [ARG]``."""

    name: str
    argument: str = ""


class KeyLine(ScriptLine, frozen=True, kw_only=True):
    """``key F2``."""

    key: str


class TypeLine(ScriptLine, frozen=True, kw_only=True):
    """``type TEXT``: the characters, then Enter."""

    typed: str


class WorkflowLine(ScriptLine, frozen=True, kw_only=True):
    """``workflow NAME``."""

    name: str


class OperatorLine(ScriptLine, frozen=True, kw_only=True):
    """``operator BADGE [PIN]``."""

    badge: str
    pin: str = ""


class WaitLine(ScriptLine, frozen=True, kw_only=True):
    """``wait 200ms``."""

    wait_ms: int


class Offline(ScriptLine, frozen=True, kw_only=True):
    """``offline``: the network is gone."""


class Online(ScriptLine, frozen=True, kw_only=True):
    """``online``: the network is back."""


class Crash(ScriptLine, frozen=True, kw_only=True):
    """``crash``: the process is gone without a goodbye, then a new start on the same data."""


class Expect(ScriptLine, frozen=True, kw_only=True):
    """``expect CODE|CODE``: one of these is the code of the answer to the line above."""

    codes: tuple[str, ...]


AnyLine = (
    ScanLine
    | BurstLine
    | CommandLine
    | KeyLine
    | TypeLine
    | WorkflowLine
    | OperatorLine
    | WaitLine
    | Offline
    | Online
    | Crash
    | Expect
)
