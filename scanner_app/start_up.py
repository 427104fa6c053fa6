"""A quicker start: no garbage is looked for while modules load and the first picture is drawn.

What a start makes stays for the life of the process, so looking through it again and again only costs time: a fifth
of a start. Once the first picture is shown, all of it is set aside for good, and later collections are short too.
"""

from __future__ import annotations

import gc


def begin() -> None:
    """Before anything is loaded."""
    gc.disable()


def end() -> None:
    """What is there now stays; from here on garbage is collected as usual. May be called again."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
