"""``python -m scanner_app``: the same as the console script ``scanner``."""

from __future__ import annotations

import sys

from scanner_app.cli import main

if __name__ == "__main__":
    sys.exit(main())
