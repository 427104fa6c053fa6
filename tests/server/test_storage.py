"""What every storage promises, asked of each: append-only, whole or not at all, one moment, one after another."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest

from server.storage import Reader, Storage, StorageError

COLUMNS = ("device", "epoch", "seq", "body", "chain", "received_ms")
COPY_OF_ROWS = (
    "INSERT INTO ledger (device, epoch, seq, body, chain, received_ms)"
    " SELECT device, epoch, seq, chain, chain, 0 FROM ledger"
)
LINK = b"\x00" * 32


def event(seq: int, device: str = "D", body: bytes = b"{}") -> tuple[object, ...]:
    return (device, 1, seq, body, LINK, 0)


def stored(reader: Reader) -> list[tuple[int, bytes]]:
    return [(row[0], bytes(row[1])) for row in reader.rows("SELECT seq, body FROM ledger ORDER BY position")]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger SET body = chain",
        "DELETE FROM ledger",
        COPY_OF_ROWS,
        f"{COPY_OF_ROWS} WHERE 1 = 1 ON CONFLICT (device, epoch, seq) DO UPDATE SET body = excluded.body",
    ],
)
def test_the_ledger_refuses_to_change(storage: Storage, change: str) -> None:
    with storage.write() as tx:
        tx.insert("ledger", COLUMNS, [event(1)])
    # Which refusal it is, a trigger's or a missing right's, is the database's affair.
    with suppress(Exception), storage.write() as tx:
        tx.run(change)
    with storage.read() as reader:
        assert stored(reader) == [(1, b"{}")]


def test_a_transaction_that_fails_never_was(storage: Storage) -> None:
    def fail() -> None:
        with storage.write() as tx:
            tx.run("INSERT INTO meta VALUES ('x', '1')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with storage.write() as tx:
        assert tx.row("SELECT 1 FROM meta WHERE name = 'x'") is None


def test_a_reader_sees_one_moment_and_can_write_nothing(storage: Storage) -> None:
    with storage.read() as reader:
        assert reader.row("SELECT count(*) FROM ledger") == (0,)
        with storage.write() as tx:
            tx.insert("ledger", COLUMNS, [event(1)])
        assert reader.row("SELECT count(*) FROM ledger") == (0,)
    with storage.read() as reader:
        assert reader.row("SELECT count(*) FROM ledger") == (1,)
    with pytest.raises(StorageError), storage.read() as reader:
        reader.rows("DELETE FROM meta")


def test_writers_come_one_after_another(storage: Storage) -> None:
    with storage.write() as tx:
        tx.run("INSERT INTO meta VALUES ('n', '0')")

    def count_up() -> None:
        for _ in range(50):
            with storage.write() as tx:
                row = tx.row("SELECT value FROM meta WHERE name = 'n'")
                assert row is not None
                tx.run("UPDATE meta SET value = ? WHERE name = 'n'", str(int(row[0]) + 1))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with storage.read() as reader:
        assert reader.row("SELECT value FROM meta WHERE name = 'n'") == ("200",)


@pytest.mark.parametrize("count", [1, 99, 1000], ids=["one", "a few", "a batch"])
def test_what_is_there_already_is_passed_over_and_the_rest_comes_in_order(
    storage: Storage, count: int
) -> None:
    bodies = [f'{{"n":{seq},"text":"ä\\t\\\\%?"}}'.encode() for seq in range(1, count + 1)]
    rows = [event(seq, body=body) for seq, body in enumerate(bodies, 1)]
    with storage.write("D") as tx:
        assert tx.insert("ledger", COLUMNS, []) == 0
        assert tx.insert("ledger", COLUMNS, rows[: count // 2]) == count // 2
        assert tx.insert("ledger", COLUMNS, rows) == count - count // 2
        assert tx.insert("ledger", COLUMNS, rows) == 0
    with storage.read() as reader:
        assert stored(reader) == list(enumerate(bodies, 1))
    assert storage.settled() == max(storage.settled(), count)


def test_texts_sort_by_their_bytes(storage: Storage) -> None:
    names = ["a", "B", "ä", "Z", "_", "a b", "a-b", "ab", "\U0001f600", "\ufb01"]
    with storage.write() as tx:
        tx.run_many(
            "INSERT INTO tally (document, closed, done) VALUES (?, 0, '')", [(name,) for name in names]
        )
    with storage.read() as reader:
        found = [row[0] for row in reader.rows("SELECT document FROM tally ORDER BY document")]
    assert found == sorted(names, key=str.encode)


def test_nobody_reads_past_an_upload_that_is_not_finished(storage: Storage) -> None:
    """A position behind one that is still being committed must not be taken for the end."""
    begun, go_on, seen = threading.Event(), threading.Event(), list[int]()

    def slow() -> None:
        with storage.write("SLOW") as tx:
            tx.insert("ledger", COLUMNS, [event(1, "SLOW")])
            begun.set()
            go_on.wait(30)

    def look() -> None:
        with suppress(StorageError):  # it may give up and be asked again
            seen.append(storage.settled())

    uploading, looking = threading.Thread(target=slow), threading.Thread(target=look)
    uploading.start()
    assert begun.wait(30)
    quick = threading.Thread(target=lambda: _append(storage, "QUICK"))
    quick.start()
    quick.join(1)
    looking.start()
    looking.join(0.2)
    with storage.read() as reader:
        visible = {row[0] for row in reader.rows("SELECT position FROM ledger")}
    assert not any(set(range(1, end + 1)) - visible for end in seen)
    go_on.set()
    for thread in (uploading, quick, looking):
        thread.join()
    assert storage.settled() == 2


def _append(storage: Storage, device: str) -> None:
    with storage.write(device) as tx:
        tx.insert("ledger", COLUMNS, [event(1, device)])


def test_its_identity_stays(storage: Storage) -> None:
    with storage.read() as reader:
        kept: dict[str, str] = dict(reader.rows("SELECT name, value FROM meta"))
    assert kept["generation"] == storage.generation
    assert bytes.fromhex(kept["receipt_key"]) == storage.receipt_key
