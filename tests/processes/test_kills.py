"""kill -9 of either side, clocks that jump and a network that does everything networks do: no green answer is lost.

``SCANNER_TEST_KILLS=300`` plays three hundred misfortunes instead of a dozen.
"""

from __future__ import annotations

import itertools
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner_app.handheld import JOURNAL_FILE
from scanner_app.journal_reader import JournalReader
from server import ledger
from server.storage_sqlite import SqliteStorage
from tests.processes.town import Shown, Town
from tests.sync.fault_proxy import (
    Fault,
    cut_down,
    cut_up,
    half_close,
    hang_up,
    late,
    silence,
    swallow,
    through,
    trickle,
    twice,
)  # fmt: skip
from tests.sync.fleet import until
from tracking import chain

MISFORTUNES = int(os.environ.get("SCANNER_TEST_KILLS", "14"))
HOUR_MS = 3_600_000
FAULTS: tuple[Fault, ...] = (
    through, late, trickle, half_close, hang_up, swallow, twice, silence, cut_up(150), cut_up(400), cut_down(30),
    cut_down(250),
)  # fmt: skip


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "town", handhelds=3)
    yield made
    made.close()


def misfortune(town: Town, chance: random.Random, turn: int) -> None:
    """One of them, each kind by turns."""
    match turn % 3:
        case 0:
            town.kill("server")
            time.sleep(chance.uniform(0, 0.2))
            town.start_server()
        case 1:
            name = chance.choice(town.handhelds)
            town.kill(name)
            town.start(name, chance.choice([0, HOUR_MS, -HOUR_MS, 400 * 24 * HOUR_MS]))
        case _:
            town.proxy.meet(chance.choice(FAULTS), lambda request: chance.random() < 0.7)


def test_whatever_was_green_is_on_the_server_once_whoever_was_killed(town: Town) -> None:
    chance = random.Random(7)
    for name in town.handhelds:
        town.start(name)
    until(lambda: len(town.shown) > 20, "nobody scans")
    for turn in range(MISFORTUNES):
        time.sleep(chance.uniform(0.05, 0.3))
        misfortune(town, chance, turn)
    town.proxy.heal()
    town.end_shift()
    for name in [*town.handhelds, "server"]:
        town.kill(name)
    storage = SqliteStorage(town.database)
    with storage.read() as reader:
        entries = [entry for entry in ledger.after(reader, 0, 10**7) if entry.device != "office"]
    storage.close()
    check(town, entries)


def check(town: Town, entries: list[ledger.Entry]) -> None:
    """The ledger is what the journals hold, all that was shown is in it, and every chain fits."""
    held = [Shown(entry.device, entry.epoch, entry.seq, entry.chain.hex()) for entry in entries]
    assert len(held) == len(set(held)), "doubled"
    assert not town.shown - set(held), f"lost: {sorted(town.shown - set(held))[:3]}"
    written: set[Shown] = set()
    for name in town.handhelds:
        journal = JournalReader(town.folder / name / JOURNAL_FILE)
        written |= {Shown(journal.device, epoch, seq, link.hex()) for epoch, seq, _, link in journal.rows()}
        journal.close()
    assert set(held) == written
    for _, group in itertools.groupby(sorted(entries, key=lambda one: one[1:4]), key=lambda one: one[1:3]):
        own = list(group)
        assert [entry.seq for entry in own] == list(range(1, len(own) + 1))
        for before, after in itertools.pairwise(own):
            assert chain.next_link(before.chain, after.body) == after.chain
    assert len(town.shown) > 50
