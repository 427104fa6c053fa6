"""Clocks: the system's, and one for replay that moves only when the script says so."""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tracking.catalogue import word

MINUTE_MS = 60_000


class Clock(Protocol):
    """Wall time, monotonic time, and the name of this boot."""

    boot: str

    def wall_ms(self) -> int:
        """Milliseconds since the Unix epoch, as the device believes."""
        ...

    def mono_ns(self) -> int:
        """Nanoseconds that never go back within a boot."""
        ...


class SystemClock:
    """The device's own clocks."""

    def __init__(self) -> None:
        self.boot = ""
        with contextlib.suppress(OSError):
            self.boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]

    def wall_ms(self) -> int:
        """Milliseconds since the Unix epoch."""
        return time.time_ns() // 1_000_000

    def mono_ns(self) -> int:
        """Nanoseconds since some point before; a handheld that sleeps in its cradle grows older too."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)

    def today(self) -> date:
        """The date in the device's own zone, for what has no site."""
        return datetime.now().astimezone().date()


class SkippingClock(SystemClock):
    """The device's clocks, with time that can be skipped: the demonstration does not wait."""

    def __init__(self) -> None:
        super().__init__()
        self._skipped_ms = 0

    def skip(self, ms: int) -> None:
        """As if this time had passed."""
        self._skipped_ms += ms

    def wall_ms(self) -> int:
        """Milliseconds since the Unix epoch."""
        return super().wall_ms() + self._skipped_ms

    def mono_ns(self) -> int:
        """Nanoseconds since some point before."""
        return super().mono_ns() + self._skipped_ms * 1_000_000


class ReplayClock:
    """Moves by steps: the same script gives the same times on every machine."""

    STEP_MS = 40

    def __init__(self, start_ms: int) -> None:
        self.boot = "replay"
        self._ms = start_ms

    def advance(self, ms: int = STEP_MS) -> None:
        """Lets time pass."""
        self._ms += ms

    def no_earlier(self, start_ms: int) -> None:
        """Goes on to a moment, where it is not past it."""
        self._ms = max(self._ms, start_ms)

    def wall_ms(self) -> int:
        """The script's time."""
        return self._ms

    def mono_ns(self) -> int:
        """The same, in nanoseconds."""
        return self._ms * 1_000_000


def zone_known(name: str) -> bool:
    """True for a time zone of this machine's list, and for none at all (UTC)."""
    return not name or zone(name) is not UTC


def zone(name: str) -> tzinfo:
    """The time zone of a site; UTC where it is not known here."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


@lru_cache(maxsize=4)
def _local_minute(minute: int, where: tzinfo) -> datetime:
    """The local time at which a minute begins. Every scan asks, and offsets only ever change between minutes."""
    return datetime.fromtimestamp(minute * 60, UTC).astimezone(where)


def local_iso(unix_ms: int, where: tzinfo) -> str:
    """ISO 8601 with milliseconds and offset."""
    minute, ms = divmod(unix_ms, MINUTE_MS)
    return (_local_minute(minute, where) + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds")


def local_date(unix_ms: int, where: tzinfo) -> date:
    """The date at the site."""
    return _local_minute(unix_ms // MINUTE_MS, where).date()


def clock_time(iso: str) -> str:
    """``14:02:11`` of an ISO time; empty where it is none."""
    return iso[11:19] if len(iso) >= 19 else ""


def spoken(iso: str, today: date, where: tzinfo, language: str = "en", *, today_is_said: bool = True) -> str:
    """``today 09:14``, ``yesterday 17:02`` or ``2026-11-20 09:14``, at the site, wherever it was written."""
    try:
        moment = datetime.fromisoformat(iso)
        iso = moment.astimezone(where).isoformat() if moment.tzinfo is not None else iso
    except ValueError:
        pass
    day, minute = iso[:10], iso[11:16]
    if day == today.isoformat():
        day = word("today", language) if today_is_said else ""
    elif day == (today - timedelta(days=1)).isoformat():
        day = word("yesterday", language)
    return f"{day} {minute}".strip()


def start_of(today: str, where: tzinfo) -> int:
    """Eight in the morning of a date at the site, as Unix milliseconds."""
    return int(datetime.fromisoformat(f"{today}T08:00:00").replace(tzinfo=where).timestamp() * 1000)
