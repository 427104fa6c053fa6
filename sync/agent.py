"""The handheld's side of the protocol: brings events up and the replica down, by itself, for ever.

Two threads: the uploader sends batches as they come and backs off when it cannot; the feeder waits on the server's
feed (long poll), so that a recall arrives in seconds. Neither touches the journal or the cache: they ask the
:class:`Port`, which runs in the session's thread. Nothing that a server answers can make this side forget an event.
"""

from __future__ import annotations

import gzip
import random
import threading
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

from sync.wire import FEED_WAIT_S_MAX, Batch, FeedPage, HighWater, Problem, Refused, Stored

if TYPE_CHECKING:
    import requests

REPLY_BYTES_MAX = 64 * 1024 * 1024
GZIP_FROM_BYTES = 600
BACKOFF_S_MIN = 1.0
FEED_BACKOFF_S_MAX = 30.0

Reply = TypeVar("Reply")


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

    def refused(self, reply: Refused) -> str:
        """``gap``, ``fork`` or ``fenced``. A sentence where uploading must stop."""
        ...

    def cursor(self) -> tuple[int, str]:
        """Feed cursor and the generation it belongs to."""
        ...

    def page(self, page: FeedPage) -> None:
        """Applies a page of the feed."""
        ...

    def resnapshot(self) -> None:
        """The cursor is of no use any more: begin with an empty cache."""
        ...

    def link(self, online: bool, trouble: str) -> None:
        """The server answers, or does not, and why."""
        ...


class Unreachable(Exception):
    """No answer that could be used. The text says why; nothing was lost."""

    def __init__(self, why: str, retry_after_s: float = 0.0, status: int = 0, detail: str = "") -> None:
        super().__init__(why)
        self.detail = detail
        """What the server itself said, one sentence, where it said anything."""
        self.retry_after_s = retry_after_s
        self.status = status


class Line:
    """One HTTP connection to the server, with bounds on everything that comes back."""

    def __init__(self, url: str, token: str, timeout_s: float) -> None:
        self._url, self._token, self._timeout_s = url.rstrip("/"), token, timeout_s
        self._session: requests.Session | None = None

    def ask(
        self, method: str, path: str, *, body: bytes = b"", wait_s: float = 0.0, **params: Any
    ) -> tuple[int, bytes]:
        """Status and body. Raises :class:`Unreachable`."""
        import requests

        if self._session is None:
            self._session = requests.Session()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        if len(body) > GZIP_FROM_BYTES:
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, 6)
        try:
            with self._session.request(
                method,
                self._url + path,
                data=body or None,
                params=params,
                headers=headers,
                timeout=(self._timeout_s, self._timeout_s + wait_s),
                stream=True,
                allow_redirects=False,
            ) as reply:
                data = reply.raw.read(REPLY_BYTES_MAX + 1, decode_content=True) or b""
                retry_after = reply.headers.get("Retry-After", "")
                status = reply.status_code
        except (requests.RequestException, OSError, ValueError) as error:
            raise Unreachable(f"no connection to {self._url} ({type(error).__name__})") from error
        except (
            Exception
        ) as error:  # urllib3 raises its own while a body is read; none of them is ours to know
            raise Unreachable(f"the answer of {self._url} broke off ({type(error).__name__})") from error
        if len(data) > REPLY_BYTES_MAX:
            raise Unreachable(f"{self._url} answers with more than {REPLY_BYTES_MAX} bytes")
        if status in {401, 403}:
            why = "the server does not accept this handheld: enroll it again"
            raise Unreachable(why, status=status, detail=_said(data))
        if status == 429 or status >= 500:
            wait = float(retry_after) if retry_after.isdecimal() else 0.0
            raise Unreachable(f"the server is busy or broken (HTTP {status})", min(wait, 3600.0), status)
        return status, data

    def close(self) -> None:
        """Drops the connection; a request under way fails."""
        if self._session is not None:
            self._session.close()


def _said(data: bytes) -> str:
    """The sentence of a refusal; empty where it has none."""
    try:
        return understood(data, Problem).detail
    except Unreachable:
        return ""


def understood(data: bytes, kind: type[Reply]) -> Reply:
    """A reply as its type. Raises :class:`Unreachable` for nonsense."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreachable("the server's answer makes no sense: check the address in sync.url") from error


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

    def __init__(self, port: Port, line: Line, events_max: int) -> None:
        self._port, self._line, self._most = port, line, events_max
        self._events_max = events_max
        self._greeted = False
        self.halted = ""
        """Why uploading stopped for good: a fork. Nothing is deleted; a person has to look."""

    def drain(self) -> int:
        """Sends until nothing is pending. Returns how many events the server took. Raises :class:`Unreachable`."""
        sent = 0
        while not self.halted:
            if not self._greeted:
                self._greet()
                continue
            batch = self._port.next_batch(self._events_max)
            if batch is None:
                return sent
            sent += self._send(batch)
        return sent

    def greet_again(self) -> None:
        """The server's generation changed: ask where it stands before the next batch."""
        self._greeted = False

    def _greet(self) -> None:
        status, data = self._line.ask("GET", f"/v1/devices/{self._port.device()}/hwm")
        if status != 200:
            raise Unreachable(f"the server does not know this handheld (HTTP {status}): enroll it")
        self.halted = self._port.greeted(understood(data, HighWater))
        self._greeted = True

    def _send(self, batch: Batch) -> int:
        path = f"/v1/devices/{self._port.device()}/events"
        status, data = self._line.ask("POST", path, body=msgspec.json.encode(batch))
        if status == 200:
            self._events_max = min(self._most, self._events_max * 2)
            self.halted = self._port.stored(understood(data, Stored))
            return len(batch.events)
        if status == 409:
            self.halted = self._port.refused(understood(data, Refused))
            return 0
        if status == 413 and self._events_max > 1:
            self._events_max = max(1, min(self._events_max, len(batch.events)) // 2)
            return 0
        raise Unreachable(f"the server refuses the upload (HTTP {status}); everything is kept", status=status)


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
    ) -> None:
        self._port = port
        self._poll_s, self._retry_s_max = poll_s, retry_s_max
        self._up_line, self._down_line = Line(url, token, timeout_s), Line(url, token, timeout_s)
        self._uploader = Uploader(port, self._up_line, batch_events_max)
        self._wake = threading.Event()
        self._over = threading.Event()
        self._paused = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begins to sync, now and whenever the server can be reached."""
        for work, name in ((self._upload, "sync-up"), (self._follow, "sync-down")):
            thread = threading.Thread(target=work, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def wake(self) -> None:
        """Something was written: send it now."""
        self._wake.set()

    def pause(self, paused: bool) -> None:
        """Pretends that there is no network, for the demo."""
        if paused:
            self._paused.set()
            self._port.link(False, "offline by hand")
        else:
            self._paused.clear()
            self.wake()

    def close(self, timeout_s: float = 3.0) -> None:
        """Ends both threads; what is not sent stays in the journal."""
        self._over.set()
        self._wake.set()
        self._up_line.close()
        self._down_line.close()
        for thread in self._threads:
            thread.join(timeout_s)

    def _upload(self) -> None:
        backoff = Backoff(self._retry_s_max)
        while not self._over.is_set():
            self._wake.clear()
            wait_s = self._poll_s
            if not self._paused.is_set():
                wait_s = self._upload_once(backoff)
            self._wake.wait(wait_s)

    def _upload_once(self, backoff: Backoff) -> float:
        try:
            self._uploader.drain()
        except Unreachable as why:
            if not self._over.is_set():
                self._port.link(False, str(why))
            return backoff.next_s(why.retry_after_s)
        if self._over.is_set():
            return 0.0
        backoff.reset()
        self._port.link(not self._uploader.halted, self._uploader.halted)
        return self._poll_s

    def _follow(self) -> None:
        backoff = Backoff(FEED_BACKOFF_S_MAX)
        wait_s = 0
        while not self._over.is_set():
            if self._paused.is_set():
                self._over.wait(0.5)
                wait_s = 0
                continue
            try:
                more = self._feed_once(wait_s)
            except Unreachable as why:
                if self._over.is_set():
                    return
                self._port.link(False, str(why))
                self._over.wait(backoff.next_s(why.retry_after_s))
                wait_s = 0
                continue
            if wait_s == 0:
                self.wake()  # the server is there again: do not sit out an upload's long back-off
            backoff.reset()
            wait_s = 0 if more else FEED_WAIT_S_MAX

    def _feed_once(self, wait_s: int) -> bool:
        """One request; True where more pages wait."""
        since, generation = self._port.cursor()
        path = f"/v1/sites/{self._port.site()}/feed"
        status, data = self._down_line.ask(
            "GET",
            path,
            wait_s=wait_s,
            since=since,
            generation=generation,
            wait=wait_s,
            device=self._port.device(),
        )
        if self._over.is_set() or self._paused.is_set():
            return False
        if status == 410:
            self._port.resnapshot()
            self._uploader.greet_again()
            self.wake()
            return True
        if status != 200:
            raise Unreachable(f"the server has no feed for this site (HTTP {status})", status=status)
        page = understood(data, FeedPage)
        if generation and page.generation != generation:
            self._uploader.greet_again()
            self.wake()
        self._port.page(page)
        return page.more
