"""What happened in a run: for the figures, and to show that every answer of the protocol was seen."""

from __future__ import annotations

import hashlib
from collections import Counter


class Seen:
    """Counts, and one short hash over everything in its order: two runs of a seed must agree in it."""

    def __init__(self) -> None:
        self.faults: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.events = 0
        self.met: Counter[str] = Counter()
        """What the product did of itself and nothing went wrong by: runs in which it was seen."""
        self._trace = b""

    def fault(self, kind: str) -> None:
        """Something went wrong on purpose."""
        self.faults[kind] += 1
        self._note(kind)

    def answer(self, kind: str) -> None:
        """An answer of the protocol, as a handheld got it."""
        self.answers[kind] += 1
        self._note(kind)

    def beeped(self, name: str) -> None:
        """An event was answered."""
        self.events += 1
        self._note(name)

    def _note(self, text: str) -> None:
        self._trace = hashlib.sha256(self._trace + text.encode()).digest()

    @property
    def digest(self) -> str:
        """The run in twelve letters."""
        return self._trace.hex()[:12]

    def add(self, other: Seen) -> None:
        """The counts of another run on top."""
        self.faults += other.faults
        self.answers += other.answers
        self.events += other.events
        self.met += other.met
