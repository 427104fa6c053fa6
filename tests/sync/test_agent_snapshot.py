"""The agent and snapshots: when one is looked for, how often, and what is done without."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import zstandard

from sync.agent import (
    COMING_S,
    ROWS_A_PAGE,
    SNAPSHOT_TRIES_MAX,
)
from sync.cache_file import LAYOUT
from sync.line import Unreachable
from sync.port import Cursor
from sync.wire import FEED_WAIT_S_MAX, Snapshot
from tests.sync.agent_bench import WAY_S, Asked, Bench, Slow, caught_up, gaps, page, quiet
from tracking.phrases import phrase

GONE = Unreachable(phrase("link_unreached", url="s", fault="x"))
PLAIN = b"a cache" * 1000
PACKED = zstandard.compress(PLAIN)
WHOLE = Snapshot(
    snapshot="7-x", site="HAM", generation="g", cursor=7, layout=LAYOUT, units=1, bytes=len(PACKED),
    bytes_unpacked=len(PLAIN), sha256=hashlib.sha256(PACKED).hexdigest(),
    sha256_unpacked=hashlib.sha256(PLAIN).hexdigest(), made_ms=0,
)  # fmt: skip


def shelf(packed: bytes = PACKED) -> Callable[[Asked], object]:
    def piece(asked: Asked) -> object:
        assert asked.part is not None
        return packed[asked.part.start : asked.part.stop]

    return piece


def empty(bench: Bench, *about: object) -> None:
    """A handheld without a cache, and what is answered to the question for a snapshot."""
    bench.handheld.at = Cursor(0, "")
    bench.answers["snapshot"] = list(about)
    bench.answers["piece"] = [shelf()]


def test_a_new_handheld_begins_with_a_snapshot_and_follows_from_there(bench: Bench) -> None:
    empty(bench, WHOLE)
    bench.agent.start()
    bench.run(5)
    assert bench.handheld.installed == [PLAIN]
    queries = [asked.query for asked in bench.asked if asked.what == "feed"]
    assert [(one["since"], one["wait"], one["limit"]) for one in queries] == [
        (7, 0, ROWS_A_PAGE),
        (7, FEED_WAIT_S_MAX, ROWS_A_PAGE),
    ]
    assert len(bench.times("snapshot")) == 1


@pytest.mark.parametrize("at", [Cursor(1, "g"), Cursor(0, "g"), Cursor(1, "")])
def test_who_has_a_cache_needs_no_snapshot(bench: Bench, at: Cursor) -> None:
    empty(bench, WHOLE)
    bench.handheld.at = at
    bench.agent.start()
    bench.run(5)
    assert bench.times("snapshot") == []


def test_one_that_is_being_made_is_waited_for_but_not_for_ever(bench: Bench) -> None:
    empty(bench, 202)
    bench.agent.start()
    bench.run(COMING_S * SNAPSHOT_TRIES_MAX + 30)
    assert gaps(bench.times("snapshot")) == pytest.approx(
        [COMING_S + WAY_S] * (SNAPSHOT_TRIES_MAX - 1), abs=0.011
    )
    assert bench.times("feed")
    assert caught_up(bench)


def test_one_that_comes_after_a_while_is_taken(bench: Bench) -> None:
    empty(bench, 202, 202, WHOLE)
    bench.agent.start()
    bench.run(3 * COMING_S)
    assert bench.handheld.installed == [PLAIN]


def test_a_damaged_one_is_asked_for_again_a_few_times_and_then_the_feed_has_to_do(bench: Bench) -> None:
    empty(bench, WHOLE)
    bench.answers["piece"] = [shelf(b"x" * len(PACKED))]
    bench.agent.start()
    bench.run(20)
    assert len(bench.times("snapshot")) == 3
    assert bench.handheld.installed == []
    assert caught_up(bench)
    assert bench.last("feed").query["since"] == 1


@pytest.mark.parametrize("why", ["none", "not for this program", "no room"])
def test_without_one_the_feed_is_asked_at_once_and_one_later_is_looked_for_anew(
    bench: Bench, tmp_path: Path, why: str
) -> None:
    empty(bench, 404 if why == "none" else WHOLE)
    bench.handheld.takes_snapshots = False
    if why == "no room":
        (tmp_path / "snapshot.json").mkdir()
    bench.answers["feed"] = [page(rows=1, after=4, more=True), quiet, Slow(3.0, 410), quiet]
    bench.agent.start()
    bench.run(0.5)
    assert bench.handheld.at.since == 4
    assert len(bench.times("snapshot")) == 1
    assert [asked.query["since"] for asked in bench.asked if asked.what == "feed"] == [0, 4, 4]
    bench.run(5)
    assert len(bench.times("snapshot")) == 2, "once all had come another one may be there"


def test_one_that_there_is_not_is_not_asked_for_again_while_the_feed_fails(bench: Bench) -> None:
    empty(bench, 404)
    bench.answers["feed"] = [*[GONE] * 5, quiet]
    bench.agent.start()
    bench.run(60)
    assert len(bench.times("snapshot")) == 1
    assert caught_up(bench)


def test_by_hand_interrupts_a_download(bench: Bench) -> None:
    large = msgspec.structs.replace(WHOLE, bytes=50_000_000, bytes_unpacked=1)
    empty(bench, large)
    bench.answers["piece"] = [lambda asked: Slow(1.0, bytes(asked.part.stop - asked.part.start))]
    bench.agent.start()
    bench.run(5.5)
    asked = len(bench.times("piece"))
    bench.agent.pause(True)
    bench.run(20)
    assert len(bench.times("piece")) == asked
    bench.agent.pause(False)
    bench.run(1.2)
    assert bench.asked[-1].part is not None
    assert bench.last("piece").part.start > 3_000_000, "what came is kept"  # type: ignore[union-attr]


def test_a_line_that_breaks_in_a_download_is_told_and_the_download_goes_on(bench: Bench) -> None:
    empty(bench, WHOLE)
    bench.answers["piece"] = [GONE, shelf()]
    bench.agent.start()
    bench.run(3)
    assert [told[1:] for told in bench.handheld.told][-2:] == [(False, GONE.why), (True, "")]
    assert bench.handheld.installed == [PLAIN]
