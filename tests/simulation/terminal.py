"""A handheld in the simulation, with a person: the real files, session, sync port and agent."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar, cast

import msgspec

from scanner_app.forks import first_forked, forked
from scanner_app.handheld import CACHE_FILE, JOURNAL_FILE, Handheld
from scanner_app.inputs import Command, Input, LinkChanged
from scanner_app.journal import Effect
from scanner_app.session import Session, SessionSettings
from scanner_app.session_thread import SessionThread
from scanner_app.storage_errors import StoreError
from scanner_app.sync_port import SessionPort
from sync.agent import Agent
from sync.credentials import Credentials, Proof
from sync.ground import Ground
from tests.durability.goods import scan, serial
from tests.simulation.network import Network
from tests.simulation.tally import Seen
from tests.simulation.timeline import Flag, Green, Timeline
from tracking import clock
from tracking.catalogue import say
from tracking.events import SCHEMA, Event

SETTINGS = SessionSettings(app="simulated", repeat_ms=500)
KEEP_MS = 60_000
"""So long an event is kept that a backup holds."""
TIMEOUT_S, RETRY_S_MAX, POLL_S = 20.0, 300.0, 30.0
Result = TypeVar("Result")


class Fact(NamedTuple):
    """An event that was answered, by its name and its place in the chain: no other event has both."""

    device: str
    epoch: int
    seq: int
    link: str


class DeviceClock:
    """A clock that a person or a battery can set wrong."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self.boot = "b1"
        self.ahead_ms = 0
        self._boot_ms = timeline.now_ms

    def restart(self, boot: str) -> None:
        """Another boot: monotonic time begins again."""
        self.boot, self._boot_ms = boot, self._timeline.now_ms

    def wall_ms(self) -> int:
        """What it believes."""
        return self._timeline.now_ms + self.ahead_ms

    def mono_ns(self) -> int:
        """Since the boot."""
        return (self._timeline.now_ms - self._boot_ms) * 1_000_000


class _Inline:
    """The session's thread where there is only one."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def run(self, job: Callable[[Session], Result]) -> Result:
        """Now."""
        session = self._terminal.session
        before = session.pending
        try:
            done = job(session)
        except StoreError:
            raise
        except Exception as error:
            self._terminal.failures.append(error)
            raise
        if session.pending > before:
            self._terminal.wake()
        self._terminal.changed()
        return done

    def submit(self, given: LinkChanged) -> None:
        """The state line."""
        self._terminal.session.handle(given)
        self._terminal.online = given.online

    def submit_refresh(self) -> None:
        """No screen here."""


class Terminal:
    """One data directory and whoever works with it."""

    def __init__(
        self,
        name: str,
        folder: Path,
        network: Network,
        dice: Random,
        seen: Seen,
        identity: tuple[str, str],
        key: str = "",
    ) -> None:
        """``key`` is what it signs with, hexadecimal; empty for none."""
        self.name, self.folder, self.network, self.dice, self.seen = name, folder, network, dice, seen
        self.site = "HAM"
        self.device, self.token = identity
        self.key = key
        self.clock = DeviceClock(network.timeline)
        self.on = False
        self.online = False
        self.facts: set[Fact] = set()
        """What this person heard a beep for."""
        self.failures: list[Exception] = []
        """What no job of the sync agent may end with, and what the watchers found; the agent goes on all the same."""
        self.standing: dict[tuple[str, str], None] = {}
        """Units that this person received or shipped and did not take back."""
        self.boots = 0
        self.lying_ms = 0
        """So far ahead is what it writes as the time."""
        self.lying_at = False
        """Also what people read of it."""
        self.pool = 30
        self.undo_chance = 0.06
        self.changed: Callable[[], None] = lambda: None
        """Called after every job of the sync agent."""

    # -- life -------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Switched on."""
        self.boots += 1
        self.clock.restart(f"b{self.boots}")
        self.handheld = Handheld(self.folder, self.clock, SETTINGS, device=self.device)
        vars(self.session.stamper)["stamp"] = self._lying(self.session.stamper.stamp)
        self.on, self.full = True, False
        port = SessionPort(cast(SessionThread, _Inline(self)), site=self.site, keep_ms=KEEP_MS)
        timeline, workers = self.network.timeline, cast("list[Green]", [])

        def begin(work: Callable[[], None], name: str) -> Green:
            workers.append(Green(timeline, work))
            return workers[-1]

        self._workers = workers
        self.agent = Agent(
            port,
            url="",
            token=self.token,
            poll_s=POLL_S,
            timeout_s=TIMEOUT_S,
            retry_s_max=RETRY_S_MAX,
            credentials=self.credentials,
            ground=Ground(
                line=lambda url, token, timeout_s: self.network.line(self.name).opened(token, timeout_s),
                flag=lambda: Flag(timeline),
                begin=begin,
                now_s=lambda: self.clock.mono_ns() / 1e9,
                seed=self.dice.getrandbits(32),
            ),
        )
        self.agent.start()

    def _lying(self, stamp: Callable[..., list[Event]]) -> Callable[..., list[Event]]:
        """Stamps as the real one, and ahead for as long as that is so."""

        def stamped(*given: object, **more: object) -> list[Event]:
            events = stamp(*given, **more)
            if not self.lying_ms:
                return events
            said = clock.pack(self.clock.wall_ms() + self.lying_ms)
            return [self._lied(event, said + place) for place, event in enumerate(events)]

        return stamped

    def _lied(self, event: Event, said: int) -> Event:
        later = datetime.fromisoformat(event.at) + timedelta(milliseconds=self.lying_ms)
        at = later.isoformat(timespec="milliseconds") if self.lying_at else event.at
        return msgspec.structs.replace(event, hlc=max(event.hlc, said), at=at)

    @property
    def credentials(self) -> Credentials:
        """What it signs with. Its tokens come from the office, as those that are named in the settings."""
        proof = Proof(token=self.token, key=self.key)
        return Credentials(proof, lambda _: None, self.clock.wall_ms, renews=False)

    def crash(self) -> None:
        """The battery is pulled: what was committed is there, nothing else."""
        if not self.on:
            return
        self.on = False
        for worker in self._workers:
            worker.kill()
        self.handheld.crash()
        self.handheld.journal.close()
        self.handheld.cache.close()

    @property
    def session(self) -> Session:
        """Its session."""
        return self.handheld.session

    @property
    def trouble(self) -> str:
        """What its screen says of the sync, in words."""
        return say(self.session.trouble)

    def wake(self) -> None:
        """Something was written."""
        self.agent.wake()

    @property
    def settled(self) -> bool:
        """Everything sent and shown."""
        journal = self.handheld.journal
        return not journal.pending() and not journal.overlay_units()

    @property
    def forked(self) -> bool:
        """It says that another handheld has its name: a person has to look."""
        return bool(forked(self.handheld.journal))

    @property
    def at_rest(self) -> bool:
        """Settled, or what is left are events of whose epoch the server has a copy's."""
        journal = self.handheld.journal
        return self.settled or (self.forked and journal.oldest_unsent(first_forked(journal)) is None)

    # -- the disk ---------------------------------------------------------------------------------------------------

    def fill(self) -> None:
        """No room any more."""
        self.full = True
        for connection in (self.handheld.journal.connection, self.handheld.cache.connection):
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count={pages}")

    def empty(self) -> None:
        """Room again."""
        if self.on and self.full:
            self.full = False
            for connection in (self.handheld.journal.connection, self.handheld.cache.connection):
                connection.execute("PRAGMA max_page_count=1000000000")

    def lose_cache(self) -> None:
        """While it is off, its copy of the company's data goes."""
        for suffix in ("", "-wal", "-shm"):
            (self.folder / (CACHE_FILE + suffix)).unlink(missing_ok=True)

    def copy_to(self, folder: Path) -> None:
        """The files, while it is off."""
        folder.mkdir()
        for name in (JOURNAL_FILE, CACHE_FILE):
            for suffix in ("", "-wal"):
                if (self.folder / (name + suffix)).exists():
                    shutil.copyfile(self.folder / (name + suffix), folder / (name + suffix))

    # -- the person -------------------------------------------------------------------------------------------------

    def act(self) -> None:
        """One thing that a person does."""
        answer = self.session.handle(self._next())
        for event in answer.events:
            self.heard(event)
        if answer.events:
            self.wake()

    def heard(self, event: Event) -> None:
        """A beep."""
        fact = Fact(event.device, event.epoch, event.seq, event.hash)
        self.facts.add(fact)
        self.seen.beeped(f"{fact.device}/{fact.epoch}/{fact.seq}")
        unit = (event.item, event.serial)
        if event.cancels or event.step not in {"receiving", "shipping", "picking"} or event.schema > SCHEMA:
            self.standing.pop(unit, None)
        else:
            self.standing[unit] = None

    def of_the_future(self) -> None:
        """A newer program on this handheld writes what nobody here understands."""
        journal, stamper = self.handheld.journal, self.session.stamper
        if self.dice.random() < 0.5:
            event = Event(step="receiving", item="PUMP", serial=serial(1), schema=SCHEMA + 1)
        else:
            event = Event(step="teleporting", item="PUMP", serial=serial(2))
        stamped = stamper.stamp([event], (), last_hlc=journal.hlc, operator="OP-7", task="future")
        try:
            written = journal.append([(stamped[0], Effect())], session=journal.session())
        except StoreError:
            return
        self.session.pending += 1
        self.heard(written[0])
        self.wake()

    def _next(self) -> Input:
        state, dice = self.session.state, self.dice
        if state.stopped is not None:
            return Command(name="ack")
        if not state.operator:
            return scan("OP-7")
        if not state.document:
            wanted = "PO" if dice.random() < 0.8 else "SO"
            known = self.session.knows.document(f"{wanted}-{self.site}")
            return scan(f"{wanted}-{self.site}") if known is not None else scan("OP-7")
        lot = dice.random()
        if lot < self.undo_chance:
            return Command(name="undo")
        lot = dice.random()
        if lot < 0.03:
            return Command(name="hold", argument="dented")
        if lot < 0.06:
            return Command(name="release", argument="mended")
        if lot < 0.08:
            return scan("no such thing")
        if lot < 0.12:
            return Command(name="workflow", argument=dice.choice(["receiving", "shipping"]))
        if lot < 0.14:
            return Command(name="back")
        return scan(serial(1 + dice.randrange(self.pool)))
