"""The lifecycle of a unit as one table: what each step does to each status, and what a terminal says to it.

A cell is written in a small notation:

=================  =====================================================================================
``received``       allowed; the unit becomes ``received``
``=``              allowed; the status stays
``!code``          a terminal stops it with ``code``; if it happened all the same the status stays
``shipped!code``   a terminal stops it with ``code``; if it happened all the same the unit is ``shipped``
``shipped~code``   allowed if the unit's own document is the one being worked on, otherwise ``shipped!code``
=================  =====================================================================================

"Happened all the same" is what the fold does with an event of another device that knew less: the fact stays, and
the contradiction becomes an exception. The table is rendered into docs/lifecycle.md and checked there.
"""

from __future__ import annotations

from typing import NamedTuple

STATUSES = (
    "unknown",
    "planned",
    "received",
    "booked",
    "consumed",
    "produced",
    "picked",
    "shipped",
    "returned",
    "in_service",
    "written_off",
)
"""``unknown`` is the status of a serial number that nobody here has seen; the others are DESIGN section 2's."""

FLAGS = ("held", "recalled", "stolen", "missing")

IN_STOCK = frozenset({"received", "booked", "produced", "picked", "returned"})
"""Statuses in which the unit is in one of our sites and can be counted there."""


class Outcome(NamedTuple):
    """One cell of the table."""

    status: str
    """The status afterwards."""
    code: str
    """The stop code for a terminal, or empty where the step is allowed."""
    own_document: bool
    """True where the code is waived for the document that the unit belongs to."""


# One row a (step, action); a status that a row does not name has the value of ``rest``.

_ROWS: dict[tuple[str, str], dict[str, str]] = {}


def _row(step: str, action: str, **cells: str) -> None:
    rest = cells.pop("rest", "=")
    _ROWS[step, action] = {status: cells.get(status, rest) for status in STATUSES}


_row(
    "commissioning",
    "ADD",
    unknown="planned",
    planned="=",
    consumed="!consumed",
    shipped="!already_shipped",
    returned="!already_returned",
    in_service="!already_shipped",
    written_off="!written_off",
    rest="!already_received",
)
_row(
    "receiving",
    "OBSERVE",
    unknown="received",
    planned="received",
    consumed="!consumed",
    shipped="!already_shipped",
    returned="!already_returned",
    in_service="!already_shipped",
    written_off="!written_off",
    rest="!already_received",
)
_row(
    "storing",
    "OBSERVE",
    unknown="received!not_received",
    planned="received!not_received",
    consumed="!consumed",
    shipped="!already_shipped",
    returned="received",
    in_service="!already_shipped",
    written_off="!written_off",
)
_row(
    "reserving",
    "ADD",
    unknown="booked!not_received",
    planned="booked!not_received",
    received="booked",
    produced="booked",
    booked="booked~booked_elsewhere",
    picked="!already_picked",
    consumed="!consumed",
    shipped="!already_shipped",
    returned="!already_returned",
    in_service="!already_shipped",
    written_off="!written_off",
)
_row("reserving", "DELETE", booked="received", rest="=")
_row(
    "picking",
    "OBSERVE",
    unknown="picked!not_received",
    planned="picked!not_received",
    received="picked",
    produced="picked",
    booked="picked~booked_elsewhere",
    picked="!already_picked",
    consumed="!consumed",
    shipped="!already_shipped",
    returned="!already_returned",
    in_service="!already_shipped",
    written_off="!written_off",
)
_row(
    "packing",
    "ADD",
    unknown="received!not_received",
    planned="received!not_received",
    consumed="!consumed",
    shipped="!already_shipped",
    in_service="!already_shipped",
    written_off="!written_off",
)
_row("unpacking", "DELETE", rest="=")
_row(
    "shipping",
    "OBSERVE",
    unknown="shipped!not_received",
    planned="shipped!not_received",
    received="shipped",
    produced="shipped",
    booked="shipped~booked_elsewhere",
    picked="shipped~already_picked",
    consumed="!consumed",
    shipped="!already_shipped",
    returned="shipped!already_returned",
    in_service="!already_shipped",
    written_off="!written_off",
)
_row(
    "installing",
    "ADD",
    unknown="consumed!not_received",
    planned="consumed!not_received",
    received="consumed",
    produced="consumed",
    booked="consumed~booked_elsewhere",
    picked="consumed~already_picked",
    consumed="!already_installed",
    shipped="!already_shipped",
    returned="!already_returned",
    in_service="!already_shipped",
    written_off="!written_off",
)
_row("removing", "DELETE", consumed="received", rest="=")
_row(
    "assembling",
    "ADD",
    unknown="produced",
    planned="produced",
    received="produced",
    booked="produced",
    consumed="!consumed",
    shipped="!already_shipped",
    written_off="!written_off",
)
# A part came out of a finished unit: it is begun and not finished, until it is complete again.
_row(
    "assembling",
    "DELETE",
    received="planned",
    produced="planned",
    booked="planned!booked_elsewhere",
    picked="planned!already_picked",
    consumed="!consumed",
    shipped="!already_shipped",
    in_service="!already_shipped",
    written_off="!written_off",
)
_row("inspecting", "OBSERVE", rest="=")
_row("holding", "ADD", rest="=")
_row("holding", "DELETE", rest="=")
_row("stock_taking", "OBSERVE", rest="=")
# What the office takes into its books after a count: the unit is there, whatever was believed of it.
_row(
    "stock_taking",
    "ADD",
    unknown="received",
    planned="received",
    shipped="received",
    in_service="received",
    consumed="!consumed",
    written_off="received",
)
_row(
    "returning",
    "OBSERVE",
    unknown="returned!not_shipped_to_customer",
    shipped="returned",
    in_service="returned",
    returned="!already_returned",
    consumed="!consumed",
    written_off="!written_off",
    rest="!not_shipped_to_customer",
)
_row(
    "repairing",
    "ADD",
    unknown="in_service!not_shipped_to_customer",
    planned="!not_shipped_to_customer",
    shipped="in_service",
    returned="in_service",
    consumed="!consumed",
    written_off="!written_off",
)
_row("repairing", "DELETE", in_service="shipped", rest="=")
_row("collecting", "OBSERVE", shipped="returned", in_service="returned", written_off="!written_off")
_row(
    "destroying",
    "DELETE",
    written_off="!written_off",
    shipped="written_off!already_shipped",
    rest="written_off",
)
_row("decommissioning", "DELETE", written_off="!written_off", rest="written_off")
_row("sighting", "OBSERVE", rest="=")


def _parse(cell: str, status: str) -> Outcome:
    for mark in "!~":
        becomes, found, code = cell.partition(mark)
        if found:
            return Outcome(becomes or status, code, mark == "~")
    return Outcome(status if cell == "=" else cell, "", False)


TABLE: dict[tuple[str, str], dict[str, Outcome]] = {
    key: {status: _parse(cell, status) for status, cell in row.items()} for key, row in _ROWS.items()
}


def outcome(step: str, action: str, status: str) -> Outcome:
    """What this step does to a unit in this status. A pair that the table lacks changes nothing."""
    row = TABLE.get((step, action))
    return row[status] if row is not None else Outcome(status, "", False)


def markdown() -> str:
    """The table for the documentation, one row a step."""
    lines = ["| step | " + " | ".join(STATUSES) + " |", "|" + "---|" * (len(STATUSES) + 1)]
    for (step, action), row in _ROWS.items():
        name = step if action in {"OBSERVE", ""} else f"{step} {action}"
        lines.append(f"| {name} | " + " | ".join(f"`{row[status]}`" for status in STATUSES) + " |")
    return "\n".join(lines) + "\n"
