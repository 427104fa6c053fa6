"""A recall of one component lot through three levels to the shipped products, among a million links.

Against the bare recursive SQL that names the shipped products, on the very same tables and indexes.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter_ns

from bench.figures import Figure, Result, median, p99
from bench.room import Room
from server.open_storage import open_storage
from server.recall import recall
from server.storage import Reader, Storage
from tracking.recall import Recall, wanted

PRODUCTS = (100_000, 500)
SUBS, COMPONENTS = 2, 4
"""Sub-assemblies of a product, components of a sub-assembly: ten links a product."""
LOT_COMPONENTS = (1000, 100)
TIMES = (60, 5)
BUDGET = 1.5
BYTES_FREE = 2 * 2**30

_BARE = """WITH RECURSIVE up (item, serial, status, customer, parent_item, parent_serial) AS (
SELECT item, serial, status, customer, parent_item, parent_serial FROM unit WHERE lot = ? AND lot <> '' AND supplier = ?
UNION SELECT u.item, u.serial, u.status, u.customer, u.parent_item, u.parent_serial
    FROM up JOIN unit u ON u.item = up.parent_item AND u.serial = up.parent_serial WHERE up.parent_serial <> ''
) SELECT item, serial, customer FROM up WHERE status = 'shipped'"""

_INSERT = """INSERT INTO unit (item, serial, serial_reversed, status, flags, site, location, lot, document, parent_item,
parent_serial, bom_position, supplier, customer) VALUES (?, ?, ?, ?, '', 'HAM', '', ?, '', ?, ?, '', ?, ?)"""

Values = tuple[str, ...]


def run(room: Room) -> Result:
    """Fills the tables, then asks for one lot after the other, by turns in both ways."""
    if not room.quick:
        room.need(BYTES_FREE)
    products, in_lot = room.size(*PRODUCTS), room.size(*LOT_COMPONENTS)
    lots = products * SUBS * COMPONENTS // in_lot
    storage = open_storage(room.folder / "recall.db")
    try:
        with storage.write() as tx:
            tx.run_many(_INSERT, _units(products, lots))
        ours, bare = _by_turns(storage, lots, room.size(*TIMES))
    finally:
        storage.close()
    links = products * (SUBS + SUBS * COMPONENTS)
    return Result(
        benchmark="recall",
        against="the bare recursive SQL on the same tables",
        figures=(
            Figure(name="recall / bare SQL, p50", value=median(ours) / median(bare), unit="x", budget=BUDGET),
            Figure(name="recall, p50", value=median(ours), unit="ms"),
            Figure(name="recall, p99", value=p99(ours), unit="ms"),
            Figure(name="bare SQL, p50", value=median(bare), unit="ms"),
        ),
        notes=(f"{links:,} links, {lots:,} lots of {in_lot:,} components",),
    )


def _units(products: int, lots: int) -> Iterator[Values]:
    """Rows: every product is shipped, and a lot's components are in as many products as can be."""
    for product in range(products):
        yield _unit("PUMP", product, "shipped", customer=f"C-{product % 50}")
    for sub in range(products * SUBS):
        yield _unit("MOTOR", sub, "consumed", parent=("PUMP", sub // SUBS))
    for number in range(products * SUBS * COMPONENTS):
        yield _unit(
            "ROTOR", number, "consumed", lot=f"L{number % lots}", parent=("MOTOR", number // COMPONENTS)
        )


def _unit(
    item: str,
    number: int,
    status: str,
    *,
    lot: str = "",
    parent: tuple[str, int] | None = None,
    customer: str = "",
) -> Values:
    serial = f"SN-{number:08d}"
    above = (parent[0], f"SN-{parent[1]:08d}") if parent else ("", "")
    return (item, serial, serial[::-1], status, lot, *above, "ACME" if lot else "", customer)


def _by_turns(storage: Storage, lots: int, times: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each recall and of each bare query; what they find is compared."""
    ours: list[float] = []
    bare: list[float] = []
    with storage.read() as reader:
        for turn in range(times):
            lot = f"L{turn * 7 % lots}"
            _warm(reader, lot)
            begin = perf_counter_ns()
            found = recall(reader, wanted(lot=lot, supplier="ACME"))
            middle = perf_counter_ns()
            rows = reader.rows(_BARE, lot, "ACME")
            bare.append((perf_counter_ns() - middle) / 1e6)
            ours.append((middle - begin) / 1e6)
            assert _shipped(found) == {(row[0], row[1]) for row in rows}
    return ours, bare


def _warm(reader: Reader, lot: str) -> None:
    """The pages of this lot are read once, so that neither way pays for the disk."""
    reader.rows(_BARE, lot, "ACME")


def _shipped(found: Recall | None) -> set[tuple[str, str]]:
    return {(one.item, one.serial) for one in found.affected if one.status == "shipped"} if found else set()
