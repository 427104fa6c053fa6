"""Standard input, output and error as any caller may have left them: closed, in an old encoding, on a full disk."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from pathlib import Path

from tracking.printable import printable

ASCII_MARKS = {"✓": "+", "✖": "X"}
"""Marks of the lists for people, and their twins where the output's encoding has none."""


NOT_WRITTEN = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF, errno.EAGAIN})
"""Refusals that name no file and can only mean something that is being written."""


def make_ready() -> None:
    """Gives every stream a place, and lets none of them refuse a character.

    A program that was started with a closed stream would otherwise have its next file opened under that number, and
    what is written to "standard error" would end up in the journal.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    sys.stdin = sys.stdin or _nothing("r")
    sys.stdout = sys.stdout or _nothing("w")
    sys.stderr = sys.stderr or _nothing("w")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _nothing(mode: str) -> io.TextIOWrapper:
    stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - open for the life of the process
    assert isinstance(stream, io.TextIOWrapper)
    return stream


NO_TERMINAL = "The screens need a terminal; without one, use scanner replay."


def has_terminal() -> bool:
    """True where the screens have somewhere to be shown and somebody to type."""
    return bool(sys.__stdin__ and sys.__stdin__.isatty() and sys.__stderr__ and sys.__stderr__.isatty())


def mark(sign: str) -> str:
    """The sign, or its twin where standard output cannot carry it."""
    try:
        sign.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return ASCII_MARKS.get(sign, "?")
    return sign


def complain(sentence: str) -> None:
    """A sentence on standard error, which may be on a full disk or gone as well."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"scanner: {sentence}\n")
        sys.stderr.flush()


def refusal_of(error: OSError) -> str:
    """What the system refuses, in one sentence."""
    why = error.strerror or type(error).__name__
    if error.filename:
        return f"{printable(str(error.filename), None)} cannot be used ({why})"
    if error.errno in NOT_WRITTEN:
        return f"the output cannot be written ({why})"
    return f"the system refuses ({why})"


def finish_output() -> OSError | None:
    """Writes what waits for standard output; the system's refusal where it takes no more.

    Then the rest goes nowhere, so that the end of the program does not stumble over it again.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        return error
    return None
