"""Stamping: who, when, where, with what, onto the business facts that a workflow proposed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

import msgspec

from drivers.scan import Scan
from scanner_app.clockwork import Clock, local_iso
from scanner_app.server_time import Notes, ServerTime
from tracking import clock as hybrid
from tracking.events import Event

RAW_BYTES_MAX = 10_240
"""Raw bytes kept of one scan; hostile ones are longer than any label."""
UNREADABLE_CHARS_MAX = 1000
"""Characters shown of a scan that is no UTF-8: its bytes are kept beside them, and an event has a bound too."""


def raw_fields(scans: Sequence[Scan]) -> dict[str, object]:
    """The raw scan for an event: text where it is UTF-8, hex where it is not."""
    if not scans:
        return {}
    raw = (
        b" | ".join(scan.raw for scan in scans)[:RAW_BYTES_MAX]
        if len(scans) > 1
        else scans[0].raw[:RAW_BYTES_MAX]
    )
    fields: dict[str, object] = {
        "symbology_id": scans[0].symbology_id,
        "source": scans[0].source,
        "evidence": "typed" if scans[0].typed else "scanned",
    }
    try:
        fields["raw"] = raw.decode("utf-8")
    except UnicodeDecodeError:
        fields["raw"] = raw.decode("utf-8", errors="replace")[:UNREADABLE_CHARS_MAX]
        fields["raw_hex"] = raw.hex()
    return fields


class Stamper:
    """Gives events their times and people. Keeps the hybrid clock between commits."""

    def __init__(
        self, clock: Clock, notes: Notes, *, site: str, zone: tzinfo, app: str, place: str = ""
    ) -> None:
        self._clock = clock
        self.site = site
        self.zone = zone
        self._app = app
        self._place = place
        self._server_time = ServerTime(clock, notes)

    def heard_server(self, server_ms: int) -> None:
        """A reply came with the server's time."""
        self._server_time.heard(server_ms)

    def now_ms(self) -> int:
        """The time by the wall clock where it can be believed, else by the server's last word."""
        return self._server_time.now().unix_ms

    def server_ms(self) -> int:
        """The server's time now, as near as it can be known here."""
        return self._server_time.now_ms()

    def stamp(
        self, events: Sequence[Event], scans: Sequence[Scan], *, last_hlc: int, operator: str, task: str
    ) -> list[Event]:
        """The events with everything but their identity. ``last_hlc`` is the newest in the journal."""
        now = self._server_time.now()
        # What follows a reply of the server sorts behind everything that the server knew then.
        hlc = hybrid.tick(hybrid.merge(last_hlc, self._server_time.heard_ms), now.unix_ms)
        stamped: list[Event] = []
        raw = raw_fields(scans)
        for place, event in enumerate(events):
            scan = raw if place == 0 else {"evidence": raw.get("evidence", "scanned")}
            if event.evidence != "scanned":
                # The task knows better how it came by this serial number: it stood between a first and a last.
                scan = {name: value for name, value in scan.items() if name != "evidence"}
            stamped.append(
                msgspec.structs.replace(
                    event,
                    location=event.location or self._place,
                    operator=operator,
                    site=self.site,
                    task=task,
                    at=local_iso(now.unix_ms, self.zone),
                    hlc=hlc + place,
                    mono_ms=self._clock.mono_ns() // 1_000_000,
                    boot=self._clock.boot,
                    clock=now.word,
                    offset_ms=now.offset_ms,
                    app=self._app,
                    **scan,
                )
            )
        return stamped


def repaired(event: Event) -> Event:
    """The event of a scan that the reader had to mend. That an order is complete needs no mending."""
    return msgspec.structs.replace(event, repaired=True) if event.step != "completing" else event
