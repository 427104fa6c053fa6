"""What a person sees of a terminal's output: the few control sequences that the screens send, obeyed cell by cell."""

from __future__ import annotations

import codecs
import re

from tracking.printable import cells

_SEQUENCE = re.compile(
    r"\x1b\[(?P<numbers>[0-9;:<=>?]*)[ -/]*(?P<final>[@-~])"  # control sequence
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # operating system command
    r"|\x1bP[^\x1b]*\x1b\\"  # device control string
    r"|\x1b[()*+][0-9A-Za-z]|\x1b[=>78cDEHMNOZ]"
)
_BEGUN = re.compile(r"\x1b(?:\[[0-9;:<=>?]*[ -/]*|\][^\x07\x1b]*\x1b?|P[^\x1b]*\x1b?|[()*+])?$")


class TerminalScreen:
    """A grid of cells that is fed with a terminal's output, in pieces of any size."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.lines = columns, rows
        self._grid = [[" "] * columns for _ in range(rows)]
        self._x = self._y = 0
        self._rest = ""
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def rows(self) -> list[str]:
        """The screen as text; the second cell of a wide character is empty."""
        return ["".join(row) for row in self._grid]

    def feed(self, data: bytes) -> None:
        """More output."""
        text = self._rest + self._decode(data)
        begun = _BEGUN.search(text)
        text, self._rest = (text[: begun.start()], text[begun.start() :]) if begun else (text, "")
        at = 0
        while at < len(text):
            found = _SEQUENCE.match(text, at) if text[at] == "\x1b" else None
            if found is not None:
                self._obey(found["numbers"] or "", found["final"] or "")
                at = found.end()
            else:
                self._put(text[at])
                at += 1

    def _obey(self, numbers: str, final: str) -> None:
        given = [int(number) for number in numbers.split(";") if number.isdecimal()]
        if final in "Hf" and final:
            self._y, self._x = (given[0] - 1, given[1] - 1) if len(given) == 2 else (0, 0)
        elif final in "ABCD" and final:
            step = given[0] if given else 1
            self._y += {"A": -step, "B": step}.get(final, 0)
            self._x += {"C": step, "D": -step}.get(final, 0)
        elif final == "J":
            self._grid = [[" "] * self.columns for _ in range(self.lines)]
        elif final == "K" and 0 <= self._y < self.lines:
            self._grid[self._y][self._x :] = [" "] * (self.columns - self._x)

    def _put(self, character: str) -> None:
        if character == "\r":
            self._x = 0
        elif character == "\n":
            self._y += 1
        elif character >= " ":
            wide = cells(character)
            if 0 <= self._y < self.lines and self._x + wide <= self.columns:
                self._grid[self._y][self._x : self._x + wide] = [character, *[""] * (wide - 1)]
            self._x += wide
