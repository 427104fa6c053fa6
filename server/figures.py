"""The server's figures for a monitoring system, in Prometheus' text format (``GET /metrics``).

What happens in this process is counted as it happens; where several processes serve one address, they count into
files of one folder (``PROMETHEUS_MULTIPROC_DIR``), and any of them answers for all. What stands in the database is
looked up when it is asked for, so it is the same whichever process answers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from server import devices, ledger, projection, replica
from server.storage import Reader, Storage

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Where the processes of one server count together; set before the first of them begins (server/production.py)."""
SEEN_MS = 15 * 60_000
"""A handheld that was heard of within this time is at work."""
_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_ROWS = (0, 1, 10, 100, 1000, 10_000, 100_000, 1_000_000)


class Figures:
    """What one process counts, and how the whole is told."""

    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self.batches = Counter(
            "scanner_batches", "Uploads by answer: stored, duplicate, gap, fork, fenced.", ["answer"],
            registry=registry,
        )  # fmt: skip
        self.refusals = Counter(
            "scanner_refusals", "Requests refused, by the word of the refusal.", ["error"], registry=registry
        )
        self.seconds = Histogram(
            "scanner_request_seconds", "Time to answer; a feed that waited for news is left out.",
            ["call", "method"], buckets=_SECONDS, registry=registry,
        )  # fmt: skip
        self.feed_rows = Histogram(
            "scanner_feed_rows", "Rows of a page of the feed; full pages go to handhelds that are far behind.",
            buckets=_ROWS, registry=registry,
        )  # fmt: skip

    def told(self, storage: Storage, now_ms: int) -> bytes:
        """Everything as text. Raises :class:`server.storage.StorageError`."""
        registry = self._registry
        if os.environ.get(FOLDER_VARIABLE):
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        with storage.read() as reader:
            standing = CollectorRegistry()
            standing.register(_Standing(list(_stand(reader, now_ms, storage.bytes_used()))))
        return generate_latest(registry) + generate_latest(standing)


class _Standing:
    """Figures that were looked up, as prometheus-client asks for them."""

    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """All of them."""
        yield from self._found


def _stand(reader: Reader, now_ms: int, bytes_used: int) -> Iterator[Metric]:
    """What the database says just now."""
    yield CounterMetricFamily("scanner_events", "Events in the ledger.", value=ledger.head(reader))
    folded = projection.folded(reader)
    oldest = reader.row("SELECT received_ms FROM ledger WHERE position > ? ORDER BY position LIMIT 1", folded)
    waiting_s = max(0, now_ms - int(oldest[0])) / 1000 if oldest else 0.0
    for name, text, value in (
        ("scanner_fold_lag_events", "Events that units and feed do not show yet.", projection.lag(reader)),
        ("scanner_fold_lag_seconds", "How long the oldest of them has been waiting.", waiting_s),
        ("scanner_feed_rows_last", "Number of the feed's newest row.", replica.head(reader)),
        ("scanner_exceptions", "Contradictions that stand.", _count(reader, "exception")),
        ("scanner_quarantined", "Events that nobody here understood.", _count(reader, "quarantine")),
        ("scanner_database_bytes", "Size of the database.", bytes_used),
    ):
        yield GaugeMetricFamily(name, text, value=value)
    backed_up = reader.row("SELECT value FROM meta WHERE name = 'backed_up_ms'")
    if backed_up:  # absent where there was none: an alert on absence is the one for a new server
        yield GaugeMetricFamily(
            "scanner_backup_age_seconds", "Since the last backup that was taken and checked.",
            value=max(0, now_ms - int(backed_up[0])) / 1000,
        )  # fmt: skip
    known = [one for one in devices.everyone(reader) if one.id != devices.OFFICE and not one.revoked]
    yield GaugeMetricFamily("scanner_devices", "Handhelds that may send.", value=len(known))
    yield GaugeMetricFamily(
        "scanner_devices_seen", "Handhelds heard of in the last quarter of an hour.",
        value=sum(one.seen_ms > now_ms - SEEN_MS for one in known),
    )  # fmt: skip
    yield GaugeMetricFamily(
        "scanner_events_pending", "Events that handhelds said they still have.",
        value=sum(one.pending for one in known),
    )  # fmt: skip


def _count(reader: Reader, table: str) -> int:
    row = reader.row(f"SELECT count(*) FROM {table}")  # noqa: S608 - a constant
    return int(row[0]) if row else 0
