"""``scanner``, and ``python -m scanner_app``: the command line, loaded as quickly as it can be."""

from __future__ import annotations

import sys

from scanner_app import start_up


def main() -> int:
    """Exit code of one call."""
    start_up.begin()
    from scanner_app.cli import main as command_line

    return command_line()


if __name__ == "__main__":
    sys.exit(main())
