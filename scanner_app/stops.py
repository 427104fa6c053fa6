"""A stop waits for its acknowledgement; what is scanned meanwhile is held and counted, never applied, never dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from drivers.scan import Scan
from scanner_app.handing import desk
from scanner_app.session_state import HELD_SCANS_MAX, HeldScan, SessionState, Stopped
from scanner_app.workflows.flow import Asked, Scanned
from tracking.phrases import phrase
from tracking.verdicts import NOTHING, Verdict, verdict

if TYPE_CHECKING:
    from scanner_app.answer import Answer
    from scanner_app.session import Session


HARMLESS = frozenset({"override", "lock", "help", "list", "theme", "key", "reprint", "workflow", "look_up"})
"""Commands that leave a stop waiting, and record nothing."""
_SWITCHING = frozenset({"workflow", "look_up"})
_ANSWERING = frozenset({"confirm", "back", "undo", "done"})
"""Commands that acknowledge a stop themselves, and act only then."""


def barred(session: Session, name: str) -> Answer | None:
    """The answer to a command that must wait for the acknowledgement; None where it may act.

    Whoever has not read a stop decides nothing: only what is named here passes, so a command that is new waits too.
    """
    stopped, waiting = session.state.stopped, len(session.state.held)
    if waiting and name in _SWITCHING:
        return session.answer(NOTHING, text=phrase("held_first", count=str(waiting)))
    if stopped is None or name in HARMLESS or name in _ANSWERING:
        return None
    if name == "release" and stopped.verdict.code == "held" and not waiting:
        return None  # of the very thing that is on hold: this is the answer to the stop
    return session.answer(NOTHING, text=phrase("stop_first"), tone="held")


def hold(session: Session, scans: Sequence[Scan], scanned: Scanned) -> Answer:
    """Keeps a scan behind the stop. What was scanned last, scanned again, is one thing and no acknowledgement."""
    stopped, waiting = session.state.stopped, session.state.held
    assert stopped is not None
    raws = tuple(scan.raw for scan in scans)
    if waiting[-1].raws == raws if waiting else stopped.text == " | ".join(scanned.texts):
        return session.answer(NOTHING, text=phrase("same_again"), tone="held")
    if len(waiting) >= HELD_SCANS_MAX:
        return session.answer(NOTHING, text=phrase("not_taken", count=str(HELD_SCANS_MAX)), tone="stop")
    held = kept(scans)
    session.write(msgspec.structs.replace(session.state, held=(*waiting, held)), ())
    return session.answer(
        NOTHING, text=phrase("held_behind", count=str(len(session.state.held))), tone="held"
    )


def kept(scans: Sequence[Scan]) -> HeldScan:
    """The codes of one label as the session remembers them."""
    return HeldScan(
        tuple(scan.raw for scan in scans),
        tuple(scan.symbology_id for scan in scans),
        scans[0].source,
        scans[0].typed,
        scans[0].terminator,
    )


def stopped(
    said: Verdict, scans: Sequence[Scan], texts: Sequence[str], asked: Asked | None, before: SessionState
) -> Stopped:
    """The stop, with what a supervisor needs to have the same judged again."""
    return Stopped(
        said,
        " | ".join(texts),
        kept(scans) if scans else None,
        (asked.name, asked.argument) if asked is not None else None,
        before.workflow,
        before.states.get(before.workflow, b""),
    )


def scans_of(session: Session, waiting: HeldScan) -> tuple[Scan, ...]:
    """What was remembered, to be judged now."""
    return tuple(
        Scan(
            raw=raw,
            symbology_id=symbology_id,
            source=waiting.source,
            typed=waiting.typed,
            terminator=waiting.terminator,
            mono_ns=session.clock.mono_ns(),
            wall_ms=session.clock.wall_ms(),
        )
        for raw, symbology_id in zip(waiting.raws, waiting.symbology_ids, strict=True)
    )


def clear(session: Session) -> None:
    """The stop is over; what was held waits for :func:`acknowledge` or the next answer."""
    session.write(msgspec.structs.replace(session.state, stopped=None, override=None), ())


def acknowledge(session: Session) -> Answer:
    """The stop is understood. Scans held behind it are judged now, in order, until one of them stops again."""
    if session.state.stopped is None:
        return session.answer(NOTHING)
    desk.forget(session)
    clear(session)
    answers = release(session)
    if not answers:
        return session.answer(verdict("command", what=phrase("what_go_on")))
    return joined(answers)


def joined(answers: Sequence[Answer]) -> Answer:
    """One answer for several: the words of the last, the events and counts of all."""
    if len(answers) == 1:
        return answers[0]
    return msgspec.structs.replace(
        answers[-1],
        events=tuple(event for answer in answers for event in answer.events),
        labels=tuple(label for answer in answers for label in answer.labels),
        accepted=sum(answer.accepted for answer in answers),
        noted=sum(answer.noted for answer in answers),
        stopped=sum(answer.stopped for answer in answers),
    )


def release(session: Session) -> list[Answer]:
    """Judges what was held, oldest first, until something stops; each leaves the held ones only as it is judged.

    Nothing is judged while nobody is signed in: a scan that was kept must not be lost to the missing badge.
    """
    answers: list[Answer] = []
    while session.state.held and session.state.stopped is None and not session.signed_out:
        waiting, *rest = session.state.held
        scans = scans_of(session, waiting)
        # The shorter list is written with the scan's own transaction: a crash between the two would lose the scan.
        session.state = msgspec.structs.replace(session.state, held=tuple(rest))
        try:
            answers.append(session.scans(scans))
        except Exception:
            session.state = msgspec.structs.replace(session.state, held=(waiting, *rest))
            raise
    if answers:
        session.write(session.state, ())
    return answers
