"""The network of the simulation: what it does to every request and every answer, by the seed's dice."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

import msgspec

from sync.ground import Asking
from sync.line import Part, Unreachable, checked
from sync.wire import FEED_WAIT_S_MAX, FeedPage
from tests.simulation.centre import Centre, Reply
from tests.simulation.tally import Seen
from tests.simulation.timeline import Timeline, Waiting

FAULTS = ("lost", "swallowed", "late", "twice", "cut", "busy")
"""Of a request: never arrives; its answer does not; it arrives when nobody waits any more; it arrives again later;
its answer breaks off; something between answers in the server's place."""
QUICK_MS, SLOW_MS = 40, 1500
LATE_MS = 90_000
BUSY = (429, 500, 502, 503)


class Request(NamedTuple):
    """What a handheld asks."""

    sender: str
    method: str
    path: str
    token: str
    body: bytes
    query: dict[str, Any]
    headers: dict[str, str]

    @property
    def long(self) -> bool:
        """A feed request that waits for news."""
        return bool(self.query.get("wait"))


class _Parked(NamedTuple):
    """A feed request that waits at the server."""

    request: Request
    here: Waiting
    until_ms: int
    applied: dict[int, int]


class Network:
    """Between all handhelds and the one server."""

    def __init__(self, timeline: Timeline, dice: Random, seen: Seen) -> None:
        self.timeline, self.dice, self.seen = timeline, dice, seen
        self.centre: Centre | None = None
        self.fault_chance = 0.0
        self.faults: tuple[str, ...] = FAULTS
        self.away: set[str] = set()
        """Handhelds without a network."""
        self._parked: list[_Parked] = []
        self.promised: dict[tuple[str, int], int] = {}
        """(device, epoch) -> up to where the server said that it holds them, since it was last put back."""

    def line(self, sender: str) -> Line:
        """A handheld's way to the server."""
        return Line(self, sender)

    def carry(self, request: Request, timeout_s: float) -> Reply:
        """Takes a request there and the answer back. Raises :class:`Unreachable`."""
        if request.sender in self.away:
            self.seen.fault("partition")
            self.pause(QUICK_MS)
            raise Unreachable("no connection")
        fault = self.dice.choice(self.faults) if self.dice.random() < self.fault_chance else ""
        if fault:
            self.seen.fault(fault)
        if fault == "busy":
            self.pause(QUICK_MS)
            return Reply(self.dice.choice(BUSY), b"busy", str(self.dice.choice([1, 60])))
        here = self.timeline.here()
        there_ms = self._way_ms()
        limit_ms = round((timeout_s + int(request.query.get("wait", 0))) * 1000)
        self.timeline.after(limit_ms, lambda: here.fail(Unreachable("no answer in time")))
        if fault != "lost":
            late_ms = limit_ms + self.dice.randint(1, LATE_MS) if fault == "late" else 0
            self.timeline.after(there_ms + late_ms, lambda: self._arrive(request, here, fault))
        if fault == "twice":
            again_ms = there_ms + self.dice.randint(1, LATE_MS)
            self.timeline.after(again_ms, lambda: self._arrive(request, here, "swallowed"))
        reply: Reply = self.timeline.wait()
        return reply

    def pause(self, ms: int) -> None:
        """The worker waits."""
        here = self.timeline.here()
        self.timeline.after(ms, here.resume)
        self.timeline.wait()

    def _way_ms(self) -> int:
        return self.dice.randint(1, SLOW_MS if self.dice.random() < 0.1 else QUICK_MS)

    def _arrive(self, request: Request, here: Waiting, fault: str) -> None:
        reply = self._asked(request)
        if fault == "swallowed":
            return
        if reply is None:
            self._after_way(lambda: here.fail(Unreachable("no connection")))
        elif fault == "cut":
            broken = Unreachable("the answer broke off")
            self._after_way(lambda: here.fail(broken))
        elif request.long and (applied := _quiet(reply)) is not None:
            until_ms = self.timeline.now_ms + int(request.query["wait"]) * 1000
            self._parked.append(_Parked(request, here, until_ms, applied))
            self.timeline.after(until_ms - self.timeline.now_ms, self._look_after_parked)
        else:
            self._after_way(lambda: here.resume(reply))

    def _asked(self, request: Request) -> Reply | None:
        assert self.centre is not None
        if not self.centre.up:
            return None
        query = request.query | {"wait": 0} if request.long else request.query
        reply = self.centre.ask(
            request.method, request.path, request.token, request.body, query, request.headers
        )
        if request.method == "POST" and reply.status == 200:
            word = msgspec.json.decode(reply.body, type=_Word)
            name = (request.path.split("/")[3], word.epoch)
            self.promised[name] = max(self.promised.get(name, 0), word.hwm)
        return reply

    def _after_way(self, work: Any) -> None:
        self.timeline.after(self._way_ms(), work)

    def ring(self) -> None:
        """There is news: the waiting feed requests look again."""
        if self._parked:
            self.timeline.after(1, lambda: self._look_after_parked(news=True))

    def _look_after_parked(self, *, news: bool = False) -> None:
        parked, self._parked = self._parked, []
        for one in parked:
            if one.here.over:
                continue
            over = one.until_ms <= self.timeline.now_ms
            reply = self._asked(one.request) if news or over else None
            if reply is None and not (self.centre and self.centre.up):
                self._after_way(lambda one=one: one.here.fail(Unreachable("no connection")))
            elif reply is not None and (over or _quiet(reply) != one.applied):
                self._after_way(lambda one=one, reply=reply: one.here.resume(reply))
            else:
                self._parked.append(one)

    def cut_off(self) -> None:
        """The server's process is gone: whoever waits for it hears so."""
        parked, self._parked = self._parked, []
        for one in parked:
            self._after_way(lambda one=one: one.here.fail(Unreachable("no connection")))


def _quiet(reply: Reply) -> dict[int, int] | None:
    """How far own events show, of a page without news; None for any other answer."""
    if reply.status != 200:
        return None
    page = msgspec.json.decode(reply.body, type=FeedPage)
    return None if page.rows else dict(page.applied_epochs)


class Line(Asking):
    """One handheld's connection; the agent has two of them."""

    def __init__(self, network: Network, sender: str) -> None:
        self._network, self._sender = network, sender
        self._token, self._timeout_s = "", 20.0
        self._closed = False

    def opened(self, token: str, timeout_s: float) -> Line:
        """As the agent makes it."""
        self._token, self._timeout_s = token, timeout_s
        return self

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
        """Status and body. Raises :class:`Unreachable`."""
        if self._closed:
            raise Unreachable("closed")
        assert wait_s <= FEED_WAIT_S_MAX
        request = Request(
            self._sender, method, path, self._token, body, params, part.headers() if part else {}
        )
        reply = self._network.carry(request, self._timeout_s)
        self._network.seen.answer(_kind(request, reply))
        return checked(reply.status, reply.body, reply.retry_after)

    def close(self) -> None:
        """No more."""
        self._closed = True


class _Word(msgspec.Struct):
    """The part of an answer that says what it is."""

    status: str = ""
    error: str = ""
    quarantined: int = 0
    epoch: int = 0
    hwm: int = 0


def _kind(request: Request, reply: Reply) -> str:
    """The answer's name: ``stored``, ``gap``, ``401``, ``feed`` ..."""
    if reply.status not in {200, 409, 410} or request.method == "GET":
        return "410" if reply.status == 410 else str(reply.status) if reply.status != 200 else "read"
    if request.path.endswith("/rescue") and reply.status == 200:
        return "held"
    word = msgspec.json.decode(reply.body, type=_Word)
    if word.quarantined:
        return "quarantined"
    return word.status or word.error
