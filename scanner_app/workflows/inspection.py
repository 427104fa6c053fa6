"""An inspection: the item's checklist, one question after the other, each passed or failed; without one, a word."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from tracking.site import Item
from tracking.verdicts import Verdict, verdict

REMARK_CHARS_MAX = 120


class Look(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far an inspection is."""

    at: int = 0
    """Questions answered."""
    failed: tuple[str, ...] = ()
    """Those that failed, with what was remarked."""


NO_LOOK = Look()


class Looked(NamedTuple):
    """After one answer: the inspection goes on, or its result."""

    look: Look
    answer: Verdict
    result: str = ""
    """``pass``, or ``fail: ...``; empty while questions are left."""


def question(item: Item, look: Look) -> str:
    """The question that stands now, with its number; empty for an item without a checklist."""
    if look.at >= len(item.checklist):
        return ""
    return f"{look.at + 1}/{len(item.checklist)} {item.checklist[look.at]}"


def answered(item: Item, look: Look, *, passed: bool, remark: str = "") -> Looked:
    """One PASS or FAIL."""
    asked = item.checklist[look.at] if look.at < len(item.checklist) else ""
    failure = " ".join(filter(None, (asked, remark[:REMARK_CHARS_MAX])))
    failed = look.failed if passed else (*look.failed, failure)
    after = Look(at=look.at + 1, failed=failed)
    if after.at < len(item.checklist):
        said = verdict("checked", what=asked, done=str(after.at), total=str(len(item.checklist)))
        return Looked(after, said)
    result = "fail" if failed else "pass"
    named = ", ".join(filter(None, failed))
    return Looked(NO_LOOK, verdict("inspected"), f"{result}: {named}" if named else result)
