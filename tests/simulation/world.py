"""One run: a fleet, a server, and whatever the seed has in store for them."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from random import Random
from unittest.mock import patch

from scanner_app import ballast
from server import compaction, site_import, snapshots, upkeep
from server.compaction import compact
from server.storage import StorageError
from sync import agent, snapshot
from sync.credentials import public_key
from tests.durability.goods import site_file
from tests.simulation import checks
from tests.simulation.centre import Centre, without_threads
from tests.simulation.misfortunes import Misfortunes
from tests.simulation.network import Network
from tests.simulation.plan import Plan
from tests.simulation.postgres_centre import PostgresCentre
from tests.simulation.tally import Seen
from tests.simulation.terminal import Fact, Terminal
from tests.simulation.timeline import START_MS, Timeline

PUMPS = 1_000_000
FOLD_AGAIN_MS = 5000
UPKEEP_MS_MAX = 20_000
SNAPSHOT_ROWS = 12
"""Of a site that is worth a snapshot."""
PIECE_BYTES = 700
SETTLE_MS = 3 * 3600 * 1000
"""Virtual time in which everything must have come to rest once nothing is broken any more."""
LOOK_MS = 20_000


@contextlib.contextmanager
def same_chance(plan: Plan) -> Iterator[None]:
    """Names, tokens and nonces that the product draws are the same for the same seed; no waiting for the ballast.

    And what would take a fleet of thousands, or half a year, comes with a few handhelds and in minutes.
    """
    dice = Random(f"chance {plan.seed}")

    def token_hex(count: int | None = None) -> str:
        return dice.randbytes(count or 32).hex()

    with (
        patch.object(uuid, "uuid4", lambda: uuid.UUID(bytes=dice.randbytes(16))),
        patch.object(secrets, "token_hex", token_hex),
        patch.object(secrets, "token_urlsafe", token_hex),
        patch.object(secrets, "choice", dice.choice),
        patch.object(ballast, "BALLAST_BYTES", 4096),
        patch.object(snapshots, "ROWS_MIN", SNAPSHOT_ROWS if plan.snapshots else 10**9),
        patch.object(snapshots, "STALE_ROWS", SNAPSHOT_ROWS),
        patch.object(upkeep, "compact", partial(compact, keep_ms=plan.tombstones_ms)),
        patch.object(compaction, "MARK_MS", plan.tombstones_ms // 10),
        patch.object(agent, "FEED_ROWS_MAX", plan.page_rows),
        patch.object(agent, "ROWS_A_PAGE", min(plan.page_rows, agent.ROWS_A_PAGE)),
        patch.object(snapshot, "PIECE_BYTES", PIECE_BYTES),
        without_threads(),
    ):
        yield


class World:
    """Everything that there is in one run."""

    def __init__(self, plan: Plan, folder: Path, url: str = "") -> None:
        """``url`` is that of an empty PostgreSQL database; without it the server has a SQLite file."""
        self.plan, self.folder = plan, folder
        self.dice = Random(f"world {plan.seed}")
        self.timeline = Timeline()
        self.seen = Seen()
        self.network = Network(self.timeline, self.dice, self.seen)
        self.server_ahead_ms = 0
        make = partial(PostgresCentre, url) if url else Centre
        self.centre = make(folder, self.now_ms, self.network.ring)
        self.network.centre = self.centre
        self.network.fault_chance, self.network.faults = plan.fault_chance, plan.faults
        self.healed = False
        data = json.dumps(site_file(PUMPS) | {"documents": _documents()}).encode()
        site_import.import_site(self.centre.storage, "HAM", data, START_MS)
        self.centre.fold()
        self.terminals: list[Terminal] = []
        self.going_back: set[str] = set()
        """Devices whose hybrid clock was put back by force."""
        self.perhaps: set[Fact] = set()
        """What was beeped and then lost with a disk: it may have reached the server before that."""
        for number in range(1, plan.handhelds + 1):
            self.enroll(f"t{number}")
        self.misfortunes = Misfortunes(self)
        self._fold_later()
        self._upkeep_later()

    def now_ms(self) -> int:
        """The server's clock."""
        return self.timeline.now_ms

    def enroll(self, name: str) -> None:
        """A new handheld. Raises :class:`server.storage.StorageError` where the server cannot write it down."""
        key = Random(f"key {self.plan.seed} {name}").randbytes(32).hex() if self.plan.keyed else ""
        identity = self.centre.enroll("HAM", public_key=public_key(key) if key else "")
        terminal = Terminal(name, self.folder / name, self.network, self.dice, self.seen, identity, key)
        self.join(terminal)

    def join(self, terminal: Terminal) -> None:
        """One more handheld, switched on."""
        terminal.pool, terminal.undo_chance = self.plan.pool, self.plan.undo_chance
        terminal.changed = lambda: self._watch(terminal)
        terminal.start()
        self.terminals.append(terminal)
        self._act_later(terminal)

    def _watch(self, terminal: Terminal) -> None:
        try:
            checks.no_flicker(terminal)
        except AssertionError as error:
            terminal.failures.append(error)

    def _act_later(self, terminal: Terminal) -> None:
        pause_ms = round(self.dice.expovariate(1 / self.plan.pause_ms))
        self.timeline.after(pause_ms, lambda: self._act(terminal))

    def _act(self, terminal: Terminal) -> None:
        if self.healed:
            return
        if terminal.on:
            terminal.act()
            self._watch(terminal)
        self._act_later(terminal)

    def _fold_later(self, ms: int | None = None) -> None:
        self.timeline.after(self.dice.randint(1, self.plan.fold_ms_max) if ms is None else ms, self._fold)

    def _upkeep_later(self) -> None:
        self.timeline.after(self.dice.randint(1, UPKEEP_MS_MAX), self._upkeep)

    def _upkeep(self) -> None:
        if self.centre.up:
            self.centre.look_after()
        self._upkeep_later()

    def _fold(self) -> None:
        went = not self.centre.up or self.centre.fold()
        self._fold_later(None if went else FOLD_AGAIN_MS)

    # -- the run ----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Until the plan's steps are done, then until everything is at rest. Raises :class:`AssertionError`."""
        self.misfortunes.begin()
        while self.timeline.steps < self.plan.steps:
            self._step(self.timeline.now_ms + LOOK_MS)
        self.heal()
        self.settle()
        checks.at_rest(self)

    def _step(self, until_ms: int) -> bool:
        more = self.timeline.step(until_ms)
        for terminal in self.terminals:
            if terminal.failures:
                raise terminal.failures[0]
        return more

    def heal(self) -> None:
        """Nothing is broken any more, and everybody has the papers in order. Each scans once more."""
        self.healed = True
        self.network.fault_chance = 0.0
        self.network.away.clear()
        self.misfortunes.heal()
        for terminal in self.terminals:
            for _ in range(3):
                terminal.act()

    def settle(self) -> None:
        """Until nothing waits any more; too long is a failure."""
        until_ms = self.timeline.now_ms + SETTLE_MS
        while self.timeline.now_ms < until_ms:
            look_ms = self.timeline.now_ms + LOOK_MS
            while self._step(look_ms):
                pass
            if self._at_rest():
                return
        waiting = [
            f"{one.name}: {one.handheld.journal.pending()} pending, {len(one.handheld.journal.overlay_units())}"
            f" not shown, {one.trouble!r}"
            for one in self.terminals
            if not one.at_rest
        ]
        raise AssertionError(f"something waits for ever: {waiting or 'the feed'}")

    def _at_rest(self) -> bool:
        return (
            all(one.at_rest for one in self.terminals)
            and self._folded()
            and all(self._at_head(one) for one in self.terminals)
        )

    def _folded(self) -> bool:
        """Sightings wait for nobody's screen, and still have to be looked at: what was lost before them, say."""
        with self.centre.storage.read() as reader:
            return reader.row("SELECT 1 FROM device_epoch WHERE folded < hwm LIMIT 1") is None

    def _at_head(self, terminal: Terminal) -> bool:
        with self.centre.storage.read() as reader:
            row = reader.row("SELECT value FROM meta WHERE name = 'feed_seq'")
        cache = terminal.handheld.cache
        return (cache.meta("cursor"), cache.meta("generation")) == (
            row[0] if row else "0",
            self.centre.storage.generation,
        )

    @property
    def facts(self) -> set[Fact]:
        """Everything that anybody heard a beep for."""
        return set().union(*(one.facts for one in self.terminals))

    def close(self) -> None:
        """The files go."""
        for terminal in self.terminals:
            terminal.crash()
        with contextlib.suppress(StorageError):
            self.centre.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _documents() -> list[dict[str, object]]:
    line = {"line": 1, "item": "PUMP", "quantity": PUMPS}
    return [
        {"type": "purchase_order", "number": "PO-HAM", "party": "ACME", "lines": [line]},
        {"type": "sales_order", "number": "SO-HAM", "party": "CITY", "lines": [line]},
    ]
