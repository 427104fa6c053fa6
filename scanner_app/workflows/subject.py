"""The one thing that a label names, for the tasks that take things one by one: a unit, or so many of a lot or item.

Halves of labels come together as at the dock (:mod:`scanner_app.workflows.gathering`), and the whole comes out with
what is known of it; what is no label comes out as what it is.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from scanner_app.workflows.flow import Knowledge, Prompt, Scanned, State
from scanner_app.workflows.gathering import gather, need_of, waiting_answer
from scanner_app.workflows.meaning import Meaning, understand
from scanner_app.workflows.order_state import QUANTITY_MAX
from scanner_app.workflows.parts import NO_PARTS, Parts
from tracking import rules
from tracking.documents import Document
from tracking.events import Event
from tracking.lifecycle import FLAGS
from tracking.phrases import Said, phrase
from tracking.site import Item
from tracking.units import UnitState
from tracking.verdicts import Verdict, verdict


class SubjectState(State, frozen=True, kw_only=True, omit_defaults=True):
    """The halves of the label that is being read, beside what the task remembers."""

    parts: Parts = NO_PARTS
    confirming: str = ""
    """What a confirmation would do now: ``done`` closes the paper."""
    finished: str = ""
    """The document that was closed last."""
    location: str = ""


class Subject(NamedTuple):
    """A whole label, and what is known of what it is on."""

    item: Item
    unit: UnitState
    """Without a serial number for so many of a lot or an untracked item."""
    quantity: int

    @property
    def serial(self) -> str:
        """Its serial number, or empty."""
        return self.unit.serial

    def event(self, step: str, action: str = "OBSERVE", **fields: object) -> Event:
        """An event about it."""
        event = Event(
            step=step,
            action=action,
            item=self.item.item,
            serial=self.serial,
            lot=self.unit.lot,
            quantity=self.quantity,
        )
        return msgspec.structs.replace(event, **fields)

    def said(self, code: str, **fields: Said) -> Verdict:
        """A verdict about it; a quantity is said as a quantity."""
        told = rules.about(code, self.unit, **fields)
        if self.serial:
            return told
        return msgspec.structs.replace(told, fields={**told.fields, "quantity": str(self.quantity)})


class Seen(NamedTuple):
    """What a scan came to: the label's halves to keep, and one of subject, answer and other."""

    parts: Parts
    subject: Subject | None = None
    answer: Verdict | None = None
    other: Meaning | None = None
    """A document, a location or a badge."""


def see(
    parts: Parts, given: Scanned, document: Document | None, knows: Knowledge, *, pieces: bool = True
) -> Seen:
    """One scan at a prompt for things. Without ``pieces`` a lot is a whole lot, and nobody asks how many."""
    typed = typed_quantity(parts, given, knows)
    if typed:
        return together(parts, Parts(quantity=typed), document, knows)
    meaning = understand(given, parts, document, knows)
    match meaning.kind:
        case "refused" | "command":
            return Seen(parts, answer=meaning.refusal or verdict("unknown_code", raw=given.texts[0]))
        case "label":
            return together(parts, meaning.parts, document, knows, pieces=pieces)
        case _:
            return Seen(parts, other=meaning)


def typed_quantity(parts: Parts, given: Scanned, knows: Knowledge) -> int:
    """A number keyed in while a quantity is asked for; else 0."""
    item = knows.item(parts.item) if parts.item else None
    text = given.texts[0].strip()
    asked = item is not None and need_of(parts, item, going_out=True) == "quantity"
    if not asked or not given.typed or not (text.isascii() and text.isdecimal()) or len(text) > 7:
        return 0
    return min(int(text), QUANTITY_MAX)


def together(
    parts: Parts, read: Parts, document: Document | None, knows: Knowledge, *, pieces: bool = True
) -> Seen:
    """What was read joins what is held of this label."""
    named = knows.item(read.item) if read.item else None
    if named is not None and named.tracking != "serial" and parts.serial:
        parts = NO_PARTS  # it never was a serial of this item
    got = gather(parts, read, document, knows, going_out=True)
    if got.answer is not None:
        ambiguous = got.answer.code == "ambiguous" and not parts.serial and not read.item
        return Seen(got.parts if got.answer.level == "none" or ambiguous else parts, answer=got.answer)
    assert got.item is not None
    if got.need and (pieces or got.need != "quantity"):
        return Seen(got.parts, answer=waiting_answer(got.parts, got.item, got.need))
    return Seen(NO_PARTS, subject=subject_of(got.parts, got.item, knows))


def subject_of(parts: Parts, item: Item, knows: Knowledge) -> Subject:
    """The whole label with what is known: the unit's own flags, its lot's, and the label's dates."""
    unit = knows.unit(item.item, parts.serial) if parts.serial else UnitState(item=item.item, serial="")
    lot = parts.lot or unit.lot
    flags = {*unit.flags, *(knows.lot_flags(item.item, lot) if lot else ())}
    unit = msgspec.structs.replace(
        unit,
        lot=lot,
        expiry=parts.expiry or unit.expiry,
        made=parts.made or unit.made,
        flags=tuple(flag for flag in sorted(flags) if flag in FLAGS),
    )
    return Subject(item, unit, 1 if parts.serial else max(parts.quantity, 1))


def quantity_given(parts: Parts, argument: str, document: Document | None, knows: Knowledge) -> Seen:
    """The command QUANTITY: for the item in hand, or for the next one."""
    if not (argument.isascii() and argument.isdecimal()) or not 1 <= int(argument[:8]) <= QUANTITY_MAX:
        return Seen(parts, answer=verdict("unknown_code", raw=argument, why=f"1 - {QUANTITY_MAX}"))
    item = knows.item(parts.item) if parts.item else None
    if parts.serial or (item is not None and item.tracking == "serial"):
        need = phrase("need_serials")
        return Seen(
            parts, answer=verdict("wrong_kind", raw=argument, kind=phrase("kind_quantity"), need=need)
        )
    if item is None:
        held = msgspec.structs.replace(parts, quantity=int(argument))
        return Seen(held, answer=verdict("quantity_recorded", quantity=argument))
    return together(parts, Parts(quantity=int(argument)), document, knows)


def prompt_of_parts(parts: Parts, knows: Knowledge) -> Prompt | None:
    """What half a label lacks, or None where none is in hand."""
    item = knows.item(parts.item) if parts.item else None
    if item is not None and item.tracking != "serial":
        if item.tracking == "lot" and not parts.lot:
            return Prompt(name="lot", more=f"{item.item}  {item.description}")
        return Prompt(name="quantity", fields={"item": item.item}, more=item.description, wants_text=True)
    if item is not None:
        return Prompt(name="serial", more=f"{item.item}  {item.description}")
    return Prompt(name="item", more=parts.serial) if parts.serial else None
