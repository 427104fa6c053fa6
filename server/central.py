"""What every request of the server works with."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from server.enrollment import Guesses
from server.folder import Folder
from server.news import News
from server.pace import Pace
from server.snapshots import Snapshots
from server.storage import Storage
from server.upkeep import Upkeep
from server.wrong_secrets import WrongSecrets

if TYPE_CHECKING:
    from server.figures import Figures


def clock_ms() -> int:
    """The server's wall time, milliseconds since 1970."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Central:
    """One running server: its database, its folder, its secrets and its clock."""

    storage: Storage
    folder: Folder
    news: News
    office_token_hash: str
    snapshots: Snapshots
    upkeep: Upkeep
    ca: str = ""
    """PEM of the authority behind the server's certificate; empty where it has none of its own."""
    ca_pin: str = ""
    open_pages: bool = False
    """The pages need no sign-in: for a demonstration on one's own machine only."""
    now_ms: Callable[[], int] = clock_ms
    guesses: Guesses = field(default_factory=Guesses)
    pace: Pace = field(default_factory=Pace)
    wrong_secrets: WrongSecrets = field(default_factory=WrongSecrets)

    @cached_property
    def figures(self) -> Figures:
        """What it counts; made with the first request, because only a server that is asked needs the library."""
        from server.figures import Figures

        return Figures()

    @classmethod
    def on(
        cls,
        storage: Storage,
        office_token_hash: str,
        *,
        snapshots: Path | None = None,
        open_pages: bool = False,
        ca: tuple[str, str] = ("", ""),
        now_ms: Callable[[], int] = clock_ms,
    ) -> Central:
        """A server on a database; its folder is not started yet. ``snapshots`` is where those lie."""
        news = News()
        made = Snapshots(storage, snapshots or Path(tempfile.gettempdir()) / storage.generation, now_ms)
        return cls(
            storage=storage,
            folder=Folder(storage, news),
            news=news,
            office_token_hash=office_token_hash,
            snapshots=made,
            upkeep=Upkeep(storage, made, now_ms),
            ca=ca[0],
            ca_pin=ca[1],
            open_pages=open_pages,
            now_ms=now_ms,
        )
