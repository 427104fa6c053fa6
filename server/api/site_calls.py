"""What belongs to a site: its feed, and the import of its site file."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from server import feed, site_import
from server.api.device_calls import note_seen
from server.api.exchange import (
    Refusal,
    answer,
    asker,
    body_of,
    central_of,
    in_thread,
    number,
    packed,
    unpacked,
)
from sync.wire import COUNT_MAX, FEED_ROWS_MAX, FEED_WAIT_S_MAX, IMPORT_BYTES_MAX, FeedPage, Imported


async def changes(request: Request) -> Response:
    """``GET /v1/sites/{site}/feed?since=&limit=&wait=&generation=&began=``; may wait for news."""
    central = central_of(request)
    site = request.path_params["site"]
    since = number(request, "since", 0, COUNT_MAX)
    limit = max(1, number(request, "limit", FEED_ROWS_MAX, FEED_ROWS_MAX))
    wait_s = number(request, "wait", 0, FEED_WAIT_S_MAX)
    began = number(request, "began", 0, COUNT_MAX)
    generation = request.query_params.get("generation", "")
    asking = await in_thread(lambda: asking_for(request, site))

    def look() -> FeedPage:
        return feed.page(central.storage, site, since, limit, generation, asking, central.now_ms(), began)

    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait_s
    before: FeedPage | None = None
    while True:
        news = central.news.listen()
        page = await in_thread(look)
        left_s = deadline - loop.time()
        moved = before is not None and page.applied_epochs != before.applied_epochs
        if page.rows or moved or left_s <= 0 or central.news.closed:
            central.news.forget(news)
            central.figures.feed_rows.observe(len(page.rows))
            return packed(request, page)
        before = page
        try:
            await asyncio.wait_for(news.wait(), left_s)
        except TimeoutError:
            central.news.forget(news)


def asking_for(request: Request, site: str) -> str:
    """The device that asks for its own site's feed; empty for the office, which may read any."""
    device = asker(request).device
    if device is None:
        return ""
    if device.site != site:
        raise Refusal(403, "forbidden", f"this device belongs to site {device.site}, not to {site[:60]}")
    note_seen(request, device)
    return device.id


async def import_site(request: Request) -> Response:
    """``POST /v1/sites/{site}/import``: a site file, by the office."""
    body = await body_of(request, IMPORT_BYTES_MAX)
    central = central_of(request)

    def work() -> Imported:
        data = unpacked(request, body, IMPORT_BYTES_MAX)
        return site_import.import_site(central.storage, request.path_params["site"], data, central.now_ms())

    result = await in_thread(work)
    central.folder.wake()
    central.news.announce()
    return answer(result)
