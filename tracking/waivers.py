"""Which stops a supervisor may ever take upon himself, and in which tasks. One table; the site chooses from it.

A stop may be waived where a person can know better than the terminal and the record stays true: more came than was
ordered, a customer takes what has expired. What says that a thing is not what its label claims, is not here, or belongs
to somebody else is never waived: a wrong fact is put right by a fact, and for the rest there is an own way.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from tracking.catalogue.codes import LEVELS


class Waiver(NamedTuple):
    """A stop that may be waived."""

    tasks: frozenset[str]
    usual: bool
    """True where a site that says nothing allows it."""
    then: str
    """What happens then: to the record and to the count of the document."""


def _in(tasks: str) -> frozenset[str]:
    return frozenset(tasks.split())


WAIVERS: Final[dict[str, Waiver]] = {
    "over_quantity": Waiver(
        _in("receiving shipping returns"),
        True,
        "it counts on its line, which then has more than was asked for",
    ),
    "not_on_document": Waiver(
        _in("receiving shipping returns quality recall"),
        True,
        "it is written with the document and without a line: the count of the document stays",
    ),
    "expired": Waiver(
        _in("receiving shipping pack production service returns"),
        True,
        "it counts as any other; the date stays",
    ),
    "booked_elsewhere": Waiver(
        _in("shipping production service"),
        True,
        "the order that had booked it lacks it: an exception names both",
    ),
    "wrong_item": Waiver(
        _in("shipping returns"), False, "it is written with the document and without a line: the count stays"
    ),
    "not_shipped_to_customer": Waiver(
        _in("returns"), False, "it is taken back; where it was never shipped an exception says so"
    ),
}

NEVER: Final[dict[str, str]] = {
    "stolen": "its owner is called, and nobody else decides",
    "recalled": "it is collected in the task for it",
    "held": "release is the way, with a reason of its own",
    **dict.fromkeys(
        ("unknown_code", "unreadable", "ambiguous", "wrong_kind", "serial_pattern", "bad_check_digit"),
        "nobody knows what the thing is; a better label does",
    ),
    **dict.fromkeys(
        (
            "already_received",
            "already_picked",
            "already_packed",
            "already_shipped",
            "already_installed",
            "already_returned",
            "already_assigned",
            "not_received",
            "consumed",
            "written_off",
        ),
        "a fact of the unit says otherwise; the wrong fact is taken back, or the missing one is made",
    ),
    **dict.fromkeys(
        ("missing_lot", "missing_expiry", "confirm_required", "not_in_range"), "what is asked for is given"
    ),
    **dict.fromkeys(
        ("wrong_component", "bom_complete"),
        "what is built follows its bill; the bill is changed, or an alternate named",
    ),
    **dict.fromkeys(("document_unknown", "document_closed"), "the office opens or loads the paper"),
    **dict.fromkeys(("sign_in_required", "role_required"), "whoever may, signs in"),
    "no_company_prefix": "the site has to have one",
    "no_numbers": "the item has to have a template, and the server lends more",
    "wrong_label": "the label that was printed is scanned, or printed once more",
    **dict.fromkeys(("disk_full", "journal_fault"), "nothing can be written"),
}
"""Stops that nobody ever waives, and what is done instead."""


def may_be_waived(code: str, task: str) -> bool:
    """True where a site may let a supervisor take this stop upon himself in this task."""
    return code in WAIVERS and task in WAIVERS[code].tasks


def usual() -> tuple[str, ...]:
    """What a site that says nothing allows."""
    return tuple(code for code, waiver in WAIVERS.items() if waiver.usual)


def markdown() -> str:
    """Both tables for the documentation."""
    rows = ["| stop | in | where the site says nothing | then |", "|---|---|---|---|"]
    for code, waiver in WAIVERS.items():
        tasks = ", ".join(sorted(waiver.tasks))
        rows.append(
            f"| `{code}` | {tasks} | {'allowed' if waiver.usual else 'not allowed'} | {waiver.then} |"
        )
    rows += ["", "| never | instead |", "|---|---|"]
    for why in dict.fromkeys(NEVER.values()):
        codes = " ".join(f"`{code}`" for code in LEVELS if NEVER.get(code) == why)
        rows.append(f"| {codes} | {why} |")
    return "\n".join(rows)
