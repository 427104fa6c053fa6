"""A moment as a person writes it: a date, which means all of that day, or a date with a time."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from tracking.dates import parse_iso

_EPOCH_MS_PER_S = 1000


def moment_ms(text: str, where: tzinfo) -> int:
    """The last millisecond of a date at a place, or an ISO 8601 moment; one without an offset is local there.

    Raises :class:`ValueError` with one plain sentence.
    """
    day = parse_iso(text)
    if day is not None:
        after = datetime(day.year, day.month, day.day, tzinfo=where) + timedelta(days=1)
        return int(after.timestamp() * _EPOCH_MS_PER_S) - 1
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"{text[:40]!r} is no date: write it as 2026-11-23, or with a time behind it"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=where)
    return int(moment.timestamp() * _EPOCH_MS_PER_S)
