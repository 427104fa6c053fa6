"""The sync agent alone, on virtual time: a server that answers by a script, and a handheld that notes what it is told.

Nothing waits for real here, and the same test always goes the same way, so a test may say to the second what is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec

from sync.agent import Agent
from sync.credentials import Credentials
from sync.ground import Ground
from sync.line import Part, Unreachable, checked
from sync.port import Port
from sync.wire import Batch, FeedPage, FeedRow, HighWater, Stored
from tests.simulation.timeline import Flag, Green, Timeline, Waiting
from tests.sync.agent_handheld import Handheld
from tracking.phrases import Said

WAY_S = 0.02
"""There and back."""
BATCH_EVENTS_MAX = 10
SLOW_CLOCK = 1 - 1e-9
"""No two clocks agree to the last digit: a wait that is over is not over by all of them."""
STEPS_MAX, IDLE_MAX = 20_000, 100
POLL_S, RETRY_S_MAX, TIMEOUT_S = 40.0, 300.0, 20.0
CHAIN = "00" * 32
Answer = object
"""A message, a bare status, bytes of a file, an error to raise, or what makes one of these of the request."""


class Asked(NamedTuple):
    """One request."""

    at_s: float
    what: str
    """``hwm``, ``events``, ``tasks``, ``blocks``, ``token``, ``feed``, ``snapshot`` or ``piece``."""
    query: dict[str, Any]
    body: bytes
    part: Part | None


class Slow(NamedTuple):
    """An answer that takes so long."""

    after_s: float
    answer: Answer


def page(*, rows: int = 0, after: int = 1, more: bool = False, generation: str = "g") -> FeedPage:
    """A page of the feed."""
    made = [FeedRow(seq=after, table="item", key=str(number)) for number in range(rows)]
    return FeedPage(generation=generation, rows=made, next=after, more=more, applied={}, server_ms=1)


def quiet(asked: Asked) -> Slow:
    """A server without news: a long poll lasts."""
    return Slow(float(asked.query["wait"]), page(after=max(1, asked.query["since"])))


def gaps(times: list[float]) -> list[float]:
    """Between one and the next."""
    return [later - sooner for sooner, later in pairwise(times)]


def high(generation: str = "g") -> HighWater:
    """Where the server stands."""
    return HighWater(generation=generation, epoch=1, hwm=0, chain=CHAIN, server_ms=1)


def took(asked: Asked) -> Stored:
    """Everything is taken."""
    batch = msgspec.json.decode(asked.body, type=Batch)
    return Stored(status="stored", generation="g", epoch=1, hwm=batch.last, chain=CHAIN, server_ms=1)


class Wire:
    """One of the agent's two connections."""

    def __init__(self, bench: Bench, url: str, token: str, timeout_s: float) -> None:
        self._bench, self.made_of = bench, (url, token, timeout_s)
        self._waiting: list[Waiting] = []
        self.closed = False

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        wait_s: float = 0.0,
        part: Part | None = None,
        **params: Any,
    ) -> tuple[int, bytes]:
        what = "piece" if "/snapshots/" in path else path.rsplit("/", 1)[1]
        owner = "/v1/sites/HAM/" if what in {"feed", "snapshot", "piece"} else "/v1/devices/D-1/"
        assert path.startswith(owner), path
        assert method == ("POST" if what in {"events", "tasks", "blocks", "token"} else "GET"), (method, what)
        assert wait_s == params.get("wait", 0.0), (
            "the reply is waited for as long as the server takes its time"
        )
        asked = Asked(self._bench.now_s, what, params, body, part)
        return self._bench.answered(asked, self._waiting)

    def close(self) -> None:
        self.closed = True
        for one in self._waiting:
            self._bench.timeline.after(0, lambda one=one: one.fail(Unreachable("closed")))  # type: ignore[misc]


class Patient(Flag):
    """A flag that tells where it is waited for again and again and never for any time."""

    def __init__(self, timeline: Timeline) -> None:
        super().__init__(timeline)
        self._clock, self._last_ms, self._idle = timeline, 0, 0
        self.before_clear: Callable[[], None] = lambda: None
        self.after_set: Callable[[], None] = lambda: None
        """What another thread does just then."""

    def set(self) -> None:
        """Raises it."""
        super().set()
        self.after_set()

    def clear(self) -> None:
        """Lowers it."""
        self.before_clear()
        super().clear()

    def wait(self, timeout: float | None = None) -> bool:
        """Until it is up, or so many seconds are over."""
        self._idle = self._idle + 1 if self._clock.now_ms == self._last_ms else 0
        self._last_ms = self._clock.now_ms
        assert self._idle < IDLE_MAX, "it runs hot"
        return super().wait(timeout)


class Joined(Green):
    """A worker that says whether it was waited for."""

    limit_s: float | None = None

    def join(self, timeout: float | None = None) -> None:
        self.limit_s = timeout


class Bench:
    """The agent between the two."""

    def __init__(
        self,
        folder: Path,
        credentials: Credentials | None = None,
        *,
        retry_s_max: float = RETRY_S_MAX,
    ) -> None:
        self.timeline = Timeline()
        self._begun_s = self.timeline.now_ms / 1000
        self.handheld = Handheld(lambda: self.now_s, folder)
        self.asked: list[Asked] = []
        self.answers: dict[str, list[Answer]] = {
            "hwm": [high()], "events": [took], "tasks": [200], "blocks": [404], "feed": [quiet], "snapshot": [404],
        }  # fmt: skip
        """By what is asked: one after the other, and the last one from then on."""
        self.wires: list[Wire] = []
        self.flags: list[Patient] = []
        self.workers: dict[str, Joined] = {}
        self.agent = Agent(
            cast(Port, self.handheld), url="http://s", token="t", poll_s=POLL_S, timeout_s=TIMEOUT_S,
            retry_s_max=retry_s_max, batch_events_max=BATCH_EVENTS_MAX, credentials=credentials,
            ground=Ground(
                line=self._wire, flag=self._flag, begin=self._begin,
                now_s=lambda: self.now_s * SLOW_CLOCK, seed=5,
            ),
        )  # fmt: skip

    def _flag(self) -> Patient:
        self.flags.append(Patient(self.timeline))
        return self.flags[-1]

    def _wire(self, url: str, token: str, timeout_s: float) -> Wire:
        self.wires.append(Wire(self, url, token, timeout_s))
        return self.wires[-1]

    def _begin(self, work: Callable[[], None], name: str) -> Joined:
        self.workers[name] = Joined(self.timeline, work)
        return self.workers[name]

    @property
    def joined(self) -> dict[str, float | None]:
        """How long each worker was waited for."""
        return {name: worker.limit_s for name, worker in self.workers.items()}

    @property
    def now_s(self) -> float:
        """Since the beginning of the test."""
        return self.timeline.now_ms / 1000 - self._begun_s

    def run(self, seconds: float) -> None:
        """So much time passes."""
        until_ms, before = self.timeline.now_ms + round(seconds * 1000), self.timeline.steps
        while self.timeline.step(until_ms):
            assert self.timeline.steps - before < STEPS_MAX, "it runs hot"

    def answered(self, asked: Asked, waiting: list[Waiting]) -> tuple[int, bytes]:
        """What the script says, when it says it."""
        self.asked.append(asked)
        script = self.answers[asked.what]
        answer = script.pop(0) if len(script) > 1 else script[0]
        answer = answer(asked) if callable(answer) else answer
        after_s, answer = answer if isinstance(answer, Slow) else (0.0, answer)
        here = self.timeline.here()
        waiting[:] = [here]
        self.timeline.after(round((WAY_S + after_s) * 1000), here.resume)
        self.timeline.wait()
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return checked(answer, b"{}", "")
        return (206, answer) if isinstance(answer, bytes) else (200, msgspec.json.encode(answer))

    def times(self, what: str, since_s: float = 0.0) -> list[float]:
        """When that was asked, in seconds since the beginning, from then on."""
        return [round(asked.at_s, 2) for asked in self.asked if asked.what == what and asked.at_s >= since_s]

    def last(self, what: str) -> Asked:
        """The last request of that kind."""
        return [asked for asked in self.asked if asked.what == what][-1]

    def online(self) -> tuple[bool, Said]:
        """What the state line says now."""
        return self.handheld.told[-1][1:]

    def write(self, count: int) -> None:
        """Somebody scans."""
        self.handheld.written += count
        self.agent.wake()

    def close(self) -> None:
        """The battery is pulled."""
        for worker in self.workers.values():
            worker.kill()


def caught_up(bench: Bench) -> bool:
    """As it is now."""
    return bench.agent.caught_up
