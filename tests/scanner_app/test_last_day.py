"""The last day of a unit is the site's day: at the site's midnight it is over, wherever the clock of the server is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner_app.answer import Answer
from tests.scanner_app.floor import Floor, site_named
from tracking.identifiers.hibc import check_character

ITEM = {"item": "SERUM", "gtins": ["09521234543213"], "requires": ["expiry"]}
ORDER = {"type": "purchase_order", "number": "PO-1", "lines": [{"item": "SERUM", "quantity": 99}]}
LEAVING = {"type": "sales_order", "number": "SO-1", "lines": [{"item": "SERUM", "quantity": 99}]}


class Site:
    """Receives one unit after the other at moments that are given in UTC."""

    def __init__(self, folder: Path, timezone: str, start: str) -> None:
        site = site_named(
            timezone=timezone,
            today="",
            items=[ITEM],
            documents=[ORDER, LEAVING],
            units=[],
            locations=[],
            operators=[],
        )
        self.floor = Floor(folder, site)
        self.number = 0
        self.at(start)

    def at(self, moment: str) -> None:
        """Moves the clock on to this moment of UTC."""
        wanted_ms = round(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000)
        self.floor.clock.advance(wanted_ms - self.floor.clock.wall_ms())

    def receive(self, expiry: str) -> Answer:
        """A unit with this expiry in GS1's six digits."""
        self.number += 1
        return self.floor.scan(f"]C10109521234543213{'17' + expiry}21S{self.number}")


DAYS = [
    # The last day, the time zone, and the last moment and the first that is too late, in UTC.
    ("261123", "Europe/Berlin", "2026-11-23T22:59:50", "2026-11-23T23:00:10"),
    ("261123", "America/Los_Angeles", "2026-11-24T07:59:50", "2026-11-24T08:00:10"),
    ("261123", "Pacific/Auckland", "2026-11-23T10:59:50", "2026-11-23T11:00:10"),
    ("261123", "", "2026-11-23T23:59:50", "2026-11-24T00:00:10"),
    # The days of 23 and of 25 hours.
    ("270328", "Europe/Berlin", "2027-03-28T21:59:50", "2027-03-28T22:00:10"),
    ("261025", "Europe/Berlin", "2026-10-25T22:59:50", "2026-10-25T23:00:10"),
    # A month alone is its last day, also in February of a leap year.
    ("261100", "Europe/Berlin", "2026-11-30T22:59:50", "2026-11-30T23:00:10"),
    ("280200", "Europe/Berlin", "2028-02-29T22:59:50", "2028-02-29T23:00:10"),
]
MOMENTS = pytest.mark.parametrize(("expiry", "timezone", "last", "late"), DAYS)


@contextmanager
def site(folder: Path, timezone: str, start: str, task: str, document: str) -> Iterator[Site]:
    made = Site(folder, timezone, start)
    made.floor.command("workflow", task)
    made.floor.scan(document)
    yield made
    made.floor.close()


@MOMENTS
def test_goods_that_come_in_are_usable_through_the_sites_last_day(
    tmp_path: Path, expiry: str, timezone: str, last: str, late: str
) -> None:
    with site(tmp_path, timezone, last, "receiving", "PO-1") as here:
        assert here.receive(expiry).verdict.code == "expires_soon"
        here.at(late)
        stopped = here.receive(expiry)
        assert stopped.verdict.code == "expired", stopped.message


@MOMENTS
def test_what_was_taken_on_the_last_day_does_not_leave_the_day_after(
    tmp_path: Path, expiry: str, timezone: str, last: str, late: str
) -> None:
    with site(tmp_path, timezone, last, "receiving", "PO-1") as here:
        here.receive(expiry)
        here.receive(expiry)
        here.floor.command("workflow", "shipping")
        here.floor.scan("SO-1")
        assert here.floor.scan("]C10109521234543213" + "21S1").verdict.level in {"ok", "note"}
        here.at(late)
        assert here.floor.scan("]C10109521234543213" + "21S2").verdict.code == "expired"


@pytest.mark.parametrize(
    ("code", "plain"), [("+A999PUMP1001/$$1126LOT7", "2026-11-30"), ("11/2026", "2026-11-30")]
)
def test_a_label_with_a_month_alone_is_stored_with_its_last_day(
    tmp_path: Path, code: str, plain: str
) -> None:
    """HIBC writes MMYY, people a month and a year."""
    item = {"item": "A999PUMP100", "gtins": ["09521234543220"], "requires": ["expiry"]}
    order = {"type": "purchase_order", "number": "PO-1", "lines": [{"item": "A999PUMP100", "quantity": 9}]}
    floor = Floor(
        tmp_path, site_named(today="", items=[item], documents=[order], units=[], locations=[], operators=[])
    )
    floor.command("workflow", "receiving")
    floor.scan("PO-1")
    floor.scan("]C1010952123454322021S1")
    floor.scan(code + check_character(code) if code.startswith("+") else code)
    received = [event for event in floor.events() if event.step == "receiving"]
    assert [event.expiry for event in received] == [plain]
    floor.close()
