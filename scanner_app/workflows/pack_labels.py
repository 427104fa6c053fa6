"""Packing: a carton or pallet that got its number here has its label printed when it is closed, in whatever way."""

from __future__ import annotations

import msgspec

from scanner_app.workflows.flow import Knowledge, Step
from scanner_app.workflows.held_together import whole_of
from scanner_app.workflows.own_labels import container_label
from scanner_app.workflows.pack_state import PackState
from tracking.phrases import phrase
from tracking.verdicts import verdict


def labelled(before: PackState, step: Step, knows: Knowledge) -> Step:
    """The step with the label of a new container that it leaves. What is closed empty needs none."""
    after = step.state
    assert isinstance(after, PackState)
    left = before.container if after.container != before.container else ""
    unlabelled = after.unlabelled or ("" if left == before.unlabelled else before.unlabelled)
    kept = msgspec.structs.replace(after, unlabelled=unlabelled, closed=left or before.closed)
    new = bool(left) and left == before.unlabelled and left != after.emptied
    wanted = new and "carton" in knows.policy.print_labels
    if not wanted or not (whole_of(left, knows).pieces or knows.boxes_in(left)):
        return msgspec.structs.replace(step, state=kept)
    return msgspec.structs.replace(step, state=kept, labels=(*step.labels, container_label(left, knows)))


def reprint(state: PackState, knows: Knowledge) -> Step:
    """The label of the open container, or of the one closed last, once more; or a first one."""
    code = state.container or state.closed
    if not code:
        return Step(state=state, quiet=True)
    said = verdict("command", what=phrase("what_reprint"))
    return Step(state=state, verdict=said, labels=(container_label(code, knows, again=True),))
