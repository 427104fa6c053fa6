"""A site's snapshot: what it is, and its file, piece by piece."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from server.api.exchange import Refusal, answer, central_of, in_thread
from server.api.site_calls import asking_for
from sync.wire import Snapshot

SOON_S = "2"
"""So long a handheld waits until it asks again for one that is being made."""
PIECE_BYTES = 256 * 1024
AT_ONCE_BYTES_MAX = 2 * 1024 * 1024
_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})")


async def newest(request: Request) -> Response:
    """``GET /v1/sites/{site}/snapshot``: the newest one; ``404 no_snapshot`` where the feed is as quick."""
    site = request.path_params["site"]

    def work() -> Snapshot | bool:
        asking_for(request, site)
        return central_of(request).snapshots.ask(site)

    found = await in_thread(work)
    if isinstance(found, Snapshot):
        return answer(found)
    if found:
        return answer({"status": "coming"}, 202, {"Retry-After": SOON_S})
    raise Refusal(404, "no_snapshot", "this site is downloaded by its feed: begin at 0")


async def file(request: Request) -> Response:
    """``GET /v1/sites/{site}/snapshots/{snapshot}``, with ``Range`` and ``If-Range``."""
    site, name = request.path_params["site"], request.path_params["snapshot"]

    def work() -> tuple[Snapshot, Path] | None:
        asking_for(request, site)
        return central_of(request).snapshots.file(site, name)

    found = await in_thread(work)
    if found is None:
        raise Refusal(404, "unknown", "there is no such snapshot any more: ask for the newest one")
    snapshot, path = found
    etag = f'"{snapshot.sha256}"'
    headers = {"ETag": etag, "Accept-Ranges": "bytes", "Cache-Control": "private"}
    if request.headers.get("if-none-match") == etag:
        return Response(None, 304, headers)
    wanted = _wanted(request, etag, snapshot.bytes)
    start, stop = wanted or (0, snapshot.bytes)
    headers["Content-Length"] = str(stop - start)
    if wanted:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{snapshot.bytes}"
    status, kind = (206 if wanted else 200), "application/zstd"
    if stop - start <= AT_ONCE_BYTES_MAX:
        return Response(await in_thread(lambda: _read(path, start, stop)), status, headers, kind)
    return StreamingResponse(_pieces(path, start, stop), status, headers, kind)


def _wanted(request: Request, etag: str, size: int) -> tuple[int, int] | None:
    """The part that is asked for, from and up to; None for all of it. One range only, as RFC 9110 lets a server."""
    asked = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if asked is None or request.headers.get("if-range", etag) != etag:
        return None
    start, last = int(asked[1]), int(asked[2] or size - 1)
    if start >= size or last < start:
        raise Refusal(416, "range", f"the file has {size} bytes", {"Content-Range": f"bytes */{size}"})
    return start, min(last + 1, size)


def _read(path: Path, start: int, stop: int) -> bytes:
    try:
        with path.open("rb") as opened:
            opened.seek(start)
            return opened.read(stop - start)
    except OSError as error:
        raise Refusal(404, "unknown", "the snapshot is gone: ask for the newest one") from error


async def _pieces(path: Path, start: int, stop: int) -> AsyncIterator[bytes]:
    for at in range(start, stop, PIECE_BYTES):
        yield await in_thread(lambda at=at: _read(path, at, min(at + PIECE_BYTES, stop)))  # type: ignore[misc]
