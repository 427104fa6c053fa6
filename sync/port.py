"""What the sync agent needs of a handheld: its door into the session."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Protocol

from sync.outbox import Held
from sync.wire import Batch, FeedPage, HighWater, Refused, Snapshot, Stored
from sync.work_wire import Block, OpenTasks, WantedBlock
from tracking.phrases import Said


class Cursor(NamedTuple):
    """Where the feed goes on."""

    since: int
    generation: str
    """That the cursor belongs to."""
    began: int = 0
    """Where the feed stood when the download of this cursor began."""


class Port(Protocol):
    """What the agent needs of the handheld. Every call returns only when the session's thread has done it."""

    def device(self) -> str:
        """The identity that the server knows this handheld by."""
        ...

    def site(self) -> str:
        """The site whose feed it follows."""
        ...

    def next_batch(self, events_max: int) -> Batch | None:
        """The oldest events that the server has not confirmed, or None."""
        ...

    def greeted(self, high: HighWater) -> Said:
        """Where the server stands: rewinds or begins an epoch as needed. A sentence if something is wrong."""
        ...

    def stored(self, reply: Stored, through: int) -> Said:
        """What it was sent, up to event ``through``, the server holds. A sentence if its chain is not ours."""
        ...

    def is_forked(self) -> bool:
        """Whether the server has other events of an epoch; those of earlier epochs are sent all the same."""
        ...

    def disputed(self) -> tuple[int, int] | None:
        """Epoch and number of an event of which it is not sure that the server has the same, or None."""
        ...

    def compared(self, epoch: int, seq: int, answer: HighWater) -> Said:
        """Where the server stands at that event. A sentence if it has others under these names."""
        ...

    def revoked(self) -> None:
        """The server took this handheld's rights away: that is kept, and said also while there is no network."""
        ...

    def next_rescue(self, events_max: int) -> Batch | None:
        """The oldest events that the server neither confirmed nor took aside, or None."""
        ...

    def rescued(self, held: Held) -> None:
        """The server keeps them aside; they are not confirmed by that."""
        ...

    def refused(self, reply: Refused) -> Said:
        """``gap``, ``fork`` or ``fenced``. A sentence where uploading must stop."""
        ...

    def tasks(self) -> OpenTasks:
        """The tasks in progress here, for the others of the site."""
        ...

    def wanted_blocks(self) -> tuple[WantedBlock, ...]:
        """Numbers that run low here."""
        ...

    def lent(self, block: Block) -> None:
        """The server lent numbers to this handheld alone: they are kept."""
        ...

    def cursor(self) -> Cursor:
        """Where the feed goes on."""
        ...

    def page(self, page: FeedPage) -> None:
        """Applies a page of the feed."""
        ...

    def resnapshot(self) -> None:
        """The cursor is of no use any more: begin with an empty cache."""
        ...

    def downloads(self) -> Path:
        """The folder that a snapshot is downloaded into."""
        ...

    def install(self, file: Path, snapshot: Snapshot) -> bool:
        """A snapshot in place of everything that the feed brought so far. False where it is none for this program."""
        ...

    def link(self, online: bool, trouble: Said) -> None:
        """The server answers, or does not, and why."""
        ...
