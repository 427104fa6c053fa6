"""The answer to one input, in words: what replay prints, and what the screen's banner shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

import msgspec

from scanner_app.clockwork import spoken
from scanner_app.conflicts import sentence
from scanner_app.view import TakenLine
from scanner_app.workflows.flow import Knowledge, Label
from tracking import catalogue
from tracking.catalogue import Message
from tracking.events import Event
from tracking.verdicts import NOTHING, Verdict


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an input led to."""

    verdict: Verdict = NOTHING
    text: str = ""
    """What to say where the verdict has no code."""
    language: str = "en"
    asks: Callable[[], str] | None = None
    """Puts into words what is asked for now; None where that cannot be told."""
    progress: tuple[int, int] | None = None
    events: tuple[Event, ...] = ()
    tone: str = ""
    """``ok note stop repeat complete held`` or empty."""
    accepted: int = 0
    """Scans that were judged by this input: held ones are judged when the stop is acknowledged."""
    stopped: int = 0
    noted: int = 0
    page: str = ""
    """A page that the screens open in front of the task: ``list``, ``help``; ``theme`` turns the light."""
    taken: tuple[TakenLine, ...] = ()
    """The lines of the session list, where it was asked for."""
    labels: tuple[Label, ...] = ()
    """Labels to be printed."""

    @property
    def prompt(self) -> str:
        """What is asked for now, until the next input is handled: a screen puts its own picture into words."""
        return self.asks() if self.asks is not None else ""

    @property
    def message(self) -> str:
        """The answer in a sentence. Made when it is asked for: a screen has words of its own."""
        return words(self.verdict, self.language).sentence if self.verdict.code else self.text


def dressed(verdict: Verdict, knows: Knowledge, where: tzinfo, language: str) -> Verdict:
    """The verdict with people and parties by name, times as people say them, and its words in the language."""
    fields = dict(verdict.fields)
    operator = knows.operator(fields["operator"]) if "operator" in fields else None
    if operator is not None and operator.name:
        fields["operator"] = operator.name
    for name in ("party", "supplier"):
        party = knows.party(fields[name]) if name in fields else None
        if party is not None and party.name:
            fields[name] = party.name
    if verdict.code == "stolen" and knows.policy.stolen_contact:
        fields["call"] = knows.policy.stolen_contact
    if fields.get("when"):
        fields["when"] = spoken(fields["when"], knows.today, where, language)
    if verdict.code in {"looked_up", "on_hold"} and verdict.serial:
        told = knows.exceptions_of(verdict.item, verdict.serial)
        fields["conflict"] = "; ".join(
            sentence(record, knows, where, language, with_serial=False) for record in told
        )
    if fields.get("reason"):
        fields["reason"] = catalogue.reason(fields["reason"], language)
    return _said(verdict, fields, language)


def plain(verdict: Verdict, language: str) -> Verdict:
    """The verdict with its words said in the language."""
    return _said(verdict, dict(verdict.fields), language)


def _said(verdict: Verdict, fields: dict[str, str], language: str) -> Verdict:
    for name, told in verdict.words.items():
        fields[name] = catalogue.say(told, language)
    return msgspec.structs.replace(verdict, fields=fields, words={})


def words(verdict: Verdict, language: str) -> Message:
    """The message of a dressed verdict."""
    return catalogue.message(verdict.code, verdict.fields, language)


def tone_of(verdict: Verdict, events: tuple[Event, ...]) -> str:
    """Which tone it has."""
    if any(event.step == "completing" and not event.cancels for event in events):
        return "complete"
    if verdict.code == "repeat":
        return "repeat"
    return verdict.level if verdict.level in {"ok", "note", "stop"} else ""
