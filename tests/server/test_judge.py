"""The protocol's table as a pure function, tried out on every small case against a naive reading of the rules."""

from __future__ import annotations

import itertools

import pytest

from server.devices import Standing
from server.judge import judge, links_of
from sync.wire import batch_of
from tracking.chain import first_link, follow

BODIES = [b'{"step":"a%d"}' % number for number in range(6)]
OTHER = [b'{"step":"b%d"}' % number for number in range(6)]
ZERO = first_link("D", 1, "n")


def chain_of(bodies: list[bytes], count: int) -> bytes:
    return follow(ZERO, bodies[:count])


def verdict(
    sent: list[bytes],
    first: int,
    last: int,
    hwm: int,
    epoch: int = 1,
    current: int = 1,
    *,
    orphan: bool = False,
    lost: int = 0,
    proven: bool = False,
    exact: bool = True,
    foreign: bool = False,
) -> tuple[str, int]:
    """The server holds ``BODIES[:hwm]``; a device whose journal is ``sent`` hands in ``first`` to ``last``."""
    prev = chain_of(sent, first - 1)
    bodies = sent[first - 1 : last]
    batch = batch_of(epoch=epoch, first=first, prev_chain=prev, bodies=bodies, orphan=orphan, lost=lost)
    held = Standing(epoch, hwm, chain_of(BODIES, hwm), 0) if hwm else None
    return judge(
        batch,
        prev,
        follow(prev, bodies),
        links_of(prev, bodies),
        current,
        held,
        lambda seq: chain_of(BODIES, seq),
        proven=proven,
        exact=exact,
        foreign=foreign,
    )


def test_an_honest_device_is_never_accused() -> None:
    for hwm, first in itertools.product(range(6), range(1, 7)):
        for last in range(first, 7):
            answer, known = verdict(BODIES, first, last, hwm)
            if first > hwm + 1:
                assert answer == "gap"
            elif last <= hwm:
                assert answer == "duplicate"
            else:
                assert (answer, known) == ("append", hwm - first + 1)


def test_a_journal_that_differs_from_some_event_on_is_found_as_soon_as_it_touches_what_is_held() -> None:
    for same in range(6):
        sent = BODIES[:same] + OTHER[same:]
        for hwm, first in itertools.product(range(1, 6), range(1, 7)):
            for last in range(first, 7):
                answer, _ = verdict(sent, first, last, hwm)
                if first > hwm + 1:
                    assert answer == "gap"
                elif min(last, hwm) <= same:
                    assert answer == ("duplicate" if last <= hwm else "append")
                else:
                    assert answer == "fork"


def test_an_older_epoch_is_fenced_unless_its_events_come_as_orphans() -> None:
    assert verdict(BODIES, 1, 2, 0, epoch=1, current=2)[0] == "fenced"
    assert verdict(BODIES, 1, 2, 2, epoch=1, current=2)[0] == "fenced"
    assert verdict(BODIES, 1, 2, 0, epoch=1, current=2, orphan=True)[0] == "append"
    assert verdict(BODIES, 1, 2, 2, epoch=1, current=2, orphan=True)[0] == "duplicate"
    assert verdict(BODIES, 3, 4, 1, epoch=1, current=2, orphan=True)[0] == "gap"
    assert verdict(BODIES, 1, 2, 0, epoch=3, current=2)[0] == "append"


@pytest.mark.parametrize("exact", [True, False])
def test_a_proven_loss_is_bridged_from_where_the_server_stands_and_no_further(exact: bool) -> None:
    """A file may say more than that, since whoever wrote it did not know where the server stands."""
    for hwm, first, lost in itertools.product(range(6), range(1, 7), range(7)):
        answer, known = verdict(BODIES, first, 6, hwm, lost=lost, proven=True, exact=exact)
        begins = first - lost
        if first <= hwm + 1:
            assert (answer, known) == ("append", hwm - first + 1), "what is held is compared as ever"
        elif begins == hwm + 1 or (begins <= hwm and not exact):
            assert (answer, known) == ("append", 0)
            assert verdict(BODIES, first, 6, hwm, lost=lost)[0] == "gap", "without proof"
        else:
            assert answer == "gap"


def test_a_loss_is_not_bridged_over_what_is_anothers() -> None:
    for hwm, first in itertools.product(range(6), range(1, 7)):
        told = verdict(BODIES, first, 6, hwm, lost=first - 1, proven=True, exact=False, foreign=True)
        honest = verdict(BODIES, first, 6, hwm, lost=first - 1, proven=True, exact=False)
        assert told == (("fork", 0) if first > hwm + 1 else honest)
        assert verdict(BODIES, first, 6, hwm, foreign=True)[0] == ("gap" if first > hwm + 1 else "append")
