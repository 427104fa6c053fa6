"""The agent's way down, to the second: what it asks the feed, what it makes of each answer, and when it asks again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from sync.agent import (
    ROWS_A_PAGE,
)
from sync.line import Unreachable
from sync.port import Cursor
from sync.wire import FEED_ROWS_MAX, FEED_WAIT_S_MAX
from tests.sync.agent_bench import WAY_S, Asked, Bench, Slow, caught_up, gaps, high, page, quiet, took
from tracking.phrases import phrase

FEED_BACKOFF_S_MAX = 30
QUICK_POLLS_MAX, QUICK_POLL_S = 5, 1.0
GONE = Unreachable(phrase("link_unreached", url="s", fault="x"))


def test_the_first_question_is_answered_at_once_the_next_ones_wait_for_news(bench: Bench) -> None:
    bench.handheld.at = Cursor(5, "g", 3)
    bench.agent.start()
    bench.run(3 * FEED_WAIT_S_MAX)
    first, second = [asked for asked in bench.asked if asked.what == "feed"][:2]
    same = {"since": 5, "generation": "g", "began": 3, "limit": ROWS_A_PAGE, "device": "D-1"}
    assert first.query == same | {"wait": 0}
    assert second.query == same | {"wait": FEED_WAIT_S_MAX}
    assert gaps(bench.times("feed"))[1:] == pytest.approx([FEED_WAIT_S_MAX + WAY_S] * 2, abs=0.011)
    assert caught_up(bench)


def test_news_is_in_the_cache_when_it_comes_and_the_next_news_is_waited_for(bench: Bench) -> None:
    bench.answers["feed"] = [quiet, Slow(4.0, page(rows=2, after=3)), quiet]
    bench.agent.start()
    bench.run(6)
    assert [len(one.rows) for one in bench.handheld.pages] == [0, 2]
    assert bench.last("feed").query["since"] == 3
    assert bench.last("feed").query["wait"] == FEED_WAIT_S_MAX


def test_a_download_takes_large_pages_up_to_its_end_and_small_ones_from_then_on(bench: Bench) -> None:
    bench.handheld.at = Cursor(0, "")
    pages = [page(rows=1, after=number, more=number < 4) for number in (2, 3, 4)]
    bench.answers["feed"] = [
        *pages,
        Slow(1.0, page(rows=1, after=5, more=True)),
        page(rows=1, after=6),
        quiet,
    ]
    bench.agent.start()
    bench.run(0.03)
    assert not caught_up(bench)
    bench.run(0.9)
    assert caught_up(bench)
    bench.run(2)
    queries = [asked.query for asked in bench.asked if asked.what == "feed"]
    assert [one["since"] for one in queries] == [0, 2, 3, 4, 5, 6]
    assert [one["wait"] for one in queries] == [0, 0, 0, FEED_WAIT_S_MAX, 0, FEED_WAIT_S_MAX]
    assert [one["limit"] for one in queries] == [FEED_ROWS_MAX] * 3 + [ROWS_A_PAGE] * 3


def test_it_is_not_caught_up_while_more_waits(bench: Bench) -> None:
    bench.answers["feed"] = [quiet, page(rows=1, after=5, more=True), Slow(10.0, page(rows=1, after=6))]
    bench.agent.start()
    bench.run(0.03)
    assert caught_up(bench)
    bench.run(5)
    assert not caught_up(bench)
    bench.run(10)
    assert caught_up(bench)


@pytest.mark.parametrize("at", [Cursor(5, "g"), Cursor(0, "g"), Cursor(5, "")])
def test_a_cursor_that_the_server_does_not_know_is_let_go(bench: Bench, at: Cursor) -> None:
    bench.handheld.at = at
    bench.answers["feed"] = [410, quiet]
    bench.agent.start()
    bench.run(1)
    assert bench.handheld.resnapshots == 1
    queries = [asked.query for asked in bench.asked if asked.what == "feed"]
    assert [(one["since"], one["wait"]) for one in queries[:2]] == [(at.since, 0), (0, 0)]
    assert [told.online for told in bench.handheld.told] == [True]


def test_with_it_goes_that_all_is_known_and_where_the_server_stands_is_asked(bench: Bench) -> None:
    bench.answers["feed"] = [quiet, Slow(3.0, 410), Slow(1.0, page(rows=1, after=4)), quiet]
    bench.agent.start()
    bench.run(3.1)
    assert not caught_up(bench)
    assert bench.times("hwm", 1.0) == pytest.approx([3.04], abs=0.03)
    assert bench.last("feed").query["wait"] == 0
    bench.run(2)
    assert (bench.handheld.at.since, caught_up(bench)) == (4, True)


@pytest.mark.parametrize("status", [404, 410, 500])
def test_no_feed_is_said_and_asked_for_again(bench: Bench, status: int) -> None:
    bench.handheld.at = Cursor(0, "")
    bench.answers["feed"] = [status]
    bench.agent.start()
    bench.run(200)
    assert bench.handheld.resnapshots == 0
    assert bench.online()[0] is False
    if status != 500:
        assert bench.online()[1] == phrase("link_no_feed", status=str(status))
    assert 5 < len(bench.times("feed")) < 100


@pytest.mark.parametrize(("after", "circle"), [(4, True), (5, True), (6, False)])
def test_a_feed_that_says_there_is_more_and_goes_no_further_is_not_believed(
    bench: Bench, after: int, circle: bool
) -> None:
    bench.handheld.at = Cursor(5, "g")
    bench.answers["feed"] = [page(rows=1, after=after, more=True), Slow(9.0, page(after=9))]
    bench.agent.start()
    bench.run(1)
    assert (bench.online()[1] == phrase("link_circle")) is circle
    assert len(bench.handheld.pages) == (not circle)


def test_a_page_of_another_life_of_the_server_makes_the_way_up_ask_where_it_stands(bench: Bench) -> None:
    bench.answers["feed"] = [quiet, Slow(4.0, page(after=2, generation="h")), quiet]
    bench.answers["hwm"] = [high(), high("h")]
    bench.agent.start()
    bench.run(3)
    assert bench.times("hwm") == [0.0]
    bench.run(2)
    assert bench.times("hwm") == pytest.approx([0.0, 4.04], abs=0.03)


def test_a_feed_that_fails_is_asked_later_and_later_but_within_half_a_minute(bench: Bench) -> None:
    bench.answers["feed"] = [*[GONE] * 40, quiet]
    bench.agent.start()
    bench.run(40 * FEED_BACKOFF_S_MAX)
    waits = [gap - WAY_S for gap in gaps(bench.times("feed"))[:40]]
    assert all(
        0.19 < wait <= min(FEED_BACKOFF_S_MAX, 2.0**number) + 0.01 for number, wait in enumerate(waits)
    )
    assert max(waits) > FEED_BACKOFF_S_MAX / 2
    assert bench.last("feed").query["wait"] == FEED_WAIT_S_MAX
    bench.answers["feed"] = [GONE, quiet]
    bench.run(FEED_WAIT_S_MAX + 3)
    assert bench.online() == (True, ""), "after a success it begins with short waits again"


def test_it_waits_no_longer_than_the_settings_say(tmp_path: Path) -> None:
    bench = Bench(tmp_path, retry_s_max=2.0)
    bench.answers["feed"] = [GONE]
    bench.agent.start()
    bench.run(100)
    assert max(gaps(bench.times("feed"))) <= 2.0 + 2 * WAY_S
    bench.close()


def test_the_question_after_a_failure_does_not_wait_for_news(bench: Bench) -> None:
    """So that the screen says at once that the server is there again."""
    bench.answers["feed"] = [quiet, GONE, quiet]
    bench.agent.start()
    bench.run(3)
    waits = [asked.query["wait"] for asked in bench.asked if asked.what == "feed"]
    assert waits == [0, FEED_WAIT_S_MAX, 0, FEED_WAIT_S_MAX]


def test_the_feed_too_waits_as_long_as_the_server_says(bench: Bench) -> None:
    bench.answers["feed"] = [Unreachable("busy", 70.0, 503), quiet]
    bench.agent.start()
    bench.run(100)
    first, second = bench.times("feed")[:2]
    assert second - first == pytest.approx(70.0 + WAY_S)


def test_a_server_that_takes_an_upload_is_asked_the_feed_at_once(bench: Bench) -> None:
    bench.answers["feed"] = [quiet, Slow(1.0, Unreachable("busy", 600.0, 503)), quiet]
    bench.agent.start()
    bench.run(100)
    assert bench.online() == (False, "busy")
    bench.write(1)
    bench.run(0.1)
    assert bench.times("feed", 50) == pytest.approx([100 + 2 * WAY_S] * 2, abs=0.03)
    assert bench.online() == (True, "")


def test_the_feed_that_answers_again_ends_the_uploads_back_off(bench: Bench) -> None:
    away = [True]

    def up(asked: Asked) -> object:
        return GONE if away[0] else took(asked)

    def down(asked: Asked) -> object:
        return GONE if away[0] else quiet(asked)

    bench.answers["events"], bench.answers["feed"] = [up], [down]
    bench.agent.start()
    bench.write(1)
    bench.run(900)
    away[0] = False
    bench.run(FEED_BACKOFF_S_MAX + 1)
    feed_s = next(at_s for at_s in bench.times("feed", 900))
    sent_s = bench.times("events", 900)
    assert bench.handheld.sent == 1
    assert sent_s[0] <= feed_s + 2 * WAY_S


def test_a_token_that_the_feed_is_refused_for_is_looked_at_by_the_way_up(bench: Bench) -> None:
    bench.answers["feed"] = [quiet, Slow(5.0, 401), quiet]
    bench.agent.start()
    bench.run(4)
    assert bench.times("hwm") == [0.0]
    bench.run(2)
    assert bench.times("hwm") == pytest.approx([0.0, 5.04], abs=0.03)


def test_another_refusal_of_the_feed_does_not_stir_the_way_up(bench: Bench) -> None:
    bench.answers["feed"] = [quiet, Slow(5.0, 403), 403]
    bench.agent.start()
    bench.run(20)
    assert bench.times("hwm") == [0.0]


def test_a_feed_that_was_woken_for_nothing_waits_all_the_same_after_a_failure(bench: Bench) -> None:
    bench.agent.start()
    bench.run(1)
    for paused in (True, False):
        bench.agent.pause(paused)
    bench.answers["feed"] = [GONE]
    bench.run(100)
    times = bench.times("feed", 25)
    assert len(times) > 3
    assert min(gaps(times)) > 0.2


def test_a_server_that_answers_long_polls_at_once_and_empty_is_asked_less(bench: Bench) -> None:
    bench.answers["feed"] = [page()]
    bench.agent.start()
    bench.run(20)
    waited = gaps(bench.times("feed"))
    assert waited[: QUICK_POLLS_MAX + 1] == pytest.approx([WAY_S] * (QUICK_POLLS_MAX + 1), abs=0.011)
    assert waited[QUICK_POLLS_MAX + 1 :] == pytest.approx(
        [QUICK_POLL_S + WAY_S] * (len(waited) - QUICK_POLLS_MAX - 1), abs=0.011
    )
    assert len(waited) > QUICK_POLLS_MAX + 5


@pytest.mark.parametrize(
    "other", [page(rows=1, after=1), Slow(QUICK_POLL_S, page())], ids=["news", "a while"]
)
def test_news_and_an_answer_that_took_a_while_are_no_reason_to_ask_less(bench: Bench, other: object) -> None:
    bench.answers["feed"] = [
        *[page()] * (QUICK_POLLS_MAX + 1),
        *[other, *[page()] * QUICK_POLLS_MAX] * 3,
        quiet,
    ]
    bench.agent.start()
    bench.run(10)
    took_s = WAY_S + (QUICK_POLL_S if isinstance(other, Slow) else 0.0)
    before_long_poll = gaps(bench.times("feed"))
    assert len(before_long_poll) == QUICK_POLLS_MAX + 1 + 3 * (QUICK_POLLS_MAX + 1)
    assert max(before_long_poll) == pytest.approx(took_s, abs=0.011)


# -- what is said ----


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (GONE, GONE.why),
        (msgspec.ValidationError("no such field"), phrase("link_unreadable", fault="no such field")),
        (OSError("the disk is gone"), "the disk is gone"),
        (KeyError(), "KeyError"),
    ],
)
def test_every_fault_has_a_sentence(bench: Bench, fault: Exception, said: str) -> None:
    bench.answers["feed"] = [fault]
    bench.agent.start()
    bench.run(1)
    assert bench.online() == (False, said)
