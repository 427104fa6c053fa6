"""A power cut after every single write of a server's morning: what it answered for is there, and all else follows."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from server import devices, ingest, ledger, projection
from server.rebuild import rebuild
from server.storage import Storage, StorageError
from server.storage_sqlite import SqliteStorage
from tests.durability.power_cut import MODES, cuts
from tests.durability.recorded_server import Morning, Promise, Sender, morning, start_over
from tests.durability.write_log import WriteLog
from tracking import chain
from tracking.exceptions import exceptions_of
from tracking.units import fold

_names = itertools.count()


def folders(quick: Path) -> tuple[Path, Path]:
    made, found = quick / "made", quick / "found"
    made.mkdir()
    found.mkdir()
    return made, found


def kept(played: Morning, count: int) -> list[Promise]:
    """The newest promise to each device before the cut."""
    newest = {one.receipt.device: one for one in played.promises if one.ops <= count}
    return list(newest.values())


def broken(storage: Storage, promises: list[Promise]) -> int:
    """Events that were answered for and are gone."""
    gone = 0
    with storage.read() as reader:
        for one in promises:
            standing = devices.standing(reader, one.receipt.device, 1)
            gone += max(0, one.receipt.hwm - (standing.hwm if standing else 0))
    return gone


def check_ledger(storage: Storage) -> None:
    """Dense, chained, and the marks are where it ends."""
    with storage.read() as reader:
        entries = ledger.after(reader, 0, 10_000)
        for device in ("D-1", "D-2"):
            own = [entry for entry in entries if entry.device == device]
            assert [entry.seq for entry in own] == list(range(1, len(own) + 1))
            for before, after in itertools.pairwise(own):
                assert chain.next_link(before.chain, after.body) == after.chain
            standing = devices.standing(reader, device, 1)
            assert (standing.hwm, standing.chain) == (len(own), own[-1].chain) if standing else not own
        assert projection.folded(reader) <= ledger.head(reader)


def projections(storage: Storage) -> list[object]:
    """All that follows from the ledger."""
    queries = (
        "SELECT item, serial, status, flags FROM unit ORDER BY item, serial",
        "SELECT document, closed, done FROM tally ORDER BY document",
        "SELECT key, kind FROM exception ORDER BY key",
        "SELECT tbl, key, site, body FROM replica WHERE op = 'put' ORDER BY tbl, key, site",
    )
    with storage.read() as reader:
        return [reader.rows(sql) for sql in queries]


def check_projections(storage: SqliteStorage) -> None:
    """The folder goes on from where it was, and comes to what the ledger alone gives."""
    while projection.fold_next(storage):
        pass
    followed = projections(storage)
    with storage.read() as reader:
        entries = ledger.after(reader, 0, 10_000)
    events = [
        event for entry in entries if not isinstance(event := ledger.event_of(entry), ledger.Misunderstood)
    ]
    by_unit: dict[tuple[str, str], list[object]] = {}
    for event in events:
        by_unit.setdefault((event.item, event.serial), []).append(event)
    naive = {name: fold(*name, own).state.status for name, own in by_unit.items()}  # type: ignore[arg-type]
    assert {(row[0], row[1]): row[2] for row in followed[0]} == naive  # type: ignore[attr-defined]
    named = {one.key for name, own in by_unit.items() for one in exceptions_of(*name, own)}  # type: ignore[arg-type]
    assert {row[0] for row in followed[2]} == named  # type: ignore[attr-defined]
    rebuild(storage)
    assert projections(storage) == followed


@pytest.mark.parametrize("mode", MODES)
def test_whatever_was_answered_for_is_there_after_a_cut_at_any_write(quick: Path, mode: str) -> None:
    made, found = folders(quick)
    played = morning(made, WriteLog(f"server-log-{next(_names)}"))
    assert len(played.promises) == 8
    tried: set[int] = set()
    for count, image in cuts(played.ops, mode, seed=7):
        if (
            count < played.begun
            or (same := hash((tuple(sorted(image.items())), len(kept(played, count))))) in tried
        ):
            continue
        tried.add(same)
        storage = start_over(found, image)
        where = f"cut after write {count}"
        promises = kept(played, count)
        assert broken(storage, promises) == 0, where
        assert all(ingest.receipt_holds(storage.receipt_key, one.receipt) for one in promises), where
        assert (storage.receipt_key, storage.generation) == (played.key, played.generation), where
        check_ledger(storage)
        with storage.read() as reader:
            for ops, device in played.enrolled:
                assert ops > count or devices.by_id(reader, device) is not None, where
        check_projections(storage)
        again = ingest.take(storage, "D-9", Sender("D-9", 5000).batch(), 1)
        assert again.hwm == 6, where
        storage.close()
    assert len(tried) > len(played.promises)


def test_a_cut_while_the_database_is_being_made_leaves_one_that_can_be_made(quick: Path) -> None:
    made, found = folders(quick)
    played = morning(made, WriteLog(f"server-log-{next(_names)}"))
    for mode in MODES:
        for count, image in cuts(played.ops[: played.begun], mode, seed=3):
            storage = start_over(found, image)
            with storage.read() as reader:
                assert ledger.head(reader) == 0, (mode, count)
            storage.close()


@pytest.mark.parametrize("level", ["NORMAL", "OFF"])
def test_the_harness_sees_the_loss_of_a_server_that_does_not_sync(quick: Path, level: str) -> None:
    made, found = folders(quick)
    played = morning(made, WriteLog(f"server-log-{next(_names)}"), level)
    worst = 0
    for count, image in cuts(played.ops, "none", seed=7):
        if count < played.begun or count % 5:
            continue
        try:
            storage = start_over(found, image)
        except StorageError:
            worst = max(worst, 1)
            continue
        worst = max(worst, broken(storage, kept(played, count)))
        storage.close()
    assert worst > 0
