"""``scanner``, and ``python -m scanner_app``: the command line, loaded as quickly as it can be."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from config import own_files
from scanner_app import start_up, streams


def main() -> int:
    """Exit code of one call."""
    start_up.begin()
    own_files.begin()
    streams.make_ready()
    start_up.end_when_told()
    try:
        from scanner_app.cli import main as command_line

        return command_line()
    except KeyboardInterrupt:  # while the program was still being loaded
        return 1
    except Exception as fault:
        if os.environ.get(SHOW_FAULTS):
            raise
        streams.complain(_told(fault))
        return 1


SHOW_FAULTS = "SCANNER_SHOW_FAULTS"
"""A variable that is set where whoever develops this program wants to see where it broke."""


def _told(fault: Exception) -> str:
    """What nobody foresaw, for the person who has to report it."""
    from traceback import extract_tb

    place = extract_tb(fault.__traceback__)[-1]
    what = f"{type(fault).__name__} in {Path(place.filename).name}, line {place.lineno}"
    return f"this is a fault of the program, please report it ({what}; {SHOW_FAULTS}=1 shows where it comes from)"


if __name__ == "__main__":
    sys.exit(main())
