"""One way to understand a scan (DESIGN section 2, *Reading*)."""

from __future__ import annotations

import msgspec

KINDS = (
    "unit",
    "item",
    "lot",
    "container",
    "location",
    "asset",
    "badge",
    "document",
    "url",
    "command",
    "text",
)


class Reading(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Typed identifiers and attributes, with the reason for reading them so."""

    kind: str
    """One of :data:`KINDS`, or the native identifier's own name (``vin``, ``imei`` ...)."""
    reason: str = ""

    elements: dict[str, str] = {}
    """As on the label: GS1 AI -> value, in the label's order."""
    gtin: str = ""
    """14 digits."""
    serial: str = ""
    lot: str = ""
    expiry: str = ""
    """ISO date."""
    made: str = ""
    """ISO date."""
    sscc: str = ""
    content_gtin: str = ""
    mto_gtin: str = ""
    """GTIN of something made to order, AI (03)."""
    gln: str = ""
    quantity: int = 0
    text: str = ""
    """The code as plain text, for kinds that are nothing else."""
    command: str = ""
    argument: str = ""

    error: str = ""
    """Why it is not sound; such a reading is kept so that the operator can be told."""
    layer: str = ""
    """For GS1: ``syntax``, ``content`` or ``association``."""
    warn: tuple[str, ...] = ()
    """Sentences a person has to confirm."""
    partial: bool = False
    """Part of a split label: sound in itself, waiting for its partner."""
    repaired: bool = False

    @property
    def ok(self) -> bool:
        """True when it is sound."""
        return not self.error
