"""A page of the feed goes into the cache whole or not at all, however many units it has."""

from __future__ import annotations

from pathlib import Path
from random import Random

import msgspec
import pytest

from scanner_app.cache import Cache
from scanner_app.cache_feed import UNITS_A_PUT, apply_page
from sync.wire import FeedPage, FeedRow, WireError, pair_key
from tracking.units import UnitState

UNITS = 3 * UNITS_A_PUT + 7


def row(unit: UnitState) -> FeedRow:
    body = msgspec.Raw(msgspec.json.encode(unit))
    return FeedRow(seq=1, table="unit", key=pair_key(unit.item, unit.serial), row=body)


def page(*rows: FeedRow) -> FeedPage:
    return FeedPage(generation="g", rows=list(rows), next=7, more=False, applied={}, server_ms=1)


def scattered(status: str) -> list[UnitState]:
    serials = [f'S"{number:05d}\\{number % 10}' for number in range(UNITS)]
    Random(1).shuffle(serials)
    return [UnitState(item="PUMP", serial=serial, status=status, lot=f"L{serial[-1]}") for serial in serials]


def test_every_unit_of_a_page_is_there_afterwards_and_what_is_gone_is_not(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")
    units = scattered("received")
    assert apply_page(cache, page(*map(row, units)))
    assert [cache.unit("PUMP", unit.serial) for unit in units] == units
    shipped = scattered("shipped")
    gone = FeedRow(seq=2, table="unit", key=pair_key("PUMP", units[0].serial), op="del")
    assert apply_page(cache, page(*map(row, shipped[1:]), gone))
    assert [cache.unit("PUMP", unit.serial) for unit in shipped[1:]] == shipped[1:]
    assert cache.unit_count() == UNITS - 1
    cache.close()


@pytest.mark.parametrize(
    "body", ['{"item": "PUMP"}', '{"item": "PUMP", "serial": "Z", "status": "molten"}', "7"]
)
def test_one_row_that_is_none_keeps_the_whole_page_out(body: str, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")
    wrong = FeedRow(seq=1, table="unit", key='["PUMP","ZZZZZZ"]', row=msgspec.Raw(body.encode()))
    with pytest.raises((msgspec.MsgspecError, WireError)):
        apply_page(cache, page(*map(row, scattered("received")), wrong))
    assert (cache.unit_count(), cache.meta("cursor")) == (0, "")
    assert apply_page(cache, page(row(UnitState(item="PUMP", serial="A", status="received"))))
    assert cache.unit_count() == 1
    cache.close()
