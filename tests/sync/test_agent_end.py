"""The agent without a network by hand, and its end: what is under way, what is told, and that nothing waits on."""

from __future__ import annotations

import pytest

from sync.line import Unreachable
from sync.work_wire import OpenTask, OpenTasks
from tests.sync.agent_bench import (
    POLL_S,
    Bench,
    Slow,
    page,
    quiet,
    took,
)
from tracking.phrases import phrase

GONE = Unreachable(phrase("link_unreached", url="s", fault="x"))
TASK = OpenTask(task="receiving", subject="PO-1", since_ms=1)


def test_without_a_network_by_hand_nothing_is_asked_and_after_it_everything_at_once(bench: Bench) -> None:
    bench.agent.start()
    bench.run(1)
    bench.agent.pause(True)
    bench.run(0)
    assert bench.online() == (False, phrase("link_by_hand"))
    bench.write(3)
    bench.answers["feed"].insert(0, page(rows=1, after=9))
    bench.run(4 * POLL_S)
    assert bench.online() == (False, phrase("link_by_hand")), "whatever was on its way meanwhile"
    assert [asked for asked in bench.asked if asked.at_s > 1] == []
    bench.agent.pause(False)
    bench.run(0)
    assert len(bench.times("hwm")) == 2
    bench.run(0.5)
    assert [asked.query["wait"] for asked in bench.asked if asked.what == "feed"][2:3] == [0]
    bench.run(1)
    assert bench.handheld.sent == 3
    assert bench.handheld.at.since == 9
    assert bench.online() == (True, "")


def test_what_was_under_way_when_the_network_went_by_hand_is_not_heard(bench: Bench) -> None:
    bench.answers["events"] = [lambda asked: Slow(5.0, took(asked))]
    bench.answers["feed"] = [quiet, Slow(10.0, page(rows=1, after=9)), quiet]
    bench.agent.start()
    bench.run(1)
    bench.write(30)
    bench.handheld.open = OpenTasks(tasks=(TASK,))
    bench.run(1)
    bench.agent.pause(True)
    bench.run(60)
    assert bench.handheld.sent == 10, "one batch was on its way"
    assert bench.times("tasks", 1.0) == []
    assert bench.online() == (False, phrase("link_by_hand"))
    assert len(bench.handheld.pages) == 1


def test_by_hand_off_and_on_and_off_does_not_make_it_run_hot(bench: Bench) -> None:
    bench.agent.start()
    bench.run(1)
    for paused in (True, False, True):
        bench.agent.pause(paused)
    bench.run(100)
    assert bench.online() == (False, phrase("link_by_hand"))


def test_a_feed_that_failed_is_asked_at_once_when_the_network_comes_back_by_hand(bench: Bench) -> None:
    bench.answers["feed"] = [Unreachable("busy", 200.0, 503), page(rows=1, after=9), *bench.answers["feed"]]
    bench.agent.start()
    bench.run(10)
    bench.agent.pause(True)
    bench.run(10)
    bench.answers["hwm"] = [GONE]
    bench.agent.pause(False)
    bench.run(1)
    assert bench.handheld.at.since == 9


@pytest.mark.parametrize("moment", ["waiting", "asking", "backing off", "by hand", "long asked to wait"])
def test_the_end_ends_both_ways_at_once_and_nothing_is_told_after_it(bench: Bench, moment: str) -> None:
    if moment == "asking":
        bench.answers["hwm"] = [Slow(15.0, GONE)]
    if moment == "backing off":
        bench.answers["hwm"] = bench.answers["feed"] = [GONE]
    if moment == "long asked to wait":
        bench.answers["hwm"] = bench.answers["feed"] = [Unreachable("busy", 3600.0, 503)]
    bench.agent.start()
    bench.run(10)
    if moment == "by hand":
        bench.agent.pause(True)
        bench.run(1)
    told, asked = len(bench.handheld.told), len(bench.asked)
    bench.agent.close()
    bench.run(0.01)
    assert [name for name, worker in bench.workers.items() if not worker.ended] == []
    assert all(wire.closed for wire in bench.wires)
    assert (len(bench.handheld.told), len(bench.asked)) == (told, asked)


def test_an_end_between_two_looks_of_the_way_up_is_seen(bench: Bench) -> None:
    wake = bench.flags[0]

    def end() -> None:
        wake.before_clear = lambda: None
        bench.agent.close()

    bench.agent.start()
    bench.run(1)
    wake.before_clear = end
    bench.agent.wake()
    bench.run(0.01)
    assert bench.workers["sync-up"].ended


def test_whoever_is_woken_for_the_end_sees_it_at_once(bench: Bench) -> None:
    bench.agent.start()
    bench.run(1)
    for flag in bench.flags:
        flag.after_set = lambda: bench.run(0)
    bench.agent.close()
    assert bench.workers["sync-up"].ended


def test_whoever_ends_it_waits_for_both_ways(bench: Bench) -> None:
    bench.agent.start()
    bench.agent.close(2.5)
    assert bench.joined == {"sync-up": 2.5, "sync-down": 2.5}
