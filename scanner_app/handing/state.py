"""What a session remembers of tasks that went to another handheld, or are about to come from one."""

from __future__ import annotations

import msgspec


class Given(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A task that was handed over from here. It can be taken back; until then it cannot be gone on with."""

    id: str
    """Names this hand-over: the reference of the event that gave the task away."""
    workflow: str
    state: bytes
    """The workflow's state when it was given."""
    subject: str = ""
    """The document, carton or product that it is about."""
    at: str = ""
    """Wall time of the giving, ISO 8601."""


class Mine(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A task in progress here."""

    subject: str
    since_ms: int
    """When it was begun, by this handheld's wall clock."""
    operator: str = ""
    """Who worked on it last."""
    active_ms: int = 0
    """When something was last done on it, in steps of :data:`scanner_app.handing.mine.ACTIVE_MS`."""
    came: str = ""
    """The hand-over by which it came here; empty where it was begun here."""
    heard: str = ""
    """When somebody last took it by that hand-over, as it was known here when it came: what is heard later is newer."""


class Showing(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The symbols on the screen, one after the other."""

    id: str
    texts: tuple[str, ...]
    place: int = 0


class Coming(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Symbols of another handheld that were scanned so far: place -> what it holds."""

    mark: str = ""
    total: int = 0
    pieces: dict[int, str] = {}


class Handing(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """All of it."""

    given: tuple[Given, ...] = ()
    mine: dict[str, Mine] = {}
    """Workflow -> its task in progress."""
    showing: Showing | None = None
    coming: Coming | None = None
    asked: str = ""
    """``take``, ``task ID`` or ``back ID`` while a confirmation would mean that."""


NO_HANDING = Handing()
