"""Quality: hold and release of units and lots, inspections by checklist, and samples of what came in."""

from __future__ import annotations

from math import ceil

import msgspec

from scanner_app.workflows import inspection, look_up
from scanner_app.workflows.flow import Asked, Input, Knowledge, Prompt, Scanned, State, Step, Workflow
from scanner_app.workflows.guard import guarding
from scanner_app.workflows.held_together import whole_of
from scanner_app.workflows.inspection import NO_LOOK, REMARK_CHARS_MAX, Look
from scanner_app.workflows.order_labels import wrong_kind
from scanner_app.workflows.parts import NO_PARTS, Parts
from scanner_app.workflows.subject import Seen, Subject, SubjectState, prompt_of_parts, see, subject_of
from tracking import rules
from tracking.documents import Document
from tracking.events import Event
from tracking.phrases import phrase
from tracking.site import Item
from tracking.verdicts import Verdict, verdict

SAMPLED_TYPES = ("purchase_order", "asn")
"""Papers that a sample is drawn of."""


class QualityState(SubjectState, frozen=True, kw_only=True, omit_defaults=True):
    """What is in hand, what is done to all that follows, and the paper that a sample is drawn of."""

    hand: Parts = NO_PARTS
    look: Look = NO_LOOK
    mode: str = ""
    """``hold`` or ``release`` while every scan is held or released."""
    reason: str = ""
    sample: str = ""


def _advance(state: State, given: Input, knows: Knowledge) -> Step:
    assert isinstance(state, QualityState)
    if isinstance(given, Asked):
        return _command(state, given, knows)
    return _seen(state, see(state.parts, given, None, knows, pieces=False), given, knows)


def _seen(state: QualityState, seen: Seen, given: Scanned, knows: Knowledge) -> Step:
    held = msgspec.structs.replace(state, parts=seen.parts)
    if seen.subject is not None:
        return _thing(held, seen.subject, knows)
    if seen.other is None:
        return Step(state=held, verdict=seen.answer or verdict("unknown_code", raw=given.texts[0]))
    if seen.other.kind == "container":
        return _container(held, seen.other.value, knows)
    document = knows.document(seen.other.value) if seen.other.kind == "document" else None
    if document is not None and document.type in SAMPLED_TYPES:
        opened = verdict(
            "document_opened", document=document.number, sample=str(sample_size(document, knows))
        )
        return Step(state=QualityState(sample=document.number), verdict=opened)
    return Step(state=state, verdict=wrong_kind(seen.other, given.texts[0], phrase("need_unit")))


def sample_size(document: Document, knows: Knowledge) -> int:
    """How many of a paper are looked at: the site's share of it, and at least one."""
    return max(1, ceil(document.total * knows.policy.sample_percent / 100))


def _thing(state: QualityState, subject: Subject, knows: Knowledge) -> Step:
    hand = Parts(item=subject.item.item, serial=subject.serial, lot=subject.unit.lot)
    taken = msgspec.structs.replace(state, hand=hand, look=NO_LOOK, parts=NO_PARTS)
    if subject.serial and subject.unit.status == "unknown":
        return Step(state=state, verdict=rules.about("not_received", subject.unit))
    alarm = rules.stopped_anywhere(subject.unit)
    if alarm is not None:
        # It stays in hand: whoever found it may put it on hold.
        return Step(state=taken, verdict=alarm)
    other = state.sample and subject.serial and subject.unit.document != state.sample
    if other and "not_on_document" not in knows.waived:
        return Step(state=state, verdict=rules.about("not_on_document", subject.unit, document=state.sample))
    if state.mode:
        return _flag(taken, Asked(state.mode, state.reason), subject, knows)
    if not subject.serial:
        code = "on_hold" if subject.unit.has("held") else "looked_up"
        return Step(state=taken, verdict=rules.about(code, subject.unit))
    return Step(state=taken, verdict=look_up.of_units((subject.unit,), knows))


def _container(state: QualityState, code: str, knows: Knowledge) -> Step:
    """A carton or pallet: all that is in it at once."""
    whole = whole_of(code, knows)
    if whole.empty:
        return Step(state=state, verdict=verdict("unknown_code", raw=code))
    taken = msgspec.structs.replace(state, hand=Parts(container=code), look=NO_LOOK, parts=NO_PARTS)
    if state.mode:
        return _flag_whole(taken, Asked(state.mode, state.reason), knows)
    pieces = str(whole.pieces)
    return Step(state=taken, verdict=verdict("in_hand", container=code, quantity=pieces))


def _flag_whole(state: QualityState, asked: Asked, knows: Knowledge) -> Step:
    """Holds or releases every unit of a container. Its loose parts are held by their lot."""
    if asked.name == "release" and not _may_release(knows):
        return Step(state=state, verdict=verdict("role_required", what=phrase("only_supervisor")))
    code = state.hand.container
    units = [unit for unit in whole_of(code, knows).units if unit.has("held") == (asked.name == "release")]
    if not units:
        return Step(state=state, verdict=verdict("not_on_hold" if asked.name == "release" else "on_hold"))
    reason = asked.argument or ("quality" if asked.name == "hold" else "")
    events = tuple(
        msgspec.structs.replace(
            _holding(Subject(Item(item=unit.item), unit, 1), asked.name, reason, state), container=code
        )
        for unit in units
    )
    told = verdict(events[0].code, container=code, quantity=str(len(events)), reason=events[0].reason)
    return Step(state=state, verdict=told, events=events)


def _subject(state: QualityState, knows: Knowledge) -> Subject | None:
    item = knows.item(state.hand.item) if state.hand.item else None
    return subject_of(state.hand, item, knows) if item is not None else None


# -- hold and release -----------------------------------------------------------------------------------------------


def _flag(state: QualityState, asked: Asked, subject: Subject, knows: Knowledge) -> Step:
    refused = _refused(asked.name, subject, knows)
    if refused is not None:
        return Step(state=state, verdict=refused)
    if asked.name == "release" and not subject.unit.has("held"):
        return Step(state=state, verdict=rules.about("not_on_hold", subject.unit))
    event = _holding(
        subject, asked.name, asked.argument or ("quality" if asked.name == "hold" else ""), state
    )
    return Step(
        state=state, verdict=rules.about(event.code, subject.unit, reason=event.reason), events=(event,)
    )


def _holding(subject: Subject, name: str, reason: str, state: QualityState) -> Event:
    event = subject.event(
        "holding",
        "ADD" if name == "hold" else "DELETE",
        flag="held",
        reason=reason[:REMARK_CHARS_MAX],
        document=state.sample,
        code="hold_placed" if name == "hold" else "released",
    )
    return msgspec.structs.replace(event, quantity=1)


def _refused(name: str, subject: Subject, knows: Knowledge) -> Verdict | None:
    """Only a supervisor releases; without a serial number it takes a lot."""
    if name == "release" and not _may_release(knows):
        return verdict("role_required", what=phrase("only_supervisor"))
    if not subject.serial and not subject.unit.lot:
        need = phrase("need_serial_or_lot")
        return verdict("wrong_kind", raw=subject.item.item, kind=phrase("kind_item"), need=need)
    return None


def _may_release(knows: Knowledge) -> bool:
    person = knows.operator(knows.who) if knows.who else None
    return person is None or "supervisor" in person.roles


# -- inspection -----------------------------------------------------------------------------------------------------


def _look(state: QualityState, asked: Asked, subject: Subject, knows: Knowledge) -> Step:
    """PASS or FAIL. What fails goes on hold with the same pull of the trigger."""
    if not subject.serial and not subject.unit.lot:
        return Step(state=state, verdict=_refused("hold", subject, knows) or verdict("unknown_code"))
    passed = asked.name == "pass"
    looked = inspection.answered(subject.item, state.look, passed=passed, remark=asked.argument)
    after = msgspec.structs.replace(state, look=looked.look)
    if not looked.result:
        return Step(state=after, verdict=looked.answer)
    event = subject.event("inspecting", document=state.sample, reason=looked.result, code="inspected")
    event = msgspec.structs.replace(event, quantity=1)
    failed = looked.result.startswith("fail")
    events = (event, _holding(subject, "hold", looked.result, state)) if failed else (event,)
    told = rules.about("inspected", subject.unit, reason=looked.result, held="yes" if failed else "")
    return Step(state=msgspec.structs.replace(after, hand=NO_PARTS), verdict=told, events=events)


# -- commands and prompt --------------------------------------------------------------------------------------------


def _command(state: QualityState, asked: Asked, knows: Knowledge) -> Step:
    subject = _subject(state, knows)
    match asked.name:
        case "hold" | "release" if state.hand.container and not state.mode:
            return _flag_whole(state, asked, knows)
        case "hold" | "release" if subject is not None and not state.mode:
            return _flag(state, asked, subject, knows)
        case "hold" | "release":
            mode = QualityState(
                mode=asked.name, reason=asked.argument[:REMARK_CHARS_MAX], sample=state.sample
            )
            return Step(state=mode, verdict=verdict("command", what=phrase(f"what_{asked.name}")))
        case "pass" | "fail" if subject is not None:
            return _look(state, asked, subject, knows)
        case "back" | "done":
            return _back(state)
        case _:
            return Step(state=state, quiet=True)


def _back(state: QualityState) -> Step:
    said = verdict("command", what=phrase("what_back"))
    if not state.parts.empty:
        return Step(state=msgspec.structs.replace(state, parts=NO_PARTS), verdict=said)
    if not state.hand.empty and not state.mode:
        return Step(state=msgspec.structs.replace(state, hand=NO_PARTS, look=NO_LOOK), verdict=said)
    if state.mode or state.sample:
        left = QualityState(sample=state.sample) if state.mode else QualityState()
        return Step(state=left, verdict=said)
    return Step(state=state, verdict=said, leave=True)


def _prompt(state: State, knows: Knowledge) -> Prompt:
    assert isinstance(state, QualityState)
    need = prompt_of_parts(state.parts, knows)
    if need is not None:
        return need
    document = knows.document(state.sample) if state.sample else None
    here = knows.inspected(state.sample) if state.sample else -1
    share = f"{state.sample} {here}/{sample_size(document, knows)}" if document is not None else ""
    if state.mode:
        return Prompt(name="hold_all" if state.mode == "hold" else "release_all", more=state.reason or share)
    subject = _subject(state, knows)
    if state.hand.container:
        return Prompt(name="quality", more=state.hand.container, choices=("hold", "release"))
    if subject is None:
        return Prompt(name="quality", more=share, here=here, keys=("hold", "release"))
    asked = inspection.question(subject.item, state.look)
    more = f"{subject.item.item}  {subject.serial or subject.unit.lot}" + (f"\n{asked}" if asked else "")
    flag = "release" if subject.unit.has("held") else "hold"
    return Prompt(name="judge", more=more, choices=("pass", "fail", flag))


QUALITY = Workflow(
    name="quality",
    state_type=QualityState,
    initial=QualityState,
    advance=guarding(_advance, cartons=True),
    prompt=_prompt,
    own_commands=frozenset({"hold", "release"}),
)
