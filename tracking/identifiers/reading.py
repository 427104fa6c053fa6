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
NATIVE_KINDS = ("vin", "imei", "meid", "iccid", "eid", "eui48", "eui64")
"""Kinds that are a native identifier's own name: the whole value is the identifier."""


class Reading(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Typed identifiers and attributes, with the reason for reading them so."""

    kind: str
    """One of :data:`KINDS`, or the native identifier's own name (``vin``, ``imei`` ...)."""
    reason: str = ""

    elements: dict[str, str] = {}
    """As on the label: GS1 AI, data identifier or field name -> value, in the label's order."""
    details: dict[str, str | int | bool] = {}
    """Further facts by the names that ``scanner read --json`` gives them: ``vin``, ``lic``, ``supplier_part`` ..."""
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
    bare: bool = False
    """Nothing in the text declares it: known values and the items' patterns are asked before this shape."""
    weak: bool = False
    """Only its length or alphabet says so; plain text is likelier unless something asks for just this kind."""
    partial: bool = False
    """Part of a split label: its values are sound and wait for another code of the same label. Until that comes
    a GS1 reading is not ``ok`` (layer ``association``); a workflow may gather it.
    """
    repaired: bool = False
    """It was rebuilt from a damaged scan, in the one way that is sound."""
    doubt: str = ""
    """Why the label may say something else, damage that cannot be undone for certain, in a few words; :attr:`warn`
    has the sentence. Nothing is done with such a reading before somebody has settled it."""

    @property
    def ok(self) -> bool:
        """True when it is sound."""
        return not self.error

    @property
    def usable(self) -> bool:
        """True when a workflow may take it: sound, or part of a label whose other codes are still to come."""
        return not self.error or self.partial
