"""What the server makes of the events: units, tallies, lots and exceptions, whatever the order of arrival."""

from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest

from server import projection
from server.rebuild import rebuild
from server.replica import Feed
from server.schema import PROJECTIONS
from server.storage import Storage
from tests.server.fleet import Handheld, Office, receiving, site_file
from tracking import clock
from tracking.documents import tally_of
from tracking.events import Event, decode_body
from tracking.units import fold, without_cancelled


def tally(handheld: Handheld, number: str = "PO-1") -> Any:
    return handheld.replica().get(("tally", number))


def unit(handheld: Handheld, serial: str) -> Any:
    return handheld.replica().get(("unit", f'["PUMP","{serial}"]'))


def everything(storage: Storage) -> dict[str, Any]:
    """Every projection, without the feed's numbers."""
    with storage.read() as reader:
        found: dict[str, Any] = {
            table: sorted(reader.rows(f"SELECT * FROM {table}")) for table in PROJECTIONS
        }
        found["replica"] = sorted(reader.rows("SELECT tbl, key, site, body FROM replica WHERE op = 'put'"))
        found["folded"] = reader.rows("SELECT device, epoch, folded FROM device_epoch ORDER BY 1, 2")
        found["place"] = projection.folded(reader)
    return found


def test_a_serial_received_by_two_is_one_unit_one_count_and_one_exception_with_both_sides(
    office: Office,
) -> None:
    office.load(site_file())
    office.load(site_file(site="MUC", documents=[], operators=[]))
    ham, muc = office.handheld("Dock 1", "HAM"), office.handheld("Dock M", "MUC")
    ham.write(receiving("SN-1", location="HAM-A"))
    muc.write(
        receiving(
            "SN-1", location="MUC-B", at="2026-11-23T11:11:11.000+01:00", hlc=clock.pack(1_695_000_500_000)
        )
    )
    for each in (muc, ham):  # the later fact arrives first
        assert each.send().status_code == 200
    office.settle()
    for each in (ham, muc):
        found = [row for (table, _), row in each.replica().items() if table == "exception"]
        assert len(found) == 1
        one = found[0]
        assert (one["kind"], one["item"], one["serial"]) == ("received_twice", "PUMP", "SN-1")
        first, second = one["first"], one["second"]
        assert (first["device"], first["operator"], first["location"]) == (ham.device, "OP-7", "HAM-A")
        assert (second["device"], second["operator"], second["location"]) == (muc.device, "OP-7", "MUC-B")
        assert (first["at"], second["at"]) == (
            "2026-11-23T10:00:00.000+01:00",
            "2026-11-23T11:11:11.000+01:00",
        )
    assert tally(ham) == {"done": {"1": 1}, "closed": False}
    assert len(office.ledger()) == 2
    assert unit(ham, "SN-1")["location"] == "HAM-A"


def test_an_exception_goes_when_a_fact_is_taken_back(office: Office) -> None:
    office.load(site_file())
    one, two = office.handheld("Dock 1"), office.handheld("Dock 2")
    one.write(receiving("SN-1"))
    two.write(receiving("SN-1", hlc=clock.pack(1_695_000_500_000)))
    one.send(), two.send()
    office.settle()
    assert sum(table == "exception" for table, _ in one.replica()) == 1
    two.write(Event(step="receiving", item="PUMP", serial="SN-1", cancels=f"{one.device}/1/1"))
    two.send(two.batch(2, 2))
    office.settle()
    held = one.replica()
    assert not [table for table, _ in held if table == "exception"]
    assert held["unit", '["PUMP","SN-1"]']["device"] == two.device
    assert held["tally", "PO-1"]["done"] == {"1": 1}


@pytest.mark.parametrize("order", range(4))
def test_a_cancellation_counts_whichever_arrives_first_and_so_does_its_own(
    office: Office, order: int
) -> None:
    """The cancelling events carry no serial number: only their target says what they are about."""
    office.load(site_file())
    one, two, three = (office.handheld(f"Dock {number}") for number in range(3))
    one.write(receiving("SN-1"), receiving("SN-2"))
    two.write(Event(step="receiving", cancels=f"{one.device}/1/1", hlc=1))
    three.write(Event(step="receiving", cancels=f"{two.device}/1/1", hlc=1))
    plan = [[one, two], [two, one], [one, two, three], [three, two, one]][order]
    for each in plan:
        each.send()
        office.settle()
    stands = three in plan
    held = one.replica()
    assert (("unit", '["PUMP","SN-1"]') in held) == stands
    assert held["tally", "PO-1"]["done"] == {"1": 2 if stands else 1}
    with office.running.central.storage.read() as reader:
        assert reader.row("SELECT count(*) FROM unit WHERE item = 'PUMP'") == (2 if stands else 1,)


def test_lots_and_quantities_count_event_by_event_until_they_are_taken_back(office: Office) -> None:
    office.load(site_file())
    one, two = office.handheld("Dock 1"), office.handheld("Dock 2")
    for each in (one, two):
        each.write(
            Event(
                step="receiving", item="SEAL", lot="L-1", quantity=10, document="PO-1", line=2, party="ACME"
            ),
            Event(
                step="receiving",
                item="SEAL",
                lot="L-1",
                quantity=5,
                document="PO-1",
                line=2,
                expiry="2027-05-01",
            ),
        )
        each.send()
    office.settle()
    assert tally(one)["done"] == {"2": 30}
    lot = one.replica()["lot", '["SEAL","L-1"]']
    assert (lot["supplier"], lot["expiry"]) == ("ACME", "2027-05-01")
    two.write(Event(step="receiving", cancels=f"{one.device}/1/1"))
    two.send(two.batch(3, 3))
    office.settle()
    assert tally(one)["done"] == {"2": 20}


def test_a_document_closes_and_opens_again(office: Office, handheld: Handheld) -> None:
    office.load(site_file())
    handheld.write(receiving("A"), Event(step="completing", document="PO-1"))
    handheld.send()
    office.settle()
    assert tally(handheld) == {"done": {"1": 1}, "closed": True}
    handheld.write(receiving("B"), Event(step="completing", cancels=f"{handheld.device}/1/2"))
    handheld.send(handheld.batch(3, 4))
    office.settle()
    assert tally(handheld) == {"done": {"1": 2}, "closed": False}


def test_what_is_taken_back_entirely_is_gone_from_the_feed(office: Office, handheld: Handheld) -> None:
    office.load(site_file())
    handheld.write(receiving("A"))
    handheld.send()
    office.settle()
    since = handheld.feed().next
    handheld.write(Event(step="receiving", item="PUMP", serial="A", cancels=f"{handheld.device}/1/1"))
    handheld.send(handheld.batch(2, 2))
    office.settle()
    gone = {(row.table, row.key) for row in handheld.feed(since).rows if row.op == "del"}
    assert gone == {("unit", '["PUMP","A"]'), ("tally", "PO-1")}
    assert handheld.feed().rows != []


def test_the_same_serial_of_two_items_is_two_units(office: Office, handheld: Handheld) -> None:
    other = Event(step="receiving", item="MOTOR", serial="7", document="PO-1", line=2)
    handheld.write(receiving("7"), other)
    handheld.send()
    office.settle()
    held = handheld.replica()
    assert {key for table, key in held if table == "unit"} == {'["PUMP","7"]', '["MOTOR","7"]'}
    assert not [table for table, _ in held if table == "exception"]


def test_a_unit_that_is_picked_and_then_shipped_counts_once(office: Office, handheld: Handheld) -> None:
    steps = ("receiving", "picking", "shipping")
    handheld.write(
        *(Event(step=step, item="PUMP", serial="A", document="SO-1", line=1) for step in steps[1:])
    )
    handheld.send()
    office.settle()
    assert tally(handheld, "SO-1")["done"] == {"1": 1}


def random_events(rnd: random.Random, device: str, others: list[str]) -> list[Event]:
    """A shift without sense: few units, many contradictions, cancellations of anything that anybody may write."""
    events = []
    for seq in range(1, 41):
        if rnd.random() < 0.25:
            target = f"{rnd.choice([device, *others])}/1/{rnd.randint(1, 40)}"
            events.append(Event(step="receiving", cancels=target, hlc=clock.pack(rnd.randint(1, 50))))
            continue
        step = rnd.choice(
            ["receiving", "picking", "shipping", "returning", "holding", "completing", "storing"]
        )
        serial = rnd.choice(["S1", "S2", "S3", ""])
        events.append(
            Event(
                step=step,
                action=rnd.choice(["OBSERVE", "ADD", "DELETE"])
                if step in {"holding", "completing"}
                else "OBSERVE",
                flag="held" if step == "holding" else "",
                item=rnd.choice(["PUMP", "SEAL"]),
                serial="" if step == "completing" else serial,
                lot="" if serial else "L1",
                quantity=1 if serial else rnd.randint(1, 9),
                document=rnd.choice(["PO-1", "SO-1", ""]),
                line=rnd.randint(1, 2),
                hlc=clock.pack(rnd.randint(1, 50)),
            )
        )
        del seq
    return events


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_arrival_comes_to_the_same_and_a_rebuild_too(office: Office, seed: int) -> None:
    rnd = random.Random(seed)
    office.load(site_file())
    fleet = [office.handheld(f"Dock {number}") for number in range(3)]
    names = [each.device for each in fleet]
    for each in fleet:
        each.write(*random_events(rnd, each.device, names))
    sent = dict.fromkeys(names, 0)
    while any(count < 40 for count in sent.values()):
        each = rnd.choice([each for each in fleet if sent[each.device] < 40])
        until = min(40, sent[each.device] + rnd.randint(1, 15))
        assert each.send(each.batch(sent[each.device] + 1, until)).status_code == 200
        sent[each.device] = until
        if rnd.random() < 0.5:
            office.settle()
    office.settle()
    storage = office.running.central.storage
    followed = everything(storage)
    check_against_the_rules(office, fleet[0])
    since = fleet[0].feed().next
    rebuild(storage)
    assert everything(storage) == followed
    assert fleet[0].feed(since).rows == [], "a rebuild that changes nothing sends nothing"
    assert followed["exception"], "the shift was meant to contradict itself"


def check_against_the_rules(office: Office, handheld: Handheld) -> None:
    """Units and tallies equal what the plain rules make of all events at once."""
    events = [
        decode_body(body, device=device, epoch=epoch, seq=seq) for device, epoch, seq, body in office.ledger()
    ]
    standing = without_cancelled(events)
    stands = {event.ref for event in standing}
    held = handheld.replica()
    counted = [event for event in standing if not event.serial]
    for item, serial in sorted({(event.item, event.serial) for event in events if event.serial}):
        mine = [
            event for event in events if (event.item, event.serial) == (item, serial) and event.ref in stands
        ]
        folded = fold(item, serial, mine)
        counted += folded.accepted
        row = held.get(("unit", msgspec.json.encode((item, serial)).decode()))
        assert (row or {}).get("status", "unknown") == folded.state.status
        assert tuple((row or {}).get("flags", ())) == folded.state.flags
    for document in ("PO-1", "SO-1"):
        wanted = tally_of(
            sorted((event for event in counted if event.document == document), key=lambda e: e.order)
        )
        row = held.get(("tally", document), {"done": {}, "closed": False})
        assert {int(line): count for line, count in row["done"].items()} == wanted.done
        assert row["closed"] == wanted.closed


def test_a_finished_unit_that_lost_a_part_counts_again_when_it_is_complete(
    office: Office, handheld: Handheld
) -> None:
    def seen() -> tuple[str, Any]:
        assert handheld.send().status_code == 200
        office.settle()
        held = handheld.replica()
        gear = held[("unit", msgspec.json.encode(("GEAR", "G1")).decode())]
        return gear["status"], held.get(("tally", "WO-1"), {"done": {}})["done"]

    def step(name: str, action: str) -> None:
        handheld.write(Event(step=name, action=action, item="GEAR", serial="G1", document="WO-1", line=1))

    step("assembling", "ADD")
    assert seen() == ("produced", {"1": 1})
    step("assembling", "DELETE")
    assert seen() == ("planned", {})
    step("assembling", "ADD")
    assert seen() == ("produced", {"1": 1})


def test_following_stops_and_goes_on_at_any_point(office: Office, handheld: Handheld) -> None:
    handheld.write(*(receiving(f"S{number}") for number in range(50)))
    storage = office.running.central.storage
    office.running.central.folder.stop()
    handheld.send()
    assert office.http.get("/v1/health").json()["lag"] == 50
    assert handheld.feed().applied == {handheld.device: (1, 0)}
    while projection.fold_next(storage, 7):
        pass
    assert handheld.feed().applied == {handheld.device: (1, 50)}
    assert office.http.get("/v1/health").json()["lag"] == 0
    followed = everything(storage)
    assert rebuild(storage) == 50
    assert everything(storage) == followed


def test_a_rebuild_takes_away_what_no_event_supports(office: Office, handheld: Handheld) -> None:
    office.load(site_file())
    handheld.write(receiving("A"))
    handheld.send()
    office.settle()
    storage = office.running.central.storage
    true = everything(storage)
    with storage.write() as tx:
        feed = Feed(tx)
        feed.put("unit", '["PUMP","GHOST"]', b'{"item":"PUMP","serial":"GHOST"}')
        feed.put("unit", '["PUMP","A"]', b'{"item":"PUMP","serial":"A","status":"stolen by a bug"}')
        feed.flush()
        tx.run("UPDATE tally SET done = ?", '{"1":77}')
    since = handheld.feed().next
    rebuild(storage)
    assert everything(storage) == true
    changed = {(row.key, row.op) for row in handheld.feed(since).rows}
    assert changed == {('["PUMP","GHOST"]', "del"), ('["PUMP","A"]', "put")}


def test_a_container_is_told_to_every_handheld_and_forgotten_when_it_is_taken_back(office: Office) -> None:
    office.load(site_file())
    dock, bench = office.handheld("Dock 1", "HAM"), office.handheld("Bench", "HAM")
    packed = Event(step="packing", action="ADD", container="CARTON-1", parent_container="PALLET-1")
    dock.write(packed, Event(step="storing", container="CARTON-1", location="HAM-A"))
    assert dock.send(dock.batch(1, 1)).status_code == 200
    office.settle()
    row = bench.replica()["container", "CARTON-1"]
    assert (row["parent"], row["known"]) == ("PALLET-1", True)
    assert "location" not in row
    assert dock.send(dock.batch(2, 2)).status_code == 200
    office.settle()
    assert bench.replica()["container", "CARTON-1"]["location"] == "HAM-A"
    storage = office.running.central.storage
    before = everything(storage)
    rebuild(storage)
    assert everything(storage) == before
    for seq in (1, 2):
        dock.write(Event(step="packing", container="CARTON-1", cancels=f"{dock.device}/1/{seq}"))
    assert dock.send(dock.batch(3, 4)).status_code == 200
    office.settle()
    assert ("container", "CARTON-1") not in bench.replica()
