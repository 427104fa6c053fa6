"""What the handheld shows of a unit is the fold of all events, however far the server's picture of it has come."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from scanner_app.cache_feed import load_site
from scanner_app.on_top import with_own
from scanner_app.overlay import OverlayRow
from scanner_app.recall import recall
from tests.scanner_app.floor import Floor, site_named
from tracking import clock
from tracking.events import Event
from tracking.moments import moment_ms
from tracking.recall import Wanted
from tracking.units import UnitState, fold

ITEM, SERIAL = "PUMP-100", "SN-1"
STEPS = ["receiving", "hold", "release", "picking", "shipping", "undo", "undo"]


def _own(names: list[str]) -> list[OverlayRow]:
    """The events of one device with the state before each, as the session keeps them; an undo takes the last back."""
    rows: list[OverlayRow] = []
    standing: list[int] = []
    for name in names:
        seq = len(rows) + 1
        at = f"2026-11-23T08:00:{seq:02}.000+01:00"
        fields: dict[str, Any] = {
            "item": ITEM,
            "serial": SERIAL,
            "hlc": seq,
            "at": at,
            "device": "hh",
            "epoch": 1,
            "seq": seq,
        }
        state = fold(ITEM, SERIAL, [row.event for row in rows]).state
        before = msgspec.msgpack.encode(state)
        if name == "undo":
            if not standing:
                continue
            taken = rows[standing.pop()]
            original = taken.event
            event = Event(
                step=original.step, action=original.action, flag=original.flag, cancels=original.ref, **fields
            )
            before = taken.before
        else:
            step, action, flag = {
                "hold": ("holding", "ADD", "held"),
                "release": ("holding", "DELETE", "held"),
            }.get(name, (name, "OBSERVE", ""))
            event = Event(
                step=step, action=action, flag=flag, location=f"B-{seq}", document="D", reason=name, **fields
            )
            standing.append(len(rows))
        rows.append(OverlayRow(event, before))
    return rows


@given(st.lists(st.sampled_from(STEPS), max_size=9))
def test_cache_and_own_events_come_to_the_whole_fold(names: list[str]) -> None:
    rows = _own(names)
    whole = fold(ITEM, SERIAL, [row.event for row in rows]).state
    for covered in range(len(rows) + 1):
        base = fold(ITEM, SERIAL, [row.event for row in rows[:covered]]).state
        shown = with_own(base, rows[covered:])
        assert _visible(shown) == _visible(whole), f"the cache shows the first {covered}"


def _opening(second: int) -> Event:
    """A file that the office loaded between two seconds of the own work."""
    at = f"2026-11-23T08:00:{second:02}.500+01:00"
    return Event(
        step="commissioning", action="ADD", item=ITEM, serial=SERIAL, status="received", evidence="imported", lot="L7",
        party="ACME", location="FILE", at=at, hlc=clock.pack(moment_ms(at, UTC)), device="office", epoch=1, seq=1,
    )  # fmt: skip


@given(st.lists(st.sampled_from(STEPS), max_size=9), st.integers(0, 10))
def test_a_file_finds_its_place_between_own_events(names: list[str], second: int) -> None:
    """The cache shows the file alone, as it does before the server has heard of the own events."""
    opening = _opening(second)
    rows = [
        row._replace(event=msgspec.structs.replace(row.event, hlc=clock.pack(moment_ms(row.event.at, UTC))))
        for row in _own(names)
    ]
    base = fold(ITEM, SERIAL, [opening]).state
    whole = fold(ITEM, SERIAL, [opening, *(row.event for row in rows)]).state
    assert _visible(with_own(base, rows)) == _visible(whole)


def test_a_file_without_a_time_lies_below_everything() -> None:
    base = msgspec.structs.replace(fold(ITEM, SERIAL, [_opening(5)]).state, at="", ref="")
    rows = _own(["picking"])
    assert with_own(base, rows).status == "picked"


def test_a_file_loaded_here_after_the_scans_tells_what_they_left_out(tmp_path: Path) -> None:
    floor = Floor(tmp_path, site_named("warehouse"))
    floor.command("workflow", "receiving")
    floor.scan("PO-1")
    floor.command("location", "HAM-A-01-2")
    assert floor.scan("SN-200001").verdict.code == "received"
    scanned = floor.session.knows.unit("PUMP-100", "SN-200001")
    told = {"item": "PUMP-100", "serial": "SN-200001", "lot": "L7", "supplier": "BOLT", "location": "MOON"}
    old = {"item": "PUMP-100", "serial": "SN-000001", "lot": "L7", "location": "MOON"}
    load_site(floor.handheld.cache, site_named("warehouse", units=[told, old]))
    floor.handheld.renew_session()
    unit = floor.session.knows.unit("PUMP-100", "SN-200001")
    assert (unit.status, unit.location, unit.lot) == ("received", scanned.location, "L7")
    assert unit.supplier == "ACME", "the order that it was received on told its supplier"
    assert (unit.ref, unit.document) == (scanned.ref, scanned.document)
    found = recall(floor.handheld, Wanted(lot="L7", supplier="ACME"))
    assert found is not None
    assert [one.serial for one in found.affected] == ["SN-200001"]
    # What was never scanned stands where the file says.
    assert floor.session.knows.unit("PUMP-100", "SN-000001").location == "MOON"


def test_what_was_taken_back_long_ago_does_not_take_away_what_was_done_since() -> None:
    """The server was put back, and is asked whose events it shows: the cancellation counts as own until it says."""
    taken, back, again = (row.event for row in _own(["receiving", "undo", "receiving"]))
    anew = msgspec.structs.replace(again, epoch=4, seq=1)
    alone = OverlayRow(back, b"")  # a backup holds the event that it took back: it is not kept here any more
    for events, status in (([taken, back, anew], "received"), ([taken], "unknown")):
        base = fold(ITEM, SERIAL, events).state
        assert with_own(base, [alone]).status == status


def _visible(state: UnitState) -> UnitState:
    """Why it was held once is not kept when several holds were taken back."""
    return msgspec.structs.replace(state, reason="")


def test_nothing_known_and_nothing_done() -> None:
    assert with_own(UnitState(item=ITEM, serial=SERIAL), []) == UnitState(item=ITEM, serial=SERIAL)
