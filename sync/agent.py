"""The handheld's side of the protocol: brings events up and the replica down, by itself, for ever.

Two threads: the uploader sends batches as they come and backs off when it cannot; the feeder waits on the server's
feed (long poll), so that a recall arrives in seconds. Neither touches the journal or the cache: they ask the
:class:`Port`, which runs in the session's thread. Nothing that a server answers can make this side forget an event.
"""

from __future__ import annotations

import threading

import msgspec

from sync.backoff import Backoff
from sync.credentials import Credentials
from sync.ground import Ground, Worker
from sync.lending import Borrower
from sync.line import REVOKED
from sync.line import Line as Line
from sync.line import Unreachable as Unreachable
from sync.line import understood as understood
from sync.port import Port as Port
from sync.snapshot import Coming, Download, SnapshotError
from sync.tasks import SOONEST_S, Teller
from sync.uploader import Uploader
from sync.wire import (
    FEED_ROWS_MAX,
    FEED_WAIT_S_MAX,
    FeedPage,
    WireError,
)
from tracking.phrases import Said, phrase

FEED_BACKOFF_S_MAX = 30.0
ROWS_A_PAGE = 150
"""Of the feed, once all was downloaded: a scan waits behind a page that is applied, and does not notice so few."""
SNAPSHOT_TRIES_MAX = 60
"""Then the feed brings everything, page by page."""
COMING_S = 2.0
QUICK_POLLS_MAX = 5
"""Empty answers to a long poll that come at once; after so many, each is followed by a pause."""
QUICK_POLL_S = 1.0


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
            port,
            self._up_line,
            batch_events_max,
            retry_s_max,
            ground.now_s,
            credentials,
            stopped=self._rests,
        )
        self._teller = Teller(port, self._up_line)
        self._borrower = Borrower(port, self._up_line)
        if credentials is not None:
            credentials.told = self._use_token
        self._wake, self._wake_feed = ground.flag(), ground.flag()
        self._over = ground.flag()
        self._paused = ground.flag()
        self._caught_up = False
        self._workers: list[Worker] = []
        self._not_before_s = 0.0
        """The server asked not to be sent anything sooner; a scan does not shorten that."""
        self._download = Download(self._down_line, port.downloads(), over=self._rests)
        self._snapshots_tried = 0
        self._downloading = False
        self._telling = threading.Lock()
        self._troubles: dict[str, Said] = {"up": "", "down": ""}
        self._told: tuple[bool, Said] | None = None

    def _use_token(self, token: str) -> None:
        for line in (self._up_line, self._down_line):
            if isinstance(line, Line):
                line.token = token

    def start(self) -> None:
        """Begins to sync, now and whenever the server can be reached."""
        for work, name in ((self._upload, "sync-up"), (self._follow, "sync-down")):
            self._workers.append(self._ground.begin(work, name))

    @property
    def caught_up(self) -> bool:
        """True where the feed was read to its end, and everything in it is in the cache."""
        return self._caught_up

    def wake(self) -> None:
        """Something was written: send it now."""
        self._wake.set()

    def _rests(self) -> bool:
        """Nothing more is to be asked, now or ever."""
        return self._over.is_set() or self._paused.is_set()

    def pause(self, paused: bool) -> None:
        """Pretends that there is no network, for the demo; what was under way is not heard any more."""
        if paused:
            self._paused.set()
            self._tell("up", phrase("link_by_hand"))
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

    def _tell(self, side: str, trouble: Said) -> None:
        """The state line: online where neither direction has trouble. Told only when it changes."""
        with self._telling:
            if self._over.is_set():
                return
            self._troubles[side] = trouble
            said = self._troubles["up"] or self._troubles["down"]
            if self._paused.is_set():
                said = phrase("link_by_hand")
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
            wait_s = self._not_before_s - self._ground.now_s()
            if wait_s > SOONEST_S:
                self._over.wait(wait_s)
            elif self._paused.is_set():
                self._wake.wait(self._poll_s)
            else:
                self._wake.wait(self._upload_once(backoff))

    def _upload_once(self, backoff: Backoff) -> float:
        try:
            heard = self._uploader.drain()
            if not heard and not self._uploader.halted and self._troubles["up"]:
                # Nothing is left to send that would show that the server is there again: it is asked.
                self._uploader.greet_again()
                heard = self._uploader.drain()
        except Exception as error:  # noqa: BLE001 - whatever comes, the next try is made
            self._tell("up", _sentence(error))
            self._not_before_s = self._ground.now_s() + getattr(error, "retry_after_s", 0.0)
            return backoff.next_s()
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
        if not self._uploader.generation or self._rests():
            return self._poll_s
        try:
            left_s = self._teller.tell(self._uploader.generation, self._ground.now_s())
            self._borrower.borrow(self._ground.now_s())
        except Exception as error:  # noqa: BLE001 - the events are there; the rest is only told later
            return backoff.next_s(getattr(error, "retry_after_s", 0.0))
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
                if getattr(error, "status", 0) == 401 or self._is_revoked(error):
                    self._uploader.greet_again()  # which renews the token where that can be done, or notes the word
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

    def _is_revoked(self, error: Exception) -> bool:
        """The feed heard it first: whoever has nothing to send would else never be told by what keeps it."""
        return getattr(error, "word", "") == REVOKED and bool(self._uploader.generation)

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
        if self._rests():
            return False, False
        if status == 410 and (since or generation):
            self._caught_up = False
            self._port.resnapshot()
            self._uploader.greet_again()
            self.wake()
            return True, True
        if status != 200:
            raise Unreachable(phrase("link_no_feed", status=str(status)), status=status)
        page = understood(data, FeedPage)
        if page.more and page.next <= since:
            raise Unreachable(phrase("link_circle"))
        if self._uploader.heard_of(page.generation):
            self.wake()
        self._port.page(page)
        self._downloading = self._downloading and page.more
        if page.more:
            self._caught_up = False
        else:
            self._caught_up = True
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


def _sentence(error: Exception) -> Said:
    """What went wrong, for the screen. Nothing was lost: it is tried again."""
    if isinstance(error, msgspec.MsgspecError | WireError | UnicodeDecodeError | RecursionError):
        return phrase("link_unreadable", fault=str(error))
    if isinstance(error, Unreachable):
        return error.why
    return str(error) or type(error).__name__
