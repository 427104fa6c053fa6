"""The agent's life and its way up, to the second: what is asked when, what the screen says, and what never ends it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from sync.credentials import TOKEN_MS, Credentials, Proof
from sync.line import Line, Unreachable
from sync.tasks import TELL_EVERY_S
from sync.wire import Batch
from sync.work_wire import Block, OpenTask, OpenTasks, WantedBlock
from tests.sync.agent_bench import (
    POLL_S,
    RETRY_S_MAX,
    TIMEOUT_S,
    WAY_S,
    Bench,
    gaps,
    page,
    took,
)
from tracking.phrases import phrase

GONE = Unreachable(phrase("link_unreached", url="s", fault="x"))
WANTED = WantedBlock(item="PUMP", pattern="P#", size=5)
TASK = OpenTask(task="receiving", subject="PO-1", since_ms=1)
LENT = Block(item="PUMP", pattern="P#", first=1, last=5)


def test_both_ways_begin_at_once_on_a_line_each(bench: Bench) -> None:
    bench.agent.start()
    bench.run(1)
    assert [wire.made_of for wire in bench.wires] == [("http://s", "t", TIMEOUT_S)] * 2
    assert list(bench.workers) == ["sync-up", "sync-down"]
    assert bench.times("hwm") == bench.times("feed")[:1] == [0.0]
    assert bench.online() == (True, "")


def test_what_is_written_goes_up_at_once_in_batches_and_nothing_is_asked_in_between(bench: Bench) -> None:
    bench.agent.start()
    bench.run(POLL_S / 2)
    bench.write(25)
    bench.run(0)
    assert bench.times("events") == [POLL_S / 2]
    bench.run(POLL_S)
    sizes = [
        len(msgspec.json.decode(one.body, type=Batch).events) for one in bench.asked if one.what == "events"
    ]
    assert (sizes, bench.handheld.sent) == ([10, 10, 5], 25)
    assert len(bench.times("hwm")) == 1


def test_what_nobody_told_of_is_found_with_the_next_poll(bench: Bench) -> None:
    bench.agent.start()
    bench.run(1)
    bench.handheld.written = 1
    bench.run(POLL_S)
    assert len(bench.times("events")) == 1
    assert POLL_S <= bench.times("events")[0] < POLL_S + 1


def test_an_upload_that_fails_is_tried_again_later_and_later_and_quickly_again_after_a_success(
    bench: Bench,
) -> None:
    bench.answers["events"] = [*[GONE] * 12, took]
    bench.agent.start()
    bench.run(1)
    bench.write(1)
    bench.run(12 * RETRY_S_MAX)
    times = bench.times("events")
    waits = [gap - WAY_S for gap in gaps(times)]
    assert len(times) == 13
    assert all(0.2 <= wait <= min(RETRY_S_MAX, 2.0**number) for number, wait in enumerate(waits))
    assert max(waits) > POLL_S
    bench.answers["events"] = [GONE, took]
    bench.write(1)
    bench.run(5)
    assert bench.handheld.sent == 2


def test_a_server_that_says_when_is_not_asked_before(bench: Bench) -> None:
    """Not even when somebody scans, or the feed answers again."""
    bench.answers["events"] = [Unreachable("busy", 90.0, 429), took]
    bench.agent.start()
    for _ in range(20):
        bench.write(1)
        bench.run(10)
    first, second = bench.times("events")[:2]
    assert second - first == pytest.approx(90.0 + WAY_S)
    assert bench.handheld.sent == 20


def test_the_screen_says_why_and_each_thing_once(bench: Bench) -> None:
    bench.answers["events"] = [*[GONE] * 3, took]
    bench.agent.start()
    bench.write(1)
    bench.run(60)
    assert [told[1:] for told in bench.handheld.told] == [(True, ""), (False, GONE.why), (True, "")]


def test_either_way_alone_is_reason_to_say_offline(bench: Bench) -> None:
    bench.answers["feed"] = [GONE]
    bench.agent.start()
    bench.write(1)
    bench.run(5)
    assert bench.handheld.sent == 1
    assert bench.online() == (False, GONE.why)


def test_where_both_ways_fail_the_way_up_says_why(bench: Bench) -> None:
    bench.answers["hwm"], bench.answers["feed"] = [GONE], [403]
    bench.agent.start()
    bench.run(5)
    assert bench.online() == (False, GONE.why)


def test_a_fork_is_told_and_asked_about_again_in_its_time(bench: Bench) -> None:
    bench.handheld.halt = "tell the office"
    bench.agent.start()
    bench.write(1)
    bench.run(RETRY_S_MAX - 1)
    assert (bench.times("hwm"), bench.times("events"), bench.times("tasks")) == ([0.0], [], [])
    assert bench.online() == (False, "tell the office")
    bench.handheld.halt = ""
    bench.run(2)
    assert bench.handheld.sent == 1
    assert bench.online() == (True, "")


def test_what_lies_before_a_fork_is_sent_all_the_same(bench: Bench) -> None:
    bench.handheld.halt, bench.handheld.forked = "tell the office", True
    bench.agent.start()
    for _ in range(3):
        bench.run(1)
        bench.agent.wake()
    bench.write(1)
    bench.run(1)
    assert bench.handheld.sent == 1
    assert bench.online() == (False, "tell the office")


def test_a_moment_without_network_is_over_on_the_screen_too_where_nothing_waits_to_be_sent(
    tmp_path: Path,
) -> None:
    """A token that was due met the outage: nothing failed but that, and nothing else will ever be asked again."""
    used_ms = 10**12
    proof = Proof(token="t", key="11" * 32, token_ms=used_ms)
    wall = [used_ms]
    bench = Bench(tmp_path, Credentials(proof, lambda _: None, lambda: wall[0]))
    bench.answers["token"] = [GONE, 404]
    bench.agent.start()
    bench.run(POLL_S)
    wall[0] = used_ms + TOKEN_MS
    bench.run(2 * POLL_S)
    assert len(bench.times("token")) == 1
    assert [told.online for told in bench.handheld.told] == [True, False, True]
    assert bench.online() == (True, "")
    bench.close()


def test_two_lines_take_a_new_token(tmp_path: Path) -> None:
    from sync.agent import Agent
    from sync.ground import Ground

    lines: list[Line] = []

    def line(url: str, token: str, timeout_s: float) -> Line:
        lines.append(Line(url, token, timeout_s))
        return lines[-1]

    credentials = Credentials(Proof(token="t"), lambda _: None, lambda: 0)
    port = Bench(tmp_path).handheld
    Agent(port, url="http://s", token="t", ground=Ground(line=line), credentials=credentials)  # type: ignore[arg-type]
    credentials.told("next")
    assert [one.token for one in lines] == ["next", "next"]


# -- behind the events ----


def test_tasks_and_numbers_follow_the_events(bench: Bench) -> None:
    bench.handheld.wanted = (WANTED,)
    bench.answers["blocks"] = [LENT]
    bench.agent.start()
    bench.write(1)
    bench.run(1)
    up = [asked.what for asked in bench.asked if asked.what != "feed"]
    assert up == ["hwm", "events", "tasks", "blocks"]
    assert bench.handheld.blocks == [LENT]


def test_a_task_that_was_just_told_is_told_again_when_it_may(bench: Bench) -> None:
    bench.handheld.open = OpenTasks(tasks=(TASK,))
    bench.agent.start()
    bench.run(1)
    bench.handheld.open = OpenTasks(tasks=(msgspec.structs.replace(TASK, item="PUMP"),))
    bench.agent.wake()
    bench.run(TELL_EVERY_S + 1)
    assert len(bench.times("tasks")) == 2
    assert TELL_EVERY_S <= bench.times("tasks")[1] < TELL_EVERY_S + 0.1


@pytest.mark.parametrize("what", ["tasks", "blocks"])
def test_what_the_server_does_not_take_behind_the_events_is_tried_again_later(
    bench: Bench, what: str
) -> None:
    bench.answers["blocks"] = [LENT]
    bench.agent.start()
    bench.run(1)
    bench.answers[what].insert(0, Unreachable("busy", 7.0, 503))
    bench.handheld.wanted = (WANTED,)
    bench.handheld.open = OpenTasks(tasks=(TASK,))
    bench.agent.wake()
    bench.run(20)
    first, second = bench.times(what, 1.0)
    assert second - first == pytest.approx(7.0 + WAY_S, abs=0.2)
    assert bench.online() == (True, ""), "the events are there"


@pytest.mark.parametrize("what", ["greeted", "next_batch", "stored", "tasks", "lent", "cursor", "page"])
def test_a_fault_of_the_handheld_itself_never_ends_it(bench: Bench, what: str) -> None:
    """As a disk that is full where numbers that were lent shall be written down."""
    bench.handheld.faults = {what: OSError("no room")}
    bench.handheld.wanted, bench.answers["blocks"] = (WANTED,), [LENT]
    bench.answers["feed"].insert(0, page(rows=1, after=9))
    bench.agent.start()
    bench.write(1)
    bench.run(5)
    assert not bench.handheld.faults, "it was met"
    assert (bench.handheld.sent, bench.handheld.blocks, len(bench.times("tasks"))) == (1, [LENT], 1)
    assert bench.handheld.at.since >= 1
    assert bench.online() == (True, "")


def test_nothing_is_told_before_the_server_was_greeted(bench: Bench) -> None:
    bench.answers["hwm"] = [GONE]
    bench.agent.start()
    bench.run(5)
    assert len(bench.times("hwm")) > 2
    assert not bench.times("tasks")
