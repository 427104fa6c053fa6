"""What the screens know by themselves, besides the session's view: pages, the entry line, what was not taken."""

from __future__ import annotations

import msgspec


class Local(msgspec.Struct, frozen=True, kw_only=True):
    """State of the screens. Immutable; the app replaces it."""

    page: str = ""
    """Empty for the task itself; ``help``, ``keys``, ``list`` or ``device`` in front of it until a key or an answer."""
    cursor: int = 0
    """Chosen line of the ``list`` page, from 0."""
    entry: str = ""
    """What a person has typed and not yet ended with Enter."""
    refused: int = 0
    """Inputs that the full queue did not take, until the operator acknowledges it."""
    refused_last: str = ""
    """The last of them, as text."""
    light: str = "none"
    """Level of the banner before this one: a repeated label does not change it."""
    sound: bool = True
    theme: str = "sun"
    clock: str = ""
    """``14:02``."""
    cache_age_s: int | None = None
    """The view's cache age plus the time since the view came."""
