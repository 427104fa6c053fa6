"""The bounce of a trigger: the same label again within a moment is one scan, not two."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

LABELS_MAX = 64


class Repeats:
    """Labels accepted within the last ``repeat_ms``, by their text."""

    def __init__(self, repeat_ms: int) -> None:
        self._window_ns = repeat_ms * 1_000_000
        self._accepted: OrderedDict[tuple[str, ...], int] = OrderedDict()

    def seen(self, texts: Sequence[str], mono_ns: int) -> bool:
        """True when this label, or this unit by another code of its label, was accepted a moment ago."""
        when = self._accepted.get(tuple(texts))
        return when is not None and mono_ns - when < self._window_ns

    def accepted(self, texts: Sequence[str], mono_ns: int) -> None:
        """This label, or this unit by item and serial number, was taken."""
        label = tuple(texts)
        self._accepted[label] = mono_ns
        self._accepted.move_to_end(label)
        if len(self._accepted) > LABELS_MAX:
            self._accepted.popitem(last=False)

    def clear(self) -> None:
        """After a command the same label may mean something else: taken back, it is scanned again at once."""
        self._accepted.clear()
