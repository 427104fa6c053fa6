"""What a scan means at a prompt: parts of a label, something else by name, or a refusal."""

from __future__ import annotations

from typing import Literal

import msgspec

from scanner_app.workflows.parts import NO_PARTS, Parts
from tracking.phrases import Said
from tracking.verdicts import Verdict, verdict

Kind = Literal["label", "document", "badge", "location", "container", "party", "command", "refused"]


class Meaning(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan means here: parts of a label, something else by name, or a refusal."""

    kind: Kind
    parts: Parts = NO_PARTS
    value: str = ""
    """Document number, badge, location code, container code, party, or the command."""
    argument: str = ""
    refusal: Verdict | None = None


def refuse(code: str, text: str, *, item: str = "", serial: str = "", **fields: Said) -> Meaning:
    """A scan that means nothing here, with its raw text for the banner."""
    return Meaning(kind="refused", refusal=verdict(code, item=item, serial=serial, raw=text, **fields))
