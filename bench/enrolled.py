"""Devices for the ingest benchmark: enrolled as real ones are."""

from __future__ import annotations

from server import enrollment
from server.central import clock_ms
from server.storage import Storage
from sync.wire import Enroll, NewCode


def enrolled(storage: Storage) -> tuple[str, str]:
    """``(device, token)`` of a new device."""
    code = enrollment.new_code(storage, NewCode(site="HAM"), clock_ms()).code
    new = enrollment.enroll(storage, Enroll(code=code), enrollment.Guesses(), clock_ms())
    return new.device, new.token
