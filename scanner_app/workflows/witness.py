"""The second person: what cannot be taken back on the floor counts only with the badge of somebody else."""

from __future__ import annotations

from typing import NamedTuple

from scanner_app.workflows.flow import Knowledge, Scanned
from tracking.phrases import phrase
from tracking.pins import pin_matches
from tracking.verdicts import Verdict, verdict


class Witness(NamedTuple):
    """Who stands by, whose PIN is asked for, or why nobody."""

    badge: str = ""
    pin_of: str = ""
    answer: Verdict | None = None


def wanted(what: str, knows: Knowledge) -> bool:
    """True where the site's policy wants a second person for this."""
    return what in knows.policy.second_person


def witness(given: Scanned, pin_of: str, knows: Knowledge) -> Witness:
    """One scan at the prompt for the second badge, or the PIN typed after it."""
    text = given.texts[0].strip()
    asked = knows.operator(pin_of) if pin_of else None
    if asked is not None and given.typed:
        if pin_matches(text, asked.pin_hash):
            return Witness(badge=asked.badge)
        return Witness(pin_of=pin_of, answer=verdict("role_required", what=phrase("wrong_pin")))
    person = knows.operator(text)
    if person is None:
        return Witness(
            answer=verdict(
                "wrong_kind", raw=text, kind=phrase("kind_no_badge"), need=phrase("need_second_badge")
            )
        )
    if person.badge == knows.who:
        return Witness(answer=verdict("role_required", what=phrase("only_not_you")))
    if person.pin_hash:
        return Witness(pin_of=person.badge)
    return Witness(badge=person.badge)
