"""What a verified backup holds of every device: only that may a handheld ever let go of.

Whoever makes a backup reads the marks from the copy, once it is verified, and confirms them to the living database. The
handhelds hear of them with the next answer.
"""

from __future__ import annotations

from typing import NamedTuple

from server.storage import Reader, Storage, Writer


class Marks(NamedTuple):
    """What a copy of the database holds."""

    generation: str
    """Of the life of the database that was copied."""
    held: tuple[tuple[str, int, int], ...]
    """(device, epoch, last event)."""


def marks_of(reader: Reader) -> Marks:
    """Read from the copy itself, not from what was copied: what counts is what could be put back."""
    row = reader.row("SELECT value FROM meta WHERE name = 'generation'")
    held = reader.rows("SELECT device, epoch, hwm FROM device_epoch ORDER BY device, epoch")
    return Marks(str(row[0]) if row else "", tuple((device, epoch, hwm) for device, epoch, hwm in held))


def confirm(storage: Storage, marks: Marks) -> bool:
    """The copy is verified and kept. False where it is of another life of the database: then it says nothing here.

    Raises :class:`server.storage.StorageError`.
    """
    if marks.generation != storage.generation:
        return False
    with storage.write() as tx:
        confirm_in(tx, marks)
    return True


def confirm_in(tx: Writer, marks: Marks) -> None:
    """The same within a transaction of the caller's."""
    tx.run_many(
        "UPDATE device_epoch SET backed_up = ? WHERE device = ? AND epoch = ? AND backed_up < ? AND hwm >= ?",
        [(hwm, device, epoch, hwm, hwm) for device, epoch, hwm in marks.held],
    )
