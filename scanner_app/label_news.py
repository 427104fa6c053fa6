"""What the screen says of labels: that one is being printed, that it waits for the printer, or that there is none."""

from __future__ import annotations

from scanner_app.answer import Answer
from scanner_app.inputs import DeviceNews
from tracking.phrases import UNSAID, Phrase, phrase

_HINDRANCES = (
    ("does not answer", "printer_off"),
    ("switch it on, plug it in", "printer_off"),
    ("takes no more data", "printer_stuck"),
    ("went away", "printer_gone"),
)
"""What the driver says of its printer, by a part of its sentence, and the words for it; the rest is told as it is."""


def of_answer(answer: Answer, printer: DeviceNews | None) -> Phrase:
    """What becomes of the labels of an answer. ``printer``: what it said last, None where none is set."""
    labels = [label for label in answer.labels if label.template]
    if not labels:
        return UNSAID
    if printer is None:
        asked_for = answer.verdict.code == "assigned" or labels[0].again
        return phrase("label_none") if asked_for else UNSAID
    if printer.state != "ready":
        return phrase("label_waits")
    return phrase("labels_sent", count=str(len(labels))) if len(labels) > 1 else phrase("label_sent")


def of_printer(printer: DeviceNews | None) -> Phrase:
    """What keeps the printer from printing, and what to do about its labels; nothing where it prints."""
    if printer is None or printer.state == "ready" or not printer.detail:
        return UNSAID
    known = (phrase(name) for sign, name in _HINDRANCES if sign in printer.detail)
    # Which printer it is stands before the colon, and there is one.
    other = printer.detail.partition(": ")[2] or printer.detail
    return phrase("printer_lost", detail=next(known, other))
