"""What the session tells a screen: one immutable picture after every input. Plain text, not yet made printable."""

from __future__ import annotations

import msgspec

HISTORY_LINES_MAX = 50


class SoftKey(msgspec.Struct, frozen=True, kw_only=True):
    """One of at most four keys at the bottom edge."""

    key: str
    """``f2`` ... as the terminal names it."""
    label: str
    command: str
    """The command it gives, as on a command card: ``undo``, ``done``, ``workflow receiving`` ..."""


class Banner(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to the last scan: the only thing that must be read."""

    level: str
    """``ok note stop none complete repeat``."""
    word: str
    do: str = ""
    """With a stop: what to do with the thing in the hand."""
    lines: tuple[str, ...] = ()


class HistoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the session list."""

    level: str
    """``ok note stop repeat undone``."""
    text: str
    """The serial number, or what was scanned."""
    detail: str = ""
    time: str = ""
    """``14:02:11``, local time of the site."""
    gesture: int = 0
    """Number of the gesture that can be taken back; 0 where nothing can."""


class TakenLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the session list: a gesture that can be taken back by its number."""

    number: int
    text: str
    """The serial number, carton, lot or document that it was about."""
    what: str
    """What was done, in the words of its answer."""
    time: str = ""
    """``14:02:11``, local time of the site."""
    level: str = "ok"
    sent: bool = False
    """The server has confirmed it."""


class ListedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of what a task lists beside its prompt: a position of a bill, what is in a carton."""

    text: str
    state: str
    """``done``, ``now`` (what is asked for) or ``open``."""


class MenuLine(msgspec.Struct, frozen=True, kw_only=True):
    """A task on the start screen."""

    key: str
    label: str
    command: str
    wide: bool = False
    """True where it needs a row of its own."""


class ScreenView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a screen shows."""

    n: int = 0
    """Counts the answers given since the start."""
    site: str = ""
    device: str = ""
    place: str = ""
    operator: str = ""
    link: str = "none"
    """``online``, ``offline``, or ``none`` where no server is configured."""
    unsynced: int = 0
    cache_age_s: int | None = None
    """Seconds since the server last confirmed the cache; None when it never did."""

    workflow: str = "home"
    language: str = "en"
    """In which the screens say what is their own."""
    task: str = ""
    """Headline: ``RECEIVING``, ``SHIPPING``, ``LOOK-UP`` ..."""
    document: str = ""
    detour: str = ""
    """Where a look-up goes back to."""
    asks: str = ""
    """The prompt's name in the catalogue, for whoever prepares for what comes and not for people."""
    prompt: str = ""
    prompt_more: str = ""
    wants_text: bool = False
    """A person is expected to type (PIN, quantity)."""
    secret: bool = False
    progress: tuple[int, int] | None = None
    line_text: str = ""
    next_text: str = ""

    listing: tuple[ListedLine, ...] = ()
    """In place of the count: the positions of a bill, what waits for its place, what is in the carton."""

    symbol: str = ""
    """In place of everything else: the text of a QR code that another handheld scans."""
    symbol_of: str = ""
    """Which one of several it is."""

    banner: Banner | None = None
    stopped: bool = False
    """A stop waits for its acknowledgement; scans are held."""
    waiting: int = 0
    """Scans held behind the stop."""
    tone: str = ""
    """``ok note stop repeat complete held`` for this answer, or empty."""
    history: tuple[HistoryLine, ...] = ()
    hint: str = ""
    exceptions: tuple[str, ...] = ()
    """Facts of this handheld that contradict another's, newest first: named until the office has settled them."""
    page: str = ""
    """What the last answer opens in front of the task: ``list``, ``help``; ``theme`` turns the light."""
    taken: tuple[TakenLine, ...] = ()
    """The lines of the session list, where the last answer is it."""
    soft_keys: tuple[SoftKey, ...] = ()
    menu: tuple[MenuLine, ...] = ()
    tasks: tuple[MenuLine, ...] = ()
    """The tasks that wait, last used first, for the start screen; each with the terminal's key that goes on with it."""
    help: tuple[str, ...] = ()
