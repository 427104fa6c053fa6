"""Ways to get copied handhelds wrong after a server was put back."""

from __future__ import annotations

from contextlib import AbstractContextManager
from unittest.mock import patch

from scanner_app import feeding, server_marks
from scanner_app.journal import Journal
from tests.simulation.faulty import Bug


def _epochs_counted_only() -> AbstractContextManager[object]:
    """Of an earlier epoch, the number alone says that the server has the same events."""
    return patch.object(server_marks, "_dispute_earlier", lambda *_: None)


def _confirmed_is_ours() -> AbstractContextManager[object]:
    """What another life of the server confirmed is believed to be in this one."""
    return patch.object(feeding, "_of_this_life", lambda journal, _: Journal.acked(journal))


def _nothing_in_common_looked_for() -> AbstractContextManager[object]:
    """A fork is told, and what was confirmed before stays confirmed."""
    return patch.object(server_marks, "dispute", lambda *_: None)


BUGS: dict[str, Bug] = {
    "epochs counted only": _epochs_counted_only,
    "confirmed is ours": _confirmed_is_ours,
    "no event in common sought": _nothing_in_common_looked_for,
}
