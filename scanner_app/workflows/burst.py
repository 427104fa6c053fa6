"""Several codes of one label, read as one gesture: they become one answer, in whatever order they came.

Nothing here depends on the order of the codes. What is surest is settled first: fields that a standard, a rule or a
known value names; then serial numbers by their item's pattern; then shapes; at last plain text, for what still lacks.
Two codes that are equally sure and say different things are named, and neither is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from scanner_app.workflows.deciding import Case, Decision, decide, lot_known
from scanner_app.workflows.meant import Meaning, refuse
from scanner_app.workflows.parts import NO_PARTS, Clash, Parts, merge, missing_from
from tracking import rules
from tracking.dates import any_date
from tracking.phrases import phrase, row_of
from tracking.site import Item

_SURE = frozenset({"damage", "prompt", "known value", "known GTIN", "declared", "prefix rule"})
_PATTERN = "item's serial pattern"
_SHAPE = "shape"
SHAPE_ROUNDS = 2
TEXT_CHARS_MAX = 200


class _Sorted(NamedTuple):
    """What is settled, and the codes that are not."""

    parts: Parts
    left: tuple[Case, ...]
    others: tuple[Meaning, ...] = ()
    """What was something else than part of a label: an order, a place, a refusal."""


class _Contradiction(Exception):
    """Two codes of the label are equally sure and say different things."""

    def __init__(self, field: str, *values: str) -> None:
        super().__init__(field)
        self.field = field
        self.values = sorted(values)


def one_label(cases: Sequence[Case]) -> Meaning:
    """The meaning of all codes together; one that means nothing here, such as the carrier's, does no harm."""
    different = {case.text: case for case in cases}
    state = _Sorted(NO_PARTS, tuple(different.values()))
    try:
        state = _sure(state)
        state = _by_pattern(state)
        for _ in range(
            SHAPE_ROUNDS
        ):  # a lot is believed once the serial number is there, which may come by shape
            state = _by_shape(state)
        parts = _filled(state)
    except _Contradiction as found:
        values = row_of(*found.values, between=phrase("and"))
        why = phrase("clash", field=phrase(f"field_{found.field}"), values=values)
        return refuse("ambiguous", found.values[-1], serial=found.values[-1], candidates=why)
    return Meaning(kind="label", parts=parts) if not parts.empty else _nothing(cases, state.others)


def _decided(state: _Sorted) -> list[tuple[Case, Decision]]:
    """Each code that is left, judged beside what is settled and what was scanned of this label before."""
    cases = [_beside(case, state.parts) for case in state.left]
    return [(case, decide(case)) for case in cases]


def _beside(case: Case, parts: Parts) -> Case:
    joined = merge(case.held, parts)
    return case.beside(parts if isinstance(joined, Clash) else joined)


def _together(parts: Iterable[Parts]) -> Parts:
    """All of them as one. Raises :class:`_Contradiction`."""
    joined = NO_PARTS
    for each in parts:
        found = merge(joined, each)
        if isinstance(found, Clash):
            raise _Contradiction(found.field, found.first, found.second)
        joined = found
    return joined


def _sure(state: _Sorted) -> _Sorted:
    """Fields that a standard, a rule or a known value names."""
    labels, others, left = [], [], []
    for case, decision in _decided(state):
        meaning = decision.meaning
        several = meaning.refusal is not None and meaning.refusal.code == "ambiguous"
        if decision.step not in _SURE or several:
            left.append(case)  # beside the item, a code that is several things may be one of them
        if decision.step in _SURE and meaning.kind == "label":
            labels.append(meaning.parts)
        elif decision.step in _SURE:
            others.append(meaning)
    return _Sorted(_together(labels), tuple(left), tuple(others))


def _by_pattern(state: _Sorted) -> _Sorted:
    """The serial number by its item's pattern, where none is named: of the item in hand, else of the order's items."""
    if state.parts.serial:
        return state
    found = {
        case.plain: case
        for case, decision in _decided(state)
        if decision.step in {_PATTERN, "prompt"} and decision.meaning.parts.serial
    }
    here = [text for text, case in found.items() if _items_here(case) & _items_fitting(case)]
    texts = here or ([] if _item_in_hand(found.values()) else list(found))
    if len(texts) > 1:
        raise _Contradiction("serial", *texts)
    left = tuple(case for case in state.left if case.plain not in texts)
    return state._replace(parts=_together([state.parts, *(Parts(serial=text) for text in texts)]), left=left)


def _items_fitting(case: Case) -> set[str]:
    return {item.item for item in case.knows.items_fitting(case.plain)}


def _items_here(case: Case) -> set[str]:
    if case.held.item:
        return {case.held.item}
    return {line.item for line in case.document.lines} if case.document is not None else set()


def _item_in_hand(cases: Iterable[Case]) -> bool:
    """True where the item is known and has a pattern of its own: then another item's pattern proves nothing."""
    for case in cases:
        item = case.knows.item(case.held.item) if case.held.item else None
        return item is not None and bool(item.serial_pattern)
    return False


def _by_shape(state: _Sorted) -> _Sorted:
    """Native numbers and lone data identifiers, for the fields that are not settled."""
    shaped = {case.text: decision.meaning for case, decision in _decided(state) if decision.step == _SHAPE}
    found = {
        text: missing_from(state.parts, meaning.parts)
        for text, meaning in shaped.items()
        if meaning.kind == "label"
    }
    left = tuple(case for case in state.left if case.text not in shaped)
    return state._replace(parts=_together([state.parts, *found.values()]), left=left)


def _filled(state: _Sorted) -> Parts:
    """With plain text for what still lacks: only where exactly one code can be it."""
    cases = [_beside(case, state.parts) for case in state.left if case.undeclared]
    if not cases:
        return state.parts
    held, knows = cases[0].held, cases[0].knows
    item = knows.item(held.item) if held.item else None
    if item is None:
        return _of_the_only_item(state, cases)
    texts = [case.plain for case in cases]
    found = Parts()
    if item.tracking == "serial" and not held.serial:
        found = _taken(
            found, serial=_one("serial", [text for text in texts if rules.fits_pattern(item, text)])
        )
        held = _taken(held, serial=found.serial)
        texts = [text for text in texts if text != found.serial]
    if "expiry" in item.requires and not held.expiry:
        days = {day.isoformat(): text for text in texts if (day := any_date(text, knows.today)) is not None}
        found = _taken(found, expiry=_one("expiry", list(days)))
        texts = [text for text in texts if text != days.get(found.expiry)]
    if _wants_lot(item) and not held.lot and not lot_known(held, item, knows):
        found = _taken(found, lot=_one("lot", texts))
    return _together([state.parts, found])


def _wants_lot(item: Item) -> bool:
    return item.tracking == "lot" or "lot" in item.requires


def _one(field: str, values: Sequence[str]) -> str:
    """The only value, or empty. Raises :class:`_Contradiction` for several."""
    if len(values) > 1:
        raise _Contradiction(field, *sorted(values)[:2])
    return values[0] if values else ""


def _taken(parts: Parts, *, serial: str = "", lot: str = "", expiry: str = "") -> Parts:
    return _together([parts, Parts(serial=serial, lot=lot, expiry=expiry)])


def _of_the_only_item(state: _Sorted, cases: Sequence[Case]) -> Parts:
    """Nothing says which item this is; plain text may be the serial number of the order's only item."""
    if state.parts.serial:
        return state.parts
    meanings = [decide(case).meaning for case in cases]
    serials = [meaning.parts.serial for meaning in meanings if meaning.kind == "label"]
    return _taken(state.parts, serial=_one("serial", [serial for serial in serials if serial]))


def _nothing(cases: Sequence[Case], others: Sequence[Meaning]) -> Meaning:
    """No code of the label is part of one: then an order or a place among them, or a reason that says more."""
    named = sorted({(one.value, one.kind) for one in others if one.kind in {"document", "location"}})
    if len(named) == 1:
        return next(one for one in others if one.value == named[0][0])
    refusals = {one.refusal.code: one for one in others if one.refusal is not None}
    for code in ("unreadable", "ambiguous", "wrong_kind"):
        if code in refusals:
            return refusals[code]
    texts = " | ".join(case.text for case in cases)[:TEXT_CHARS_MAX]
    return refuse("unknown_code", texts, why=phrase("why_no_label"))
