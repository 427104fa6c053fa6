"""What the server makes of an event whose clock cannot be right: it was received before the time that it gives.

A broken or forged handheld that writes the year 2100 would sort behind everything for ever: no later scan by anybody
would change that unit any more. So it counts as written when it was received. That is a reading of the event and no
change of it: its bytes, its hash and its name stay, and the same bytes received at the same time always read the same.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from tracking import clock
from tracking.events import Event


def as_received(event: Event, received_ms: int) -> Event:
    """The event as it counts, ``received_ms`` being the server's time when it received it, milliseconds since 1970.

    The very same one where its clock can be right. Else :attr:`Event.said_hlc` keeps what the device gave. ``at`` is
    judged by itself: a hybrid clock never goes back, and may be far ahead long after the wall clock was set right.
    """
    if not clock.ahead(event.hlc, received_ms):
        return event
    said = _moment(event.at)
    wrong = said is None or _ms(said) > received_ms + clock.AHEAD_MS_MAX
    before_ms = clock.AWAY_MS_MAX if said is None or wrong else max(0, received_ms - _ms(said))
    there = said.tzinfo if said is not None else UTC
    received = datetime.fromtimestamp(received_ms / 1000, there).isoformat(timespec="milliseconds")
    return msgspec.structs.replace(
        event,
        hlc=clock.pack(received_ms),
        said_hlc=event.hlc,
        at=received if wrong and event.at else event.at,
        said_at=event.at if wrong else "",
        clock="ahead",
        offset_ms=before_ms,
    )


def _moment(at: str) -> datetime | None:
    """None where it is no moment; one without an offset is taken for UTC."""
    try:
        said = datetime.fromisoformat(at)
    except ValueError:
        return None
    return said if said.tzinfo is not None else said.replace(tzinfo=UTC)


def _ms(said: datetime) -> int:
    return round(said.timestamp() * 1000)
