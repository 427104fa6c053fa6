"""A mixed day of many handhelds as batches: goods in, put away, counted, built, picked, packed, shipped, taken back.

Every unit has its story in several batches of several handhelds, as on a real floor; so the projections must find what
was known of it each time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from bench.workplace import BADGE, ITEM, SITE
from sync import wire
from sync.wire import Batch
from tracking import chain, clock
from tracking.events import Event, encode_body

BEGIN_MS = 1_795_000_000_000
ORDER_UNITS, CARTON_UNITS = 40, 12
PRODUCT = "BENCH-PRODUCT"
LOTTED = "BENCH-SEAL"
STORED, COUNTED, BUILT, SHIPPED = 0.6, 0.2, 0.1, 0.5
"""The shares of all units that are put away, counted, built into something, and shipped."""
HELD, WRONG, SEEN = 0.005, 0.01, 0.02
"""Shares of all units that are put on hold, received by mistake and taken back, and only looked at."""


class Sent(NamedTuple):
    """A batch and whose it is: the number of a handheld."""

    handheld: int
    batch: Batch


class _Writer:
    """What the handhelds write, in the order of their clocks."""

    def __init__(self, names: list[str], seed: int) -> None:
        self.names = names
        self.random = Random(seed)
        self.bodies: dict[int, list[bytes]] = defaultdict(list)
        self._now_ms = BEGIN_MS

    def write(self, handheld: int, step: str, **fields: Any) -> str:
        """One event of a handheld; how others name it."""
        self._now_ms += self.random.randrange(200, 2000)
        serial = fields.get("serial", "")
        event = Event(
            step=step, operator=BADGE, site=SITE, raw=serial, source="serial", at="2026-11-23T09:14:02.117+01:00",
            hlc=clock.pack(self._now_ms), mono_ms=self._now_ms - BEGIN_MS, boot="5f2c11ab", clock="synced",
            app="bench", **fields,
        )  # fmt: skip
        self.bodies[handheld].append(encode_body(event))
        return f"{self.names[handheld]}/1/{len(self.bodies[handheld])}"

    def later(self) -> None:
        """Nobody does two things to one unit within the same quarter of an hour: clocks could not tell their order."""
        self._now_ms += 15 * 60_000

    def someone(self) -> int:
        """Any handheld."""
        return self.random.randrange(len(self.names))


def batches(names: list[str], units: int, a_batch: int, seed: int = 3) -> list[Sent]:
    """A day with so many units on the handhelds of these names, some five events a unit, ``a_batch`` events a batch."""
    writer = _Writer(names, seed)
    for order in range(0, units, ORDER_UNITS):
        serials = [f"M{number:09d}" for number in range(order, min(order + ORDER_UNITS, units))]
        _goods_in(writer, order // ORDER_UNITS, serials)
        if order >= 5 * ORDER_UNITS:  # what came in a while ago
            older = [f"M{number:09d}" for number in range(order - 5 * ORDER_UNITS, order - 4 * ORDER_UNITS)]
            _on_the_shelf(writer, order // ORDER_UNITS, older)
            _out(writer, order // ORDER_UNITS, older[: int(len(older) * SHIPPED)])
    return list(_by_turns(writer, a_batch))


def _goods_in(writer: _Writer, number: int, serials: list[str]) -> None:
    who, document = writer.someone(), f"PO-B{number:06d}"
    for serial in serials:
        given = {
            "item": ITEM, "serial": serial, "document": document, "line": 1, "party": "ACME", "location": "HAM-DOCK",
            "task": "receiving",
        }  # fmt: skip
        ref = writer.write(who, "receiving", **given)
        if writer.random.random() < WRONG:
            writer.write(who, "receiving", **given, cancels=ref)
            writer.write(who, "receiving", **given)
        if writer.random.random() < SEEN:
            writer.write(who, "sighting", item=ITEM, serial=serial, code="on_hold")
        if writer.random.random() < HELD:
            writer.write(
                who, "holding", action="ADD", item=ITEM, serial=serial, flag="held", reason="damaged"
            )
    writer.write(
        who, "receiving", item=LOTTED, lot=f"L{number:05d}", quantity=200, document=document, line=2, party="ACME"
    )  # fmt: skip
    writer.write(who, "completing", document=document)


def _on_the_shelf(writer: _Writer, number: int, serials: list[str]) -> None:
    mover, counter, builder = writer.someone(), writer.someone(), writer.someone()
    share = {serial: place / len(serials) for place, serial in enumerate(serials)}
    writer.later()
    for serial in (one for one in serials if share[one] < STORED):
        writer.write(mover, "storing", item=ITEM, serial=serial, location=f"HAM-A-{number % 40:02d}-1")
    writer.later()
    for serial in (one for one in serials if share[one] < COUNTED):
        writer.write(
            counter, "stock_taking", item=ITEM, serial=serial, document=f"CS-{number // 50}", task="stocktake",
            location=f"HAM-A-{number % 40:02d}-1",
        )  # fmt: skip
    for serial in (one for one in serials if share[one] >= 1 - BUILT):
        writer.write(
            builder, "installing", action="ADD", item=ITEM, serial=serial, parent_item=PRODUCT,
            parent_serial=f"P{number:07d}", position="A", document=f"WO-{number // 10}",
        )  # fmt: skip
    built = {"item": PRODUCT, "serial": f"P{number:07d}", "document": f"WO-{number // 10}", "line": 1}
    writer.write(builder, "assembling", action="ADD", **built)


def _out(writer: _Writer, number: int, serials: list[str]) -> None:
    picker, packer, document = writer.someone(), writer.someone(), f"SO-B{number:06d}"
    writer.later()
    for serial in serials:
        writer.write(picker, "picking", item=ITEM, serial=serial, document=document, line=1)
    for place, serial in enumerate(serials):
        carton = f"34012345{number % 10**7:07d}{place // CARTON_UNITS:03d}"
        if place % CARTON_UNITS == 0:
            writer.write(packer, "packing", container=carton, document=document)
        writer.write(
            packer,
            "packing",
            action="ADD",
            item=ITEM,
            serial=serial,
            parent_container=carton,
            document=document,
        )
    for serial in serials:
        writer.write(packer, "shipping", item=ITEM, serial=serial, document=document, line=1, party="NORTH")
    writer.write(packer, "completing", document=document)


def _by_turns(writer: _Writer, a_batch: int) -> Iterator[Sent]:
    """Every handheld sends a batch, then every one its next."""
    links = {who: chain.first_link(name, 1, "bench") for who, name in enumerate(writer.names)}
    longest = max(map(len, writer.bodies.values()))
    for start in range(0, longest, a_batch):
        for who in sorted(writer.bodies):
            bodies = writer.bodies[who][start : start + a_batch]
            if bodies:
                batch = wire.batch_of(epoch=1, first=start + 1, prev_chain=links[who], bodies=bodies)
                links[who] = bytes.fromhex(batch.last_chain)
                yield Sent(who, batch)
