"""The answer to a scan: a level, a code of the catalogue, and the facts that its words need."""

from __future__ import annotations

import msgspec

from tracking.catalogue.codes import LEVELS


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """``ok``, ``note``, ``stop`` or ``none``, and why."""

    code: str | None = None
    fields: dict[str, str] = {}
    item: str = ""
    serial: str = ""
    """The unit that it is about, where there is one."""

    @property
    def level(self) -> str:
        """Level of the code; ``none`` where there is no code."""
        return LEVELS.get(self.code, "none") if self.code else "none"

    @property
    def stops(self) -> bool:
        """True when the scan was not accepted."""
        return self.level == "stop"


NOTHING = Verdict()
"""Nothing happened and nothing needs saying."""


def verdict(code: str | None, *, item: str = "", serial: str = "", **fields: str) -> Verdict:
    """A verdict whose fields include the unit."""
    known = {"item": item, "serial": serial, **fields}
    return Verdict(
        code=code, item=item, serial=serial, fields={name: value for name, value in known.items() if value}
    )
