"""What can be wrong with the handheld's files, each in one plain sentence."""

from __future__ import annotations


class StoreError(Exception):
    """A file of the data directory cannot be used. The text says what is wrong and what to do."""


class StoreFull(StoreError):
    """The disk has no room; the scan in hand was not written."""

    def __init__(self) -> None:
        super().__init__("the disk is full: bring this handheld to a network, its scans are kept")


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
