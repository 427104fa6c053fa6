"""The cache file: compact units by serial, by item and by tail; lost or damaged it is begun again."""

from __future__ import annotations

from itertools import chain, combinations
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner_app.cache import UNITS_A_STATEMENT, Cache
from scanner_app.cache_feed import load_site
from sync.cache_file import straight, turned
from tests.scanner_app.floor import site_named
from tracking.lifecycle import FLAGS, STATUSES
from tracking.pins import pin_matches
from tracking.units import UnitState


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    cache = Cache(tmp_path / "cache.db")
    load_site(cache, site_named())
    return cache


def test_one_serial_two_units(cache: Cache) -> None:
    assert {unit.item for unit in cache.units_of_serial("SN-600001")} == {"PUMP-100", "VALVE-9"}
    found = cache.unit("VALVE-9", "SN-600001")
    assert found is not None
    assert found.status == "received"
    assert cache.unit("MOTOR-7", "SN-600001") is None
    assert cache.unit("NO-SUCH", "SN-600001") is None


def test_serials_are_exact(cache: Cache) -> None:
    assert cache.units_of_serial("sn-000001") == []
    assert cache.units_of_serial("SN-000001 ") == []
    assert cache.units_of_serial("SN-00000%") == []


def test_by_the_last_characters(cache: Cache) -> None:
    assert ("PUMP-100", "SN-000013") in cache.units_ending("000013", 20)
    assert cache.units_ending("0013", 20) == [("PUMP-100", "SN-000013")]
    assert cache.units_ending("N-000013", 20) == [("PUMP-100", "SN-000013")]
    assert cache.units_ending("%%%%", 20) == []
    assert {serial[-4:] for _, serial in cache.units_ending("0013", 20)} == {"0013"}
    assert len(cache.units_ending("0000", 3)) <= 3


def test_flags_and_details_are_kept(cache: Cache) -> None:
    found = cache.unit("PUMP-100", "SN-000022")
    assert found is not None
    assert found.flags == ("held", "recalled", "stolen")
    shipped = cache.unit("PUMP-100", "SN-000013")
    assert shipped is not None
    assert (shipped.customer, shipped.sold_on, shipped.document) == ("NORTH", "2026-01-15", "SO-OLD")


def test_a_unit_without_details_is_known_by_status_and_flags(cache: Cache) -> None:
    cache.connection.execute("UPDATE unit SET more = NULL, state = state & 255")
    (found,) = cache.units_of_serial("SN-000012")
    assert found == UnitState(item="PUMP-100", serial="SN-000012", status="received", flags=("stolen",))


def test_whatever_is_known_of_a_unit_is_read_back(cache: Cache) -> None:
    told: dict[type, object] = {str: "X", int: 7}
    known = {"status": "shipped", "flags": ("held",), "seen_earlier": (("C-1", 1),)}
    fields = [field for field in msgspec.structs.fields(UnitState) if field.name not in {"item", "serial"}]
    one_each = [{field.name: known.get(field.name, told.get(field.type))} for field in fields]
    everything = {name: value for one in one_each for name, value in one.items()}
    units = [
        msgspec.convert({"item": f"ITEM-{number % 3}", "serial": f"R-{number:05d}", **fields}, UnitState)
        for number, fields in enumerate([{}, *one_each, everything] * 3)
    ]
    assert len(units) > 2 * UNITS_A_STATEMENT
    for some in (units, units[:1], units[: UNITS_A_STATEMENT + 1]):
        with cache.transaction():
            cache.put_units(some)
        assert [cache.unit(unit.item, unit.serial) for unit in units] == units


def test_what_many_units_have_in_common_is_written_once(cache: Cache) -> None:
    common = {
        "item": "PUMP-100",
        "status": "shipped",
        "site": "MEM",
        "customer": "NORTH",
        "sold_on": "2026-01-15",
    }
    units = [msgspec.convert(common | {"serial": f"AB-{number:06d}"}, UnitState) for number in range(50)]
    before = cache.connection.execute("SELECT count(*) FROM shape").fetchone()[0]
    with cache.transaction():
        cache.put_units(units)
    assert cache.connection.execute("SELECT count(*) FROM shape").fetchone()[0] == before + 1
    assert (
        cache.connection.execute(
            "SELECT count(*) FROM unit WHERE turned LIKE '0000%AB-' AND more IS NOT NULL"
        ).fetchone()[0]
        == 0
    )
    again = Cache(cache.path)
    assert [again.unit("PUMP-100", unit.serial) for unit in units] == units
    with again.transaction():
        again.empty()
        again.put_units(units[:1])
    assert again.unit("PUMP-100", units[0].serial) == units[0]
    again.close()


def _fail_half_way(cache: Cache) -> None:
    with cache.transaction():
        cache.put_meta("cursor", "99")
        cache.put_units([UnitState(item="NEW-ITEM", serial="1", status="received")])
        raise ZeroDivisionError


def test_a_transaction_is_whole_or_not_at_all(cache: Cache) -> None:
    with pytest.raises(ZeroDivisionError):
        _fail_half_way(cache)
    assert cache.meta("cursor") == ""
    assert cache.units_of_serial("1") == []
    with cache.transaction():
        cache.put_units([UnitState(item="OTHER-ITEM", serial="2", status="received")])
        cache.put_units([UnitState(item="NEW-ITEM", serial="2", status="received")])
    assert {unit.item for unit in cache.units_of_serial("2")} == {"OTHER-ITEM", "NEW-ITEM"}


@pytest.mark.parametrize("content", [b"", b"this is no database" * 100])
def test_a_damaged_file_is_begun_again(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "cache.db").write_bytes(content)
    cache = Cache(tmp_path / "cache.db")
    assert cache.unit_count() == 0
    assert cache.replaced == bool(content)
    cache.close()


def test_another_layout_is_begun_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")
    load_site(cache, site_named())
    cache.connection.execute("PRAGMA user_version=99")
    cache.close()
    again = Cache(tmp_path / "cache.db")
    assert (again.replaced, again.unit_count()) == (True, 0)
    again.close()


def test_pins_are_hashes(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache.db")
    load_site(cache, site_named("staffed", operators=[{"badge": "OP-8", "pin": "my-pin"}, {"badge": "OP-7"}]))
    body = cache.record("operator", "OP-8")
    assert b"my-pin" not in body
    hashed = body.split(b'"pin_hash":"')[1].split(b'"')[0].decode()
    assert pin_matches("my-pin", hashed)
    assert b"pin_hash" not in cache.record("operator", "OP-7")
    cache.close()


def test_orders_begin_with_what_the_units_say(tmp_path: Path) -> None:
    units = [{"item": "PUMP-100", "serial": "SN-1", "status": "received", "document": "PO-1"},
             {"item": "PUMP-100", "serial": "SN-2", "status": "planned", "document": "PO-1"}]  # fmt: skip
    cache = Cache(tmp_path / "cache.db")
    load_site(cache, site_named(units=units))
    assert b'"1":1' in cache.record("tally", "PO-1")
    cache.close()


def test_a_unit_of_which_no_more_is_known_takes_a_row_of_few_bytes_and_nothing_else(cache: Cache) -> None:
    plain = [UnitState(item="PUMP-100", serial=f"X{number:09}", status="shipped") for number in range(50_000)]
    cache.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = cache.path.stat().st_size
    for start in range(0, len(plain), 5000):
        with cache.transaction():
            cache.put_units(plain[start : start + 5000])
    cache.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert (cache.path.stat().st_size - before) / len(plain) <= 46
    assert cache.unit("PUMP-100", "X000012345") == plain[12_345]
    assert [serial for _, serial in cache.units_ending("012345", 5)] == ["X000012345"]


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_with_every_flag_comes_back_as_it_was(cache: Cache, status: str) -> None:
    units = [
        UnitState(item="PUMP-100", serial=f"Y{number}", status=status, flags=tuple(sorted(flags)))
        for number, flags in enumerate(
            chain.from_iterable(combinations(FLAGS, n) for n in range(len(FLAGS) + 1))
        )
    ]
    with cache.transaction():
        cache.put_units(units)
    assert [cache.unit(unit.item, unit.serial) for unit in units] == units
    (bodies,) = cache.connection.execute("SELECT count(more) FROM unit WHERE turned GLOB 'Y*'").fetchone()
    assert bodies == 0


@pytest.mark.parametrize("tail", ["AB12", "0AB12", "00AB12", "100AB12", "X100AB12", "Ä\U0001f6001"])
def test_a_tail_of_any_length_finds_exactly_what_ends_so(cache: Cache, tail: str) -> None:
    serials = [
        "AB12",
        "0AB12",
        "00AB12",
        "100AB12",
        "X100AB12",
        "2X100AB12",
        "00AB12100AB1",
        "100AB1",
        "AB1200AB",
    ]
    serials += ["Ä\U0001f6001", "ZÄ\U0001f6001", "WXYZÄ\U0001f6001"]
    with cache.transaction():
        cache.put_units(UnitState(item="PUMP-100", serial=serial) for serial in serials)
    expected = sorted(serial for serial in serials if serial.endswith(tail))
    assert sorted(serial for _, serial in cache.units_ending(tail, 99)) == expected


@given(st.text(max_size=20))
def test_a_turned_serial_number_is_turned_back(serial: str) -> None:
    assert straight(turned(serial)) == serial
