"""The prompt for a paper: which document was scanned, or what was scanned instead of one."""

from __future__ import annotations

from typing import NamedTuple

from scanner_app.workflows.flow import Knowledge, Scanned
from scanner_app.workflows.meaning import Meaning, understand
from scanner_app.workflows.order_labels import wrong_kind
from scanner_app.workflows.parts import NO_PARTS
from tracking import rules
from tracking.documents import Document
from tracking.phrases import Said, phrase
from tracking.verdicts import Verdict, verdict


class Paper(NamedTuple):
    """A document of a type that the task takes, a label, or an answer instead of both."""

    document: Document | None = None
    label: bool = False
    """True where a label was scanned; a task that needs no paper goes on with it."""
    answer: Verdict = verdict("document_unknown")


def paper_scanned(given: Scanned, types: tuple[str, ...], need: Said, knows: Knowledge) -> Paper:
    """What a scan is at a prompt for a document of one of these types. ``need`` names it for a person."""
    meaning = understand(given, NO_PARTS, None, knows, wanted=frozenset({"document"}))
    text = given.texts[0]
    match meaning.kind:
        case "document":
            return _of_type(meaning.value, types, need, knows)
        case "label":
            return Paper(label=True, answer=_label_instead(meaning, text, need, knows))
        case "badge" | "location" | "container" | "party":
            return Paper(answer=wrong_kind(meaning, text, need))
        case _:
            card = given.readings[0][0].kind == "command"
            if meaning.refusal is not None and meaning.refusal.code == "unknown_code" and not card:
                return Paper(answer=verdict("document_unknown", document=text))
            return Paper(answer=meaning.refusal or verdict("document_unknown", document=text))


def _of_type(number: str, types: tuple[str, ...], need: Said, knows: Knowledge) -> Paper:
    document = knows.document(number)
    if document is None:
        return Paper(answer=verdict("document_unknown", document=number))
    if document.type not in types:
        name = phrase(f"kind_{document.type}")
        return Paper(answer=verdict("wrong_kind", raw=number, kind=name, need=need))
    return Paper(document=document)


def _label_instead(meaning: Meaning, text: str, need: Said, knows: Knowledge) -> Verdict:
    """Names the unit, so that the sighting of a stolen one is found."""
    parts = meaning.parts
    units = knows.units_of_serial(parts.serial) if parts.serial else ()
    units = tuple(unit for unit in units if parts.item in {"", unit.item})
    for unit in units:
        alarm = rules.stopped_anywhere(unit)
        if alarm is not None:
            return alarm
    item = parts.item or (units[0].item if len(units) == 1 else "")
    kind = phrase("kind_serial" if parts.serial else "kind_item")
    return verdict("wrong_kind", raw=text, kind=kind, need=need, item=item, serial=parts.serial)
