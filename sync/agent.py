"""The handheld's side of the protocol: brings events up and the replica down, by itself, for ever.

Two threads: the uploader sends batches as they come and backs off when it cannot; the feeder waits on the server's
feed (long poll), so that a recall arrives in seconds. Neither touches the journal or the cache: they ask the
:class:`Port`, which runs in the session's thread. Nothing that a server answers can make this side forget an event.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from sync.credentials import Credentials
from sync.ground import Asking, Ground, Worker
from sync.line import Line as Line
from sync.line import Unreachable as Unreachable
from sync.line import understood as understood
from sync.rescue import REVOKED, rescue
from sync.snapshot import Coming, Download, SnapshotError
from sync.tasks import Teller
from sync.wire import (
    FEED_ROWS_MAX,
    FEED_WAIT_S_MAX,
    Batch,
    FeedPage,
    Held,
    HighWater,
    OpenTasks,
    Refused,
    Snapshot,
    Stored,
    WireError,
)

BACKOFF_S_MIN = 1.0
FEED_BACKOFF_S_MAX = 30.0
ANSWERS_WASTED_MAX = 12
"""Answers to uploads that bring nothing further, before the server is believed to be none."""
FAILURES_MAX = 3
"""Of a batch, without a word about it: then half of it is tried."""
_TOO_MUCH = (400, 408, 413)
"""Too large, too slow, or something in it that the server cannot even read: less is tried, down to one event."""
ROWS_A_PAGE = 500
"""Of the feed, once all was downloaded: a scan waits behind a page that is applied, and does not notice so few."""
SNAPSHOT_TRIES_MAX = 60
"""Then the feed brings everything, page by page."""
COMING_S = 2.0
QUICK_POLLS_MAX = 5
"""Empty answers to a long poll that come at once; after so many, each is followed by a pause."""
QUICK_POLL_S = 1.0


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

    def greeted(self, high: HighWater) -> str:
        """Where the server stands: rewinds or begins an epoch as needed. A sentence if something is wrong."""
        ...

    def stored(self, reply: Stored) -> str:
        """The server holds everything up to the reply's mark. A sentence if its chain is not ours."""
        ...

    def next_rescue(self, events_max: int) -> Batch | None:
        """The oldest events that the server neither confirmed nor took aside, or None."""
        ...

    def rescued(self, held: Held) -> None:
        """The server keeps them aside; they are not confirmed by that."""
        ...

    def refused(self, reply: Refused) -> str:
        """``gap``, ``fork`` or ``fenced``. A sentence where uploading must stop."""
        ...

    def tasks(self) -> OpenTasks:
        """The tasks in progress here, for the others of the site."""
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

    def link(self, online: bool, trouble: str) -> None:
        """The server answers, or does not, and why."""
        ...


class Backoff:
    """Full jitter between a second and a bound that doubles with every failure."""

    def __init__(self, most_s: float, seed: int | None = None) -> None:
        self._most_s, self._bound_s = most_s, BACKOFF_S_MIN
        self._random = random.Random(seed)  # noqa: S311 - spreads retries, guards nothing

    def next_s(self, at_least_s: float = 0.0) -> float:
        """How long to wait now."""
        wait = max(at_least_s, self._random.uniform(0.2, self._bound_s))
        self._bound_s = min(self._most_s, self._bound_s * 2)
        return wait

    def reset(self) -> None:
        """After a success."""
        self._bound_s = BACKOFF_S_MIN


class Uploader:
    """Sends what is pending. One batch in flight; a batch that is too large is halved."""

    def __init__(
        self,
        port: Port,
        line: Asking,
        events_max: int,
        ask_again_s: float = 300.0,
        now_s: Callable[[], float] = time.monotonic,
        credentials: Credentials | None = None,
    ) -> None:
        self._port, self._line, self._most, self._now_s = port, line, events_max, now_s
        self._credentials = credentials
        self._events_max = events_max
        self._ask_again_s = ask_again_s
        self._ask_again_at_s = 0.0
        self._failures = 0
        """Of the same batch, in a row."""
        self._greeted = False
        self._generation = ""
        """Of the server's life that was greeted."""
        self.halted = ""
        """Why uploading stopped: a fork. Nothing is deleted and nothing sent; a person has to look. Where the server
        stands is asked again now and then, so that what the office puts right needs nobody at the handheld."""

    def drain(self) -> bool:
        """Sends until nothing is pending. True where the server was heard. Raises :class:`Unreachable`."""
        self._renew_where_due()
        try:
            return self._drain()
        except Unreachable as error:
            # The token is not known, as after a restore of the server: the key still says who this is.
            if error.status != 401 or not self._renewed():
                raise
            return self._drain()

    def _renew_where_due(self) -> None:
        if self._credentials is None or not self._credentials.due:
            return
        try:
            self._credentials.renew(self._line, self._port.device())
        except Unreachable as error:
            if not error.status:
                raise  # no network; with an answer of whatever kind the token that there is may still do

    def _renewed(self) -> bool:
        return self._credentials is not None and self._credentials.renew(self._line, self._port.device())

    def _drain(self) -> bool:
        if self.halted and self._now_s() < self._ask_again_at_s:
            return False
        if self.halted:
            self.halted, self._greeted = "", False
        heard, wasted = False, 0
        while not self.halted:
            if self._greeted:
                batch = self._port.next_batch(self._events_max)
                if batch is None:
                    return heard
                wasted += not self._send(batch)
            else:
                self._greet()
            heard = True
            if wasted > ANSWERS_WASTED_MAX:
                raise Unreachable("the server answers and takes nothing: check the address in sync.url")
        self._ask_again_at_s = self._now_s() + self._ask_again_s
        return heard

    def greet_again(self) -> None:
        """Ask where the server stands before the next batch."""
        self._greeted = False

    def heard_of(self, generation: str) -> bool:
        """An answer came from this life of the server. True where it is not the one that was greeted.

        Of another one more may be lost than the epoch shows that a batch was just refused for.
        """
        if generation == self._generation:
            return False
        self.greet_again()
        return True

    @property
    def generation(self) -> str:
        """The server's life that was greeted; empty before that."""
        return self._generation if self._greeted else ""

    def _greet(self) -> None:
        self._greeted = True
        try:
            status, data = self._line.ask("GET", f"/v1/devices/{self._port.device()}/hwm")
            if status != 200:
                raise Unreachable(f"the server does not know this handheld (HTTP {status}): enroll it")
            high = understood(data, HighWater)
            self._generation = high.generation
            self.halted = self._port.greeted(high)
        except BaseException as error:
            self._greeted = False
            if isinstance(error, Unreachable) and error.word == REVOKED:
                rescue(self._port, self._line, self._events_max)
            raise

    def _send(self, batch: Batch) -> bool:
        """True where the server holds more of these events than before."""
        path = f"/v1/devices/{self._port.device()}/events"
        if self._credentials is not None:
            batch = self._credentials.signed(self._port.device(), batch)
        try:
            status, data = self._line.ask("POST", path, body=msgspec.json.encode(batch))
        except Unreachable as error:
            self._failed(batch, error)
            if error.word == REVOKED:
                self._greeted = False  # asked again where it stands, it hands in what is left another way
            raise
        self._failures = 0
        if status == 200:
            self._events_max = min(self._most, self._events_max * 2)
            stored = understood(data, Stored)
            self.heard_of(stored.generation)
            self.halted = self._port.stored(stored)
            return stored.epoch == batch.epoch and stored.hwm >= batch.first
        if status == 409:
            refused = understood(data, Refused)
            self.heard_of(refused.generation)
            self.halted = self._port.refused(refused)
            return False
        if status in _TOO_MUCH and len(batch.events) > 1:
            self._halve(batch)
            return False
        raise Unreachable(f"the server refuses the upload (HTTP {status}); everything is kept", status=status)

    def _failed(self, batch: Batch, error: Unreachable) -> None:
        """A line that breaks, or a server that breaks on something in it, may manage half of it."""
        self._failures += error.status == 0 or error.status >= 500
        if self._failures >= FAILURES_MAX:
            self._halve(batch)

    def _halve(self, batch: Batch) -> None:
        self._events_max = max(1, min(self._events_max, len(batch.events)) // 2)


class Agent:
    """Both threads and their life."""

    def __init__(
        self,
        port: Port,
        *,
        url: str,
        token: str,
        poll_s: float = 30.0,
        timeout_s: float = 20.0,
        retry_s_max: float = 300.0,
        batch_events_max: int = 1000,
        ground: Ground | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        self._port = port
        self._ground = ground = ground or Ground()
        self._poll_s, self._retry_s_max = poll_s, retry_s_max
        self._up_line = ground.line(url, token, timeout_s)
        self._down_line = ground.line(url, token, timeout_s)
        self._uploader = Uploader(
            port, self._up_line, batch_events_max, retry_s_max, ground.now_s, credentials
        )
        self._teller = Teller(port, self._up_line)
        if credentials is not None:
            credentials.told = self._use_token
        self._wake, self._wake_feed = ground.flag(), ground.flag()
        self._over = ground.flag()
        self._paused = ground.flag()
        self._workers: list[Worker] = []
        self._download = Download(self._down_line, port.downloads(), over=self._over.is_set)
        self._snapshots_tried = 0
        self._downloading = False
        self._telling = threading.Lock()
        self._troubles = {"up": "", "down": ""}
        self._told: tuple[bool, str] | None = None

    def _use_token(self, token: str) -> None:
        for line in (self._up_line, self._down_line):
            if isinstance(line, Line):
                line.token = token

    def start(self) -> None:
        """Begins to sync, now and whenever the server can be reached."""
        for work, name in ((self._upload, "sync-up"), (self._follow, "sync-down")):
            self._workers.append(self._ground.begin(work, name))

    def wake(self) -> None:
        """Something was written: send it now."""
        self._wake.set()

    def pause(self, paused: bool) -> None:
        """Pretends that there is no network, for the demo."""
        if paused:
            self._paused.set()
            self._tell("up", "offline by hand")
        else:
            self._paused.clear()
            self._uploader.greet_again()
            self._wake_feed.set()
            self.wake()

    def close(self, timeout_s: float = 3.0) -> None:
        """Ends both threads; what is not sent stays in the journal."""
        self._over.set()
        self._wake.set()
        self._wake_feed.set()
        self._up_line.close()
        self._down_line.close()
        for worker in self._workers:
            worker.join(timeout_s)

    def _tell(self, side: str, trouble: str) -> None:
        """The state line: online where neither direction has trouble. Told only when it changes."""
        with self._telling:
            if self._over.is_set():
                return
            self._troubles[side] = trouble
            said = self._troubles["up"] or self._troubles["down"]
            if self._told != (not said, said):
                self._told = (not said, said)
                self._port.link(not said, said)

    def _upload(self) -> None:
        backoff = Backoff(self._retry_s_max, self._ground.seed)
        while True:
            # Cleared before the end is looked for: whoever ends us sets that first, then wakes us.
            self._wake.clear()
            if self._over.is_set():
                return
            wait_s = self._poll_s
            if not self._paused.is_set():
                wait_s = self._upload_once(backoff)
            self._wake.wait(wait_s)

    def _upload_once(self, backoff: Backoff) -> float:
        try:
            heard = self._uploader.drain()
        except Exception as error:  # noqa: BLE001 - whatever comes, the next try is made
            self._tell("up", _sentence(error))
            return backoff.next_s(getattr(error, "retry_after_s", 0.0))
        backoff.reset()
        if self._uploader.halted:
            self._tell("up", self._uploader.halted)
            return self._retry_s_max
        if heard:
            if self._troubles["down"]:
                self._wake_feed.set()
            self._tell("up", "")
        return self._tell_tasks(backoff)

    def _tell_tasks(self, backoff: Backoff) -> float:
        """Behind the events, so that what a task stands on is there before it; how long to wait then."""
        if not self._uploader.generation:
            return self._poll_s
        try:
            left_s = self._teller.tell(self._uploader.generation, self._ground.now_s())
        except Unreachable as error:  # the events are there; whoever opens the same order is only told later
            return backoff.next_s(error.retry_after_s)
        return self._poll_s if left_s is None else min(left_s, self._poll_s)

    def _follow(self) -> None:
        backoff = Backoff(min(FEED_BACKOFF_S_MAX, self._retry_s_max), self._ground.seed)
        wait_s, quick = 0, 0
        while not self._over.is_set():
            if self._paused.is_set():
                self._over.wait(0.5)
                wait_s = 0
                continue
            began_s = self._ground.now_s()
            try:
                news, more = self._feed_once(wait_s)
            except Exception as error:  # noqa: BLE001 - whatever comes, the next try is made
                self._tell("down", _sentence(error))
                if getattr(error, "status", 0) == 401:
                    self._uploader.greet_again()  # which renews the token where that can be done
                    self.wake()
                self._wake_feed.clear()
                if self._over.is_set():
                    return
                self._wake_feed.wait(backoff.next_s(getattr(error, "retry_after_s", 0.0)))
                wait_s = 0
                continue
            if wait_s == 0:
                self.wake()  # the server is there again: do not sit out an upload's long back-off
            backoff.reset()
            self._tell("down", "")
            at_once = bool(wait_s) and not news and self._ground.now_s() - began_s < QUICK_POLL_S
            quick = quick + 1 if at_once else 0
            if quick > QUICK_POLLS_MAX:
                self._over.wait(QUICK_POLL_S)
            wait_s = 0 if more else FEED_WAIT_S_MAX

    def _feed_once(self, wait_s: int) -> tuple[bool, bool]:
        """One request: whether it brought anything, and whether more pages wait."""
        since, generation, began = self._port.cursor()
        if not since and not generation and self._snapshots_tried < SNAPSHOT_TRIES_MAX:
            if self._snapshot():
                return True, True
            since, generation, began = self._port.cursor()
        self._downloading = self._downloading or not since
        path = f"/v1/sites/{self._port.site()}/feed"
        status, data = self._down_line.ask(
            "GET",
            path,
            wait_s=wait_s,
            since=since,
            generation=generation,
            began=began,
            limit=FEED_ROWS_MAX if self._downloading else ROWS_A_PAGE,
            wait=wait_s,
            device=self._port.device(),
        )
        if self._over.is_set() or self._paused.is_set():
            return False, False
        if status == 410 and (since or generation):
            self._port.resnapshot()
            self._uploader.greet_again()
            self.wake()
            return True, True
        if status != 200:
            raise Unreachable(f"the server has no feed for this site (HTTP {status})", status=status)
        page = understood(data, FeedPage)
        if page.more and page.next <= since:
            raise Unreachable("the server's feed turns in a circle: check the address in sync.url")
        if self._uploader.heard_of(page.generation):
            self.wake()
        self._port.page(page)
        self._downloading = self._downloading and page.more
        if not page.more:
            self._snapshots_tried = 0
        return bool(page.rows), page.more

    def _snapshot(self) -> bool:
        """A whole new cache at once. False where the feed has to do; tried so often and no more in a row."""
        self._snapshots_tried += 1
        try:
            found = self._download.fetch(self._port.site())
        except Coming:
            self._over.wait(COMING_S)
            return True
        except SnapshotError:
            self._snapshots_tried += SNAPSHOT_TRIES_MAX // 3
            return True
        except OSError:
            found = None
        if found is None or not self._port.install(found[1], found[0]):
            self._snapshots_tried = SNAPSHOT_TRIES_MAX
            return False
        return True


def _sentence(error: Exception) -> str:
    """What went wrong, for the screen. Nothing was lost: it is tried again."""
    if isinstance(error, msgspec.MsgspecError | WireError | UnicodeDecodeError | RecursionError):
        return f"the server sends what this version cannot read ({error}): update this handheld"
    return str(error) or type(error).__name__
