"""What a look at a server's surroundings finds."""

from __future__ import annotations

from typing import Literal

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    level: Literal["ok", "note", "wrong"]
    what: str
    """One word: ``database``, ``disk``."""
    says: str
    try_this: str = ""

    @classmethod
    def ok(cls, what: str, says: str) -> Finding:
        """It is well."""
        return cls("ok", what, says)

    @classmethod
    def note(cls, what: str, says: str, try_this: str) -> Finding:
        """It works, but whoever runs it should know."""
        return cls("note", what, says, try_this)

    @classmethod
    def wrong(cls, what: str, says: str, try_this: str) -> Finding:
        """It does not work, or not safely."""
        return cls("wrong", what, says, try_this)
