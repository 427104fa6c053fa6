"""A quicker start and an orderly end: no garbage is looked for while modules load and the first picture is drawn.

What a start makes stays for the life of the process, so looking through it again and again only costs time: a fifth
of a start. Once the first picture is shown, all of it is set aside for good, and later collections are short too.
"""

from __future__ import annotations

import gc
import signal


def begin() -> None:
    """Before anything is loaded."""
    gc.disable()


def end_when_told() -> None:
    """Lets a command that is told to end put away what it has open, temporary folders before all.

    What is ignored stays so (``nohup``); the screens and the server have ways of their own to end.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _ended)


def _ended(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def end() -> None:
    """What is there now stays; from here on garbage is collected as usual. May be called again."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
