"""What a code is by the site's prefix rules."""

from __future__ import annotations

from scanner_app.workflows.flow import Knowledge
from scanner_app.workflows.labelled import NEED, labelled
from scanner_app.workflows.meant import Meaning, refuse
from scanner_app.workflows.parts import Parts
from tracking.dates import any_date
from tracking.documents import Document
from tracking.identifiers.reading import Reading
from tracking.phrases import phrase
from tracking.prefix_rules import Fired, fitting

QUANTITY_CHARS_MAX = 7


def fired(text: str, knows: Knowledge) -> Fired | None:
    """The first rule of the site that fits a code."""
    return next(fitting(text, knows.prefix_rules), None)


def ruled(text: str, document: Document | None, knows: Knowledge) -> Meaning | None:
    """The meaning by the first rule that fits; None where no rule does. A rule that fits decides, even to refuse."""
    found = fired(text, knows)
    if found is None:
        return None
    value, kind = found.value, found.rule.kind
    if kind == "item":
        return _item(value, text, document, knows)
    if kind in {"unit", "serial"}:
        return Meaning(kind="label", parts=Parts(serial=value))
    if kind == "lot":
        return Meaning(kind="label", parts=Parts(lot=value))
    if kind == "document":
        return Meaning(kind="document", value=value)
    if kind == "location":
        known = knows.location(value) is not None
        return (
            Meaning(kind="location", value=value)
            if known
            else refuse("unknown_code", text, why=phrase("why_no_place_of_ours", value=value))
        )
    if kind == "container":
        plate = Reading(kind="container", details={"license_plate": value})
        return labelled(plate, text, document, knows)
    if kind == "ignore":
        return refuse("wrong_kind", text, kind=phrase("kind_for_others"), need=NEED)
    return _expiry(value, text, knows) if kind == "expiry" else _quantity(value, text)


def _item(value: str, text: str, document: Document | None, knows: Knowledge) -> Meaning:
    if knows.item(value) is not None:
        return Meaning(kind="label", parts=Parts(item=value))
    if value.isascii() and value.isdecimal() and len(value) <= 14 and knows.items_of_gtin(value):
        return labelled(Reading(kind="item", gtin=value.zfill(14)), text, document, knows)
    return refuse("unknown_code", text, why=phrase("why_no_item_of_ours", value=value))


def _expiry(value: str, text: str, knows: Knowledge) -> Meaning:
    day = any_date(value, knows.today)
    if day is None:
        return refuse("unreadable", text, why=phrase("why_no_date", value=value))
    return Meaning(kind="label", parts=Parts(expiry=day.isoformat()))


def _quantity(value: str, text: str) -> Meaning:
    if not (value.isascii() and value.isdecimal() and len(value) <= QUANTITY_CHARS_MAX and int(value)):
        return refuse("unreadable", text, why=phrase("why_no_quantity", value=value))
    return Meaning(kind="label", parts=Parts(quantity=int(value)))
