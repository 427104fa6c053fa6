"""A person's word on an exception: an event in the office's name, so it is in the ledger and in the unit's history.

Settling overwrites neither fact. The exception leaves the list and the handhelds, and stays on the unit's page with
the reason.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from server.site_import import append_in_office_name
from server.storage import Reader, Storage
from server.subjects import SETTLED, Subject, events_of
from tracking import clock
from tracking.events import Event, encode_body
from tracking.exceptions import ExceptionRecord
from tracking.units import without_cancelled

REASON_CHARS_MAX = 500
KEY_CHARS_MAX = 300


class Settlement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody says to an exception."""

    key: str
    """``kind/reference of the second fact``, as the list of exceptions has it."""
    reason: str


class SettlingError(Exception):
    """A word that cannot be taken; the text says why."""


def settle(storage: Storage, said: Settlement, now_ms: int, by: str = "") -> None:
    """Takes a person's word. ``by``: whose, as a caller signs.

    Raises :class:`SettlingError` with one plain sentence.
    """
    reason = said.reason.strip()[:REASON_CHARS_MAX]
    if not reason:
        raise SettlingError("say how it came out: whoever looks at this unit later wants to know")
    with storage.write() as tx:
        row = tx.row("SELECT body FROM exception WHERE key = ?", said.key[:KEY_CHARS_MAX])
        if row is None:
            raise SettlingError("this exception is settled already, or a late event explained it")
        record = msgspec.json.decode(row[0], type=ExceptionRecord)
        event = Event(
            step="settling",
            item=record.item,
            serial=record.serial,
            container=record.container,
            settles=record.key,
            reason=reason,
            operator=by,
            source="office",
            evidence="typed",
            clock="synced",
            hlc=clock.pack(now_ms),
            at=datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds"),
        )
        append_in_office_name(tx, storage.generation, [encode_body(event)], now_ms)


def settled(reader: Reader, limit: int) -> list[Event]:
    """What was settled last, newest first."""
    events = [event for _, event in events_of(reader, Subject(SETTLED, ""))]
    standing = [event for event in without_cancelled(events) if event.settles]
    return standing[::-1][:limit]
