"""Command barcodes: ``%CMD:UNDO``, ``%CMD:QUANTITY=12``. Nothing that begins so can be registered as anything else."""

from __future__ import annotations

from datetime import date

from tracking.identifiers.reading import Reading
from tracking.site import COMMAND_PREFIX

COMMANDS = (
    "undo",
    "ack",
    "done",
    "confirm",
    "back",
    "remove",
    "hold",
    "release",
    "quantity",
    "location",
    "help",
    "lock",
    "reprint",
    "look_up",
    "workflow",
    "list",
    "theme",
    "more",
    "override",
    # What is decided about the unit in the hand: inspection, what becomes of it, and first and last of a range.
    "pass",
    "fail",
    "stock",
    "repair",
    "scrap",
    "destroy",
    "replace",
    "range",
    # The next serial number of the item's own.
    "number",
    # A task goes to another handheld, or comes from one.
    "hand_over",
    "take_back",
    "task",
    "tasks",
)
"""Every command, as barcode, soft key and script line alike."""


def parse(text: str, _symbology_id: str, _today: date) -> list[Reading]:
    """The command of a command barcode; case does not matter, since some scanners fold it."""
    if not text.upper().startswith(COMMAND_PREFIX):
        return []
    name, _, argument = text[len(COMMAND_PREFIX) :].partition("=")
    command = name.strip().lower()
    if command not in COMMANDS:
        return [
            Reading(
                kind="command", text=text, reason="command prefix", error=f"no command is called {name[:40]}"
            )
        ]
    return [
        Reading(
            kind="command", command=command, argument=argument.strip(), text=text, reason="command prefix"
        )
    ]
