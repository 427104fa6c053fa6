"""What can be wrong with the handheld's files, each in one plain sentence."""

from __future__ import annotations

from tracking.catalogue import say
from tracking.phrases import Said, phrase


class StoreError(Exception):
    """A file of the data directory cannot be used. The text says what is wrong and what to do."""

    def __init__(self, said: Said) -> None:
        super().__init__(say(said))
        self.said = said
        """The same for a screen, in the operator's language where the words are the catalogue's."""


class StoreFull(StoreError):
    """The disk has no room; the scan in hand was not written."""

    def __init__(self) -> None:
        super().__init__(phrase("fault_full"))


class JournalFault(StoreError):
    """The journal could not be written; the scan in hand was not taken."""


class CacheFault(StoreError):
    """The cache could not be read or written; own events are not concerned."""


class NewerStore(StoreError):
    """The file was written by a newer program."""

    def __init__(self, name: str, found: int, known: int) -> None:
        super().__init__(
            f"{name} was written by a newer version (layout {found}, this program knows {known}): "
            "update this program, or export the events with 'scanner export events'"
        )
