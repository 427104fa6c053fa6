"""A handheld as the sync agent sees it: it notes what it is told, and fails where a test says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sync.port import Cursor
from sync.wire import Batch, FeedPage, HighWater, Snapshot, Stored, batch_of
from sync.work_wire import Block, OpenTasks, WantedBlock
from tracking.phrases import Said


class Told(NamedTuple):
    """The state line."""

    at_s: float
    online: bool
    trouble: Said


class Handheld:
    """What the agent's port leads to."""

    def __init__(self, now_s: Callable[[], float], folder: Path) -> None:
        self._now_s, self._folder = now_s, folder
        self.written = self.sent = 0
        self.halt: Said = ""
        """What is said to the next greeting or refusal."""
        self.at = Cursor(1, "g")
        self.pages: list[FeedPage] = []
        self.told: list[Told] = []
        self.resnapshots = 0
        self.installed: list[bytes] = []
        self.takes_snapshots = True
        self.open = OpenTasks()
        self.wanted: tuple[WantedBlock, ...] = ()
        self.blocks: list[Block] = []
        self.forked = False
        self.faults: dict[str, Exception] = {}
        """What the session fails with, once, when it is asked for that."""

    def device(self) -> str:
        return "D-1"

    def site(self) -> str:
        return "HAM"

    def _meet(self, what: str) -> None:
        if what in self.faults:
            raise self.faults.pop(what)

    def next_batch(self, events_max: int) -> Batch | None:
        self._meet("next_batch")
        size = min(events_max, self.written - self.sent)
        bodies = [b"{}"] * size
        return batch_of(epoch=1, first=self.sent + 1, prev_chain=bytes(32), bodies=bodies) if size else None

    def greeted(self, high: HighWater) -> Said:
        self._meet("greeted")
        return self.halt

    def stored(self, reply: Stored, through: int) -> Said:
        self._meet("stored")
        self.sent = reply.hwm
        return ""

    def is_forked(self) -> bool:
        return self.forked

    def disputed(self) -> None:
        return None

    def tasks(self) -> OpenTasks:
        self._meet("tasks")
        return self.open

    def wanted_blocks(self) -> tuple[WantedBlock, ...]:
        return self.wanted

    def lent(self, block: Block) -> None:
        self._meet("lent")
        self.blocks.append(block)
        self.wanted = ()

    def cursor(self) -> Cursor:
        self._meet("cursor")
        return self.at

    def page(self, page: FeedPage) -> None:
        self._meet("page")
        self.pages.append(page)
        self.at = Cursor(page.next, page.generation, page.began or self.at.began)

    def resnapshot(self) -> None:
        self.resnapshots += 1
        self.at = Cursor(0, "")

    def downloads(self) -> Path:
        return self._folder

    def install(self, file: Path, snapshot: Snapshot) -> bool:
        if self.takes_snapshots:
            self.installed.append(file.read_bytes())
            self.at = Cursor(snapshot.cursor, snapshot.generation)
        return self.takes_snapshots

    def link(self, online: bool, trouble: Said) -> None:
        self.told.append(Told(self._now_s(), online, trouble))
