"""The list of exceptions as the folder writes it: which stand, which go, and whose sites are told."""

from __future__ import annotations

from server import devices, replica
from server.derived_exceptions import NOT_UNDERSTOOD, forget_but, store
from server.replica import Feed
from server.storage import Storage
from tracking.exceptions import LOST_RANGE, ExceptionRecord, Witness


def record(
    seq: int,
    kind: str = "received_twice",
    said_by: str = "D-1",
    item: str = "PUMP",
    serial: str = "A",
    container: str = "",
) -> ExceptionRecord:
    sides = [Witness(ref=f"D-{side}/1/{seq}", device=said_by) for side in (1, 2)]
    return ExceptionRecord(
        kind=kind, item=item, serial=serial, container=container, first=sides[0], second=sides[1]
    )


def write(storage: Storage, *found: ExceptionRecord, at: int = 7) -> None:
    with storage.write() as tx:
        feed = Feed(tx)
        store(tx, feed, [(at, one) for one in found])
        feed.flush()


def forget(storage: Storage, name: tuple[str, str], *standing: ExceptionRecord) -> None:
    with storage.write() as tx:
        feed = Feed(tx)
        forget_but(tx, feed, [name], {one.key for one in standing})
        feed.flush()


def listed(storage: Storage) -> set[str]:
    """Of the list, which is also what handhelds are told."""
    with storage.read() as reader:
        keys = {row[0] for row in reader.rows("SELECT key FROM exception")}
        assert keys == {key for key, _, _ in replica.listing(reader, "exception")}
    return keys


def test_what_is_explained_goes_and_nothing_else(storage: Storage) -> None:
    explained, standing, other = record(1), record(2), record(3, serial="B")
    unread, lost = record(4, NOT_UNDERSTOOD), record(5, LOST_RANGE)
    write(storage, explained, standing, other, unread, lost)
    forget(storage, ("PUMP", "A"), standing)
    assert listed(storage) == {one.key for one in (standing, other, unread, lost)}
    forget(storage, ("PUMP", "B"))
    assert listed(storage) == {one.key for one in (standing, unread, lost)}


def test_a_container_is_named_where_a_unit_has_its_serial(storage: Storage) -> None:
    first = record(1, "packed_into_two", item="", serial="", container="C-1")
    second = record(2, "packed_into_two", item="", serial="", container="C-2")
    write(storage, first, second, record(3))
    forget(storage, ("", "C-1"))
    assert listed(storage) == {second.key, record(3).key}


def test_written_again_it_is_the_newer_one_at_its_place(storage: Storage) -> None:
    write(storage, record(1), at=7)
    newer = record(1, said_by="D-9")
    write(storage, newer, at=9)
    with storage.read() as reader:
        ((position, body),) = reader.rows("SELECT position, body FROM exception")
        ((_, _, told),) = replica.listing(reader, "exception")
    assert (position, bytes(body), b"D-9" in told) == (9, told, True)


def test_the_sites_of_the_devices_are_told_and_all_where_nobody_knows_them(storage: Storage) -> None:
    with storage.write() as tx:
        for device, site in (("D-1", "HAM"), ("D-2", "MUC"), ("D-3", "")):
            devices.add(tx, device, device, site, f"hash of {device}", 1)
    both = ExceptionRecord(kind="received_twice", item="PUMP", serial="A",
                           first=Witness(ref="D-1/1/1", device="D-1"),
                           second=Witness(ref="D-2/1/1", device="D-2"))  # fmt: skip
    write(storage, both, record(2, said_by="D-2"), record(3, said_by="D-3"), record(4, said_by="D-0"))
    with storage.read() as reader:
        told = [replica.sites_of(reader, "exception", one.key) for one in (both, *map(record, (2, 3, 4)))]
    assert told == [["HAM", "MUC"], ["MUC"], [""], [""]]
