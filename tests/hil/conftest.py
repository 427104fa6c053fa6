"""The hardware tests run inside the virtual machine of ``./run hil`` and nowhere else."""

from __future__ import annotations

import os


def pytest_ignore_collect() -> bool | None:
    """True outside the machine: there are no devices to plug in."""
    return None if os.environ.get("SCANNER_HIL") else True
