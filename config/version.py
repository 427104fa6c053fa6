"""The version of the program: the packaging, ``--version``, the log and the server all read it here."""

from __future__ import annotations

from typing import Final

VERSION: Final = "0.1.0"
"""Semantic version. A release changes this line and the heading in CHANGELOG.md, nothing else."""
