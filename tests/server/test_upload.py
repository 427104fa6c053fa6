"""Every row of the protocol's table, over real sockets."""

from __future__ import annotations

import gzip

import msgspec
import pytest
import zstandard

from server.ingest import receipt_holds
from sync import wire
from tests.server.fleet import Handheld, Office, receiving
from tracking import chain
from tracking.events import Event


def stored(body: bytes) -> wire.Stored:
    return msgspec.json.decode(body, type=wire.Stored)


def refused(body: bytes) -> wire.Refused:
    return msgspec.json.decode(body, type=wire.Refused)


def test_a_batch_is_stored_exactly_as_it_came_and_receipted(office: Office, handheld: Handheld) -> None:
    handheld.write(receiving("A"), receiving("B"))
    answer = handheld.send(handheld.batch(pending=5))
    assert answer.status_code == 200
    reply = stored(answer.content)
    assert (reply.status, reply.epoch, reply.hwm) == ("stored", 1, 2)
    assert reply.chain == handheld.link(2).hex()
    assert reply.receipt is not None
    key = office.running.central.storage.receipt_key
    assert receipt_holds(key, reply.receipt)
    assert not receipt_holds(key, msgspec.structs.replace(reply.receipt, hwm=3))
    assert office.ledger() == [(handheld.device, 1, seq, body) for seq, body in enumerate(handheld.bodies, 1)]
    with office.running.central.storage.read() as reader:
        assert reader.row("SELECT pending FROM device WHERE id = ?", handheld.device) == (5,)


def test_a_repeated_batch_is_a_duplicate_and_not_an_error(office: Office, handheld: Handheld) -> None:
    handheld.write(receiving("A"), receiving("B"), receiving("C"))
    handheld.send()
    for first, last in ((1, 3), (1, 1), (2, 3), (3, 3)):
        answer = handheld.send(handheld.batch(first, last))
        assert (answer.status_code, stored(answer.content).status) == (200, "duplicate")
        assert stored(answer.content).hwm == 3
    assert len(office.ledger()) == 3


@pytest.mark.parametrize("first", [1, 2, 3])
def test_of_an_overlap_only_the_rest_is_stored(office: Office, handheld: Handheld, first: int) -> None:
    handheld.write(*(receiving(f"S{number}") for number in range(5)))
    handheld.send(handheld.batch(1, 3))
    answer = handheld.send(handheld.batch(first, 5))
    assert stored(answer.content).status == "stored"
    assert [row[3] for row in office.ledger()] == handheld.bodies


def test_a_gap_names_where_to_go_on(office: Office, handheld: Handheld) -> None:
    handheld.write(*(receiving(f"S{number}") for number in range(5)))
    assert handheld.send(handheld.batch(3, 5)).json()["error"] == "gap"
    handheld.send(handheld.batch(1, 2))
    answer = handheld.send(handheld.batch(4, 5))
    reply = refused(answer.content)
    assert (answer.status_code, reply.error, reply.epoch, reply.hwm) == (409, "gap", 1, 2)
    assert reply.chain == handheld.link(2).hex()
    assert len(office.ledger()) == 2


@pytest.mark.parametrize("position", range(6))
def test_an_altered_event_is_a_fork_wherever_it_is(office: Office, handheld: Handheld, position: int) -> None:
    handheld.write(*(receiving(f"S{number}") for number in range(6)))
    whole = handheld.batch()
    bodies = wire.bodies_of(whole)
    bodies[position] = bodies[position].replace(b"OP-7", b"OP-8")
    altered = msgspec.structs.replace(whole, events=[msgspec.Raw(body) for body in bodies])
    answer = handheld.send(altered)
    assert (answer.status_code, refused(answer.content).error) == (409, "fork")
    assert office.ledger() == []


@pytest.mark.parametrize(("first", "last"), [(1, 2), (1, 3), (2, 5), (3, 5), (4, 5)])
def test_a_copied_device_with_other_facts_is_a_fork_even_where_the_numbers_are_known(
    office: Office, handheld: Handheld, first: int, last: int
) -> None:
    handheld.write(*(receiving(f"S{number}") for number in range(3)))
    copy = Handheld(handheld.http, handheld.device, handheld.token, handheld.site)
    copy.write(*(receiving(f"T{number}") for number in range(5)))
    handheld.send()
    answer = copy.send(copy.batch(first, last))
    assert (answer.status_code, answer.json()["error"], answer.json()["hwm"]) == (409, "fork", 3)
    assert [row[3] for row in office.ledger()] == handheld.bodies


def test_a_new_epoch_begins_by_itself_and_fences_the_old_one(office: Office, handheld: Handheld) -> None:
    handheld.write(receiving("A"), receiving("B"))
    handheld.send(handheld.batch(1, 1))
    renewed = Handheld(handheld.http, handheld.device, handheld.token, handheld.site, epoch=2)
    renewed.write(receiving("C"), receiving("D"))
    assert renewed.send(renewed.batch(2, 2)).json()["error"] == "gap"
    assert stored(renewed.send().content).epoch == 2
    late = handheld.send(handheld.batch(2, 2))
    reply = refused(late.content)
    assert (late.status_code, reply.error, reply.epoch, reply.hwm) == (409, "fenced", 2, 2)
    assert reply.chain == renewed.link(2).hex()


def test_orphans_of_a_fenced_epoch_keep_their_identity(office: Office, handheld: Handheld) -> None:
    handheld.write(receiving("A"), receiving("B"), receiving("C"))
    handheld.send(handheld.batch(1, 1))
    renewed = Handheld(handheld.http, handheld.device, handheld.token, handheld.site, epoch=2)
    renewed.write(receiving("D"))
    renewed.send()
    assert handheld.send(handheld.batch(3, 3, orphan=True)).json()["error"] == "gap"
    assert stored(handheld.send(handheld.batch(1, 3, orphan=True)).content).hwm == 3
    assert stored(handheld.send(handheld.batch(1, 3, orphan=True)).content).status == "duplicate"
    assert [row[1:3] for row in office.ledger()] == [(1, 1), (2, 1), (1, 2), (1, 3)]
    assert handheld.hwm().epoch == 2
    assert handheld.hwm().epochs == {1: 3, 2: 1}
    assert handheld.hwm(epoch=1).chain == handheld.link(3).hex()


def test_an_orphan_of_an_unknown_epoch_never_becomes_the_current_one(
    office: Office, handheld: Handheld
) -> None:
    handheld.write(receiving("A"))
    handheld.send()
    later = Handheld(handheld.http, handheld.device, handheld.token, handheld.site, epoch=3)
    later.write(receiving("B"))
    assert later.send(later.batch(orphan=True)).status_code == 200
    assert handheld.hwm().epoch == 1
    handheld.write(receiving("C"))
    assert handheld.send(handheld.batch(2, 2)).status_code == 200


UNKNOWN = (
    b'"just text"',
    b"[1,2]",
    b"{}",
    b'{"step":"teleporting"}',
    b'{"step":"receiving","schema":2,"newer":{"deep":[1]}}',
    b'{"step":"receiving","quantity":"many"}',
    b'{"step":"receiving","quantity":99999999999}',
    b'{"step":"receiving","hlc":' + b"9" * 40 + b"}",
    b'{"step":"receiving","hlc":-1}',
    b'{"step":"receiving","raw":"' + b"x" * 70_000 + b'"}',
)


@pytest.mark.parametrize("body", UNKNOWN, ids=range(len(UNKNOWN)))
def test_what_is_not_understood_is_kept_and_set_aside_and_blocks_nothing(
    office: Office, handheld: Handheld, body: bytes
) -> None:
    handheld.write(receiving("A"))
    handheld.bodies.append(body)
    handheld.write(receiving("B"))
    reply = stored(handheld.send().content)
    assert (reply.status, reply.hwm, reply.quarantined) == ("stored", 3, 1)
    assert [row[3] for row in office.ledger()] == handheld.bodies
    office.settle()
    held = handheld.replica()
    assert {key for table, key in held if table == "unit"} == {'["PUMP","A"]', '["PUMP","B"]'}
    row = held["exception", f"not_understood/{handheld.device}/1/2"]
    assert (row["kind"], row["second"]["device"]) == ("not_understood", handheld.device)


def test_the_first_chain_is_the_devices_own_and_held_against_it_from_then_on(handheld: Handheld) -> None:
    handheld.write(receiving("A"), receiving("B"))
    assert handheld.send(handheld.batch(1, 1)).status_code == 200
    handheld.nonce = "another"
    assert handheld.send(handheld.batch(1, 2)).json()["error"] == "fork"
    assert handheld.send(handheld.batch(2, 2)).json()["error"] == "fork"


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "identity", "GZIP"])
def test_a_compressed_batch_is_the_same_batch(handheld: Handheld, encoding: str) -> None:
    handheld.write(*(receiving(f"S{number}") for number in range(200)))
    data = msgspec.json.encode(handheld.batch())
    packed = {"gzip": gzip.compress(data), "zstd": zstandard.compress(data)}.get(encoding.lower(), data)
    answer = handheld.post(packed, **{"Content-Encoding": encoding})
    assert (answer.status_code, answer.json()["hwm"]) == (200, 200)


def test_a_server_that_lost_events_gets_them_again(office: Office, handheld: Handheld) -> None:
    """After a restore the server stands lower; the device learns it and sends from there."""
    handheld.write(*(receiving(f"S{number}") for number in range(4)))
    handheld.send(handheld.batch(1, 2))
    where = handheld.hwm()
    assert (where.epoch, where.hwm, where.chain) == (1, 2, handheld.link(2).hex())
    assert handheld.send(handheld.batch(where.hwm + 1, 4)).status_code == 200
    assert [row[3] for row in office.ledger()] == handheld.bodies


def test_a_device_that_never_sent_anything_stands_at_nothing(handheld: Handheld) -> None:
    where = handheld.hwm()
    assert (where.epoch, where.hwm, where.chain, where.epochs) == (0, 0, "", {})


def test_business_contradictions_never_refuse_a_batch(office: Office, handheld: Handheld) -> None:
    handheld.write(
        Event(step="shipping", item="PUMP", serial="never received", document="SO-9", line=7),
        Event(step="destroying", action="DELETE", item="PUMP", serial="never received"),
        Event(step="shipping", item="PUMP", serial="never received", document="nowhere"),
    )
    assert handheld.send().status_code == 200
    office.settle()
    assert sum(table == "exception" for table, _ in handheld.replica()) == 3


def test_the_chain_is_the_one_of_the_rules(handheld: Handheld) -> None:
    """The chain that the server keeps can be recomputed by anybody from device, epoch, nonce and bytes."""
    handheld.write(receiving("A"))
    reply = stored(handheld.send().content)
    first = chain.first_link(handheld.device, 1, "n")
    assert reply.chain == chain.next_link(first, handheld.bodies[0]).hex()
