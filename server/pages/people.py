"""Names behind badges and device ids, so that a page can say who."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from server import devices, replica
from server.storage import Reader
from sync.wire import OperatorRow

PEOPLE_MAX = 5000


class Names(NamedTuple):
    """What to call whom."""

    devices: dict[str, str]
    """Device id -> name."""
    people: dict[tuple[str, str], str]
    """(site, badge) -> name."""


def names(reader: Reader) -> Names:
    """Everybody's name."""
    rows = replica.listing(reader, "operator", limit=PEOPLE_MAX)
    return Names(
        devices={device.id: device.name for device in devices.everyone(reader)},
        people={
            (site, badge): msgspec.json.decode(body, type=OperatorRow).name for badge, site, body in rows
        },
    )
