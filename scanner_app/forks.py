"""A copied handheld: the server has other events under the names of its own. They are kept, and it says so."""

from __future__ import annotations

import math

from scanner_app.journal import Journal
from tracking.phrases import Said, phrase

FORKED = "forked"
"""The journal's note of the epochs of which the server holds other events than this handheld, with commas between."""


def forked(journal: Journal) -> frozenset[int]:
    """Epochs of which the server holds other events under the same names."""
    text = journal.meta(FORKED)
    return frozenset(map(int, text.split(","))) if text else frozenset()


def first_forked(journal: Journal) -> float:
    """The earliest of them; infinite for none."""
    return min(forked(journal), default=math.inf)


def note(journal: Journal, epochs: frozenset[int]) -> bool:
    """These and no others. True where that is news."""
    text = ",".join(map(str, sorted(epochs)))
    if journal.meta(FORKED) == text:
        return False
    journal.put_meta(FORKED, text)
    return True


def fork_said(journal: Journal) -> Said:
    """The sentence that stands until a person has looked, also while there is no network; empty without a fork.

    Where a backup of the server had the earlier events, it says from which on the journal still holds its own.
    """
    epochs = forked(journal)
    gone = [anchor.seq for epoch in sorted(epochs) if (anchor := journal.anchor(epoch)) is not None]
    if gone:
        return phrase("link_fork_from", seq=str(gone[0] + 1))
    return phrase("link_fork") if epochs else ""
