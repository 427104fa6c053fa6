"""The order in which a code's meaning is decided, as one table: the first step that has an answer wins.

The same table answers scans and explains them (``scanner read --explain``), so that the explanation cannot drift.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from scanner_app.workflows.bare_codes import believed, our_gtin, party_named, shapeless
from scanner_app.workflows.flow import Knowledge
from scanner_app.workflows.labelled import labelled, registrable
from scanner_app.workflows.meant import Meaning, refuse
from scanner_app.workflows.parts import Parts
from scanner_app.workflows.ruled import ruled
from tracking import rules
from tracking.catalogue.faults import told
from tracking.dates import any_date
from tracking.documents import Document
from tracking.identifiers.reading import Reading
from tracking.phrases import phrase, row_of
from tracking.site import Item


class Case:
    """One code, and what it is held against. Never changed once it is made."""

    def __init__(
        self,
        readings: tuple[Reading, ...],
        text: str,
        held: Parts,
        document: Document | None,
        knows: Knowledge,
        wanted: frozenset[str] = frozenset(),
    ) -> None:
        """``readings``: best first. ``wanted``: kinds that the prompt asks for, where a code is several things:
        ``document item location unit``.
        """
        self.readings, self.text, self.held, self.document = readings, text, held, document
        self.knows, self.wanted = knows, wanted
        self.best = best = readings[0]
        self.plain = next((one.text for one in readings if one.kind == "text" and one.ok), "")
        """The code as plain text; empty where a declaration rules that out."""
        self.undeclared = bool(self.plain) and (best.bare or best.kind == "text")
        """True where nothing in the code says what it is."""

    def beside(self, held: Parts) -> Case:
        """The same code, held against another part of its label."""
        return Case(self.readings, self.text, held, self.document, self.knows, self.wanted)


class Step(NamedTuple):
    """One step of the order."""

    name: str
    says: Callable[[Case], Meaning | None]
    new: bool = True
    """True where it may name a serial number or lot that nobody knows yet, which then has to be registrable."""


class Decision(NamedTuple):
    """The meaning, and the step that found it."""

    step: str
    meaning: Meaning


def decide(case: Case) -> Decision:
    """The meaning of one code: that of the first step that has one; the last step always has."""
    for step in STEPS:
        meaning = step.says(case)
        if meaning is not None:
            return Decision(step.name, registrable(meaning, case.text, case.knows) if step.new else meaning)
    raise AssertionError("the last step answers everything")


def _command(case: Case) -> Meaning | None:
    if case.best.kind != "command":
        return None
    if not case.best.ok:
        return refuse("unknown_code", case.text, why=told(case.best.error))
    return Meaning(kind="command", value=case.best.command, argument=case.best.argument)


def _damaged(case: Case) -> Meaning | None:
    """The scanner or its host has changed the code, and nothing known here tells what the label says."""
    return refuse("unreadable", case.text, why=told(case.best.doubt)) if case.best.doubt else None


def _badge(case: Case) -> Meaning | None:
    found = bool(case.plain) and case.knows.operator(case.plain) is not None
    return Meaning(kind="badge", value=case.plain) if found else None


def _prompted(case: Case) -> Meaning | None:
    """The item is in hand and its serial number is asked for: one that is known for this item is that, whatever
    else it may be called.
    """
    item, text = case.held.item, case.plain
    if not item or case.held.serial or not text or text == item:
        return None
    expected = case.document is not None and case.document.line_expecting(item, text) is not None
    if expected or any(unit.item == item for unit in case.knows.units_of_serial(text)):
        return Meaning(kind="label", parts=Parts(serial=text))
    return None


def _known(case: Case) -> Meaning | None:
    """An exact known value decides, before shape does. A serial number's item is found later, by the document."""
    if not case.plain:
        return None
    found = dict(_known_as(case.plain, case.document, case.knows))
    welcome = {kind: meaning for kind, meaning in found.items() if kind in case.wanted}
    found = welcome or found
    if len(found) > 1:
        shown = row_of(*(phrase(f"as_{kind}", text=case.plain) for kind in found), between=", ")
        return refuse("ambiguous", case.text, serial=case.plain, candidates=shown)
    return next(iter(found.values()), None)


def _known_as(text: str, document: Document | None, knows: Knowledge) -> list[tuple[str, Meaning]]:
    found = []
    if knows.document(text) is not None:
        found.append(("document", Meaning(kind="document", value=text)))
    if knows.item(text) is not None:
        found.append(("item", Meaning(kind="label", parts=Parts(item=text))))
    if knows.location(text) is not None:
        found.append(("location", Meaning(kind="location", value=text)))
    if knows.container(text).known:
        found.append(("container", Meaning(kind="container", value=text)))
    announced = document is not None and document.names(text)
    if announced or knows.units_of_serial(text):
        found.append(("unit", Meaning(kind="label", parts=Parts(serial=text))))
    if not found and knows.party(text) is not None:
        found.append(("party", Meaning(kind="party", value=text)))
    return found


def _declared(case: Case) -> Meaning | None:
    """A standard that the code itself, or its AIM identifier, names."""
    if case.undeclared or not case.best.usable or case.best.kind == "text":
        return None
    return labelled(case.best, case.text, case.document, case.knows)


def _gtin(case: Case) -> Meaning | None:
    found = our_gtin(case.readings, case.knows) if case.undeclared else None
    return labelled(found, case.text, case.document, case.knows) if found is not None else None


def _pattern(case: Case) -> Meaning | None:
    """The shape that an item's serial numbers have. What the prompt asks for may still be a lot that looks so."""
    text = case.plain
    if not text or not case.knows.items_fitting(text):
        return None
    return _lacking(case) or Meaning(kind="label", parts=Parts(serial=text))


def _rule(case: Case) -> Meaning | None:
    return ruled(case.plain, case.document, case.knows) if case.undeclared else None


def _shape(case: Case) -> Meaning | None:
    if not case.undeclared:
        return None
    party = party_named(case.readings, case.knows)
    if party:
        return Meaning(kind="party", value=party)
    shape = believed(case.readings, case.plain, case.held, case.document, case.knows)
    return labelled(shape, case.text, case.document, case.knows) if shape is not None else None


def _lacks(case: Case) -> Meaning | None:
    """Text that nobody knows: what the label in hand lacks, or a serial number of an item that takes any."""
    if not case.undeclared:
        return None
    found = _lacking(case)
    if found is None and shapeless(case.document, case.knows):
        return Meaning(kind="label", parts=Parts(serial=case.plain))
    return found


def _lacking(case: Case) -> Meaning | None:
    item = case.knows.item(case.held.item) if case.held.item else None
    parts = _lacking_parts(case.plain, case.held, item, case.knows) if item is not None else None
    return Meaning(kind="label", parts=parts) if parts is not None else None


def _lacking_parts(text: str, held: Parts, item: Item, knows: Knowledge) -> Parts | None:
    """Plain text as the part that a half label lacks. A serial is not taken for a lot: a trigger bounces."""
    if item.tracking == "serial":
        shaped = bool(item.serial_pattern) and rules.fits_pattern(item, text)
        if not held.serial or text == held.serial or shaped:
            return Parts(serial=text)
    wants_expiry = "expiry" in item.requires and not held.expiry
    wants_lot = item.tracking == "lot" or "lot" in item.requires
    # Written with its dashes or dots a date is nothing else, even where the lot is asked for first.
    dated = wants_expiry and not text.isalnum() and any_date(text, knows.today) is not None
    if wants_lot and not held.lot and not dated and not lot_known(held, item, knows):
        return Parts(lot=text)
    if wants_expiry:
        day = any_date(text, knows.today)
        return Parts(expiry=day.isoformat()) if day is not None else None
    return None


def lot_known(held: Parts, item: Item, knows: Knowledge) -> bool:
    """True where the unit in hand has its lot from when it came in: then no plain text can be meant as one."""
    return bool(held.serial) and bool(knows.unit(item.item, held.serial).lot)


def _refused(case: Case) -> Meaning:
    best = case.best
    if case.undeclared:
        return refuse("unknown_code", case.text, why=phrase("why_nothing_ours"))
    if best.kind == "url":
        return refuse("wrong_kind", case.text, kind=phrase("kind_url"), need=phrase("need_serial_or_item"))
    code = "unreadable" if best.kind == "text" or best.layer else "unknown_code"
    return refuse(code, case.text, why=told(best.error))


STEPS = (
    Step("command", _command, new=False),
    Step("damage", _damaged, new=False),
    Step("badge", _badge, new=False),
    Step("prompt", _prompted, new=False),
    Step("known value", _known, new=False),
    Step("known GTIN", _gtin),
    Step("declared", _declared),
    Step("item's serial pattern", _pattern),
    Step("prefix rule", _rule),
    Step("shape", _shape),
    Step("what the label lacks", _lacks),
    Step("nothing", _refused),
)
"""The order of deciding."""
