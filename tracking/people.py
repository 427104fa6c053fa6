"""People as a terminal knows them: badge, name, roles, and the PIN's hash, never the PIN."""

from __future__ import annotations

import msgspec


class KnownOperator(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An operator as the server feeds it."""

    badge: str
    name: str = ""
    roles: tuple[str, ...] = ("operator",)
    pin_hash: str = ""
    """As :func:`tracking.pins.pin_hash` makes it; empty where the badge alone signs in."""
