"""The answer to a scan: a level, a code of the catalogue, and the facts that its words need."""

from __future__ import annotations

import msgspec

from tracking.catalogue.codes import LEVELS
from tracking.phrases import Phrase, Said


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``ok``, ``note``, ``stop`` or ``none``, and why."""

    code: str | None = None
    fields: dict[str, str] = {}
    """Data: serials, names, what was scanned. The same in every language."""
    words: dict[str, Phrase] = {}
    """Fields that are words of ours: ``kind``, ``need``, ``why``. Said in the operator's language."""
    item: str = ""
    serial: str = ""
    """The unit that it is about, where there is one."""

    @property
    def level(self) -> str:
        """Level of the code; ``none`` where there is no code."""
        return LEVELS.get(self.code or "", "none")

    @property
    def stops(self) -> bool:
        """True when the scan was not accepted."""
        return LEVELS.get(self.code or "") == "stop"


NOTHING = Verdict()
"""Nothing happened and nothing needs saying."""


def verdict(code: str | None, *, item: str = "", serial: str = "", **fields: Said) -> Verdict:
    """A verdict whose fields include the unit. Data and words of ours are told apart by their type."""
    known: dict[str, Said] = {"item": item, "serial": serial, **fields}
    data: dict[str, str] = {}
    words: dict[str, Phrase] = {}
    for name, value in known.items():
        if not value:
            continue
        if isinstance(value, str):
            data[name] = value
        else:
            words[name] = value
    return Verdict(code=code, item=item, serial=serial, fields=data, words=words)
