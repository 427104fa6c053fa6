"""What may not be registered as a serial number, all reasons at once.

A serial number that begins like a command, equals a badge, or carries a full-width digit is a unit that nobody can
scan again, or a scan that does something else. It is refused where it is made, not found out at the dock.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from tracking import check_characters, rules
from tracking.identifiers.reader import read, split_aim
from tracking.numbering import characters, lookalikes
from tracking.numbering.patterns import AI_21_CHARS_MAX, CSET_82, Misfit, Pattern
from tracking.printable import printable
from tracking.site import COMMAND_PREFIX, NAME_CHARS_MAX, Item

Severity = Literal["off", "warn", "block"]

_ANY_DAY = date(2000, 1, 1)
# The readers take a day for the century of dates; which kind a text is does not depend on it.

_KINDS = {
    "container": "a container",
    "item": "an item number",
    "unit": "a label with a serial number in it",
    "url": "a link",
}


class Refusals(msgspec.Struct, frozen=True, kw_only=True):
    """What a serial number is held against. Each part is optional; the characters are always looked at."""

    item: Item | None = None
    """Its ``serial_pattern`` blocks; its ``check`` does as its ``check_policy`` says."""
    pattern: Pattern | None = None
    """The item's own template, check character included: blocks."""
    badges: frozenset[str] = frozenset()
    badge_prefixes: tuple[str, ...] = ()
    """How badges of this company begin, so that tomorrow's badge is not yesterday's serial number."""
    ai_21: Severity = "warn"
    known: Mapping[str, str] = {}
    """Look-alike key -> serial number of *this item*, as :func:`tracking.numbering.lookalikes.index` gives it."""
    alike: lookalikes.LookAlikes = lookalikes.DEFAULT
    alike_severity: Severity = "block"


class Review(msgspec.Struct, frozen=True):
    """All that is to be said of a serial number, in plain sentences. It may be registered when nothing blocks."""

    blocks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True when it may be registered."""
        return not self.blocks


def review(serial: str, against: Refusals) -> Review:
    """Every reason why ``serial`` may not be registered (``blocks``), or why somebody should look (``warnings``).

    Never raises for a text, whatever it is; a text of no characters or more than 200 has that one reason only.
    Raises :class:`tracking.numbering.errors.NumberingError` for look-alike rules that cannot be used.
    """
    if not serial:
        return Review(blocks=("The serial number is empty.",))
    if len(serial) > NAME_CHARS_MAX:
        return Review(blocks=(f"The serial number is longer than {NAME_CHARS_MAX} characters.",))
    found: list[tuple[Severity, str]] = [("block", fault) for fault in characters.faults(serial)]
    found += _other_meanings(serial, against)
    found += _ai_21(serial, against.ai_21)
    found += _of_the_item(serial, against)
    found += _alike(serial, against)

    def of(severity: Severity) -> tuple[str, ...]:
        return tuple(f"The serial number {text}." for level, text in found if level == severity)

    return Review(blocks=of("block"), warnings=of("warn"))


def _other_meanings(serial: str, against: Refusals) -> list[tuple[Severity, str]]:
    """What a terminal would take it for: asked of the readers themselves, so that a new one counts at once."""
    found: list[tuple[Severity, str]] = []
    bare = serial.strip()
    body, aim = split_aim(bare, "")
    if aim:
        found.append(("block", f"begins with {aim}, which terminals take off as a symbology identifier"))
    if body.upper().startswith(COMMAND_PREFIX):
        found.append(("block", f"begins with {COMMAND_PREFIX}, which is kept for command barcodes"))
    folded = {bare.upper(), body.upper()}
    if any(badge.upper() in folded for badge in against.badges):
        found.append(("block", "is also a badge: change one of them"))
    elif any(
        text.startswith(prefix.upper()) for prefix in against.badge_prefixes if prefix for text in folded
    ):
        found.append(("block", "begins as badges do, and could be one some day"))
    # A lone data identifier is no meaning of its own: half of all serial numbers begin with S, P or T.
    kinds = {
        found.kind for found in read(bare, today=_ANY_DAY) if found.ok and "ambiguous" not in found.details
    }
    if "badge" in kinds:
        found.append(("block", "reads as a badge"))
    found += [
        ("warn", f"also reads as {_KINDS[kind]}, so that a terminal may have to ask")
        for kind in sorted(kinds & _KINDS.keys())
    ]
    return found


def _ai_21(serial: str, severity: Severity) -> list[tuple[Severity, str]]:
    """GS1 General Specifications, AI 21: up to 20 characters of CSET 82."""
    found: list[tuple[Severity, str]] = []
    if len(serial) > AI_21_CHARS_MAX:
        found.append(
            (severity, f"has {len(serial)} characters, and a GS1 label (AI 21) carries {AI_21_CHARS_MAX}")
        )
    strange = dict.fromkeys(char for char in serial if " " <= char <= "~" and char not in CSET_82)
    if strange:
        named = " ".join("blank" if char == " " else char for char in strange)
        found.append((severity, f"has characters that a GS1 label (AI 21) cannot carry: {named}"))
    return found


def _of_the_item(serial: str, against: Refusals) -> list[tuple[Severity, str]]:
    found: list[tuple[Severity, str]] = []
    if against.pattern is not None:
        parsed = against.pattern.parse(serial)
        if isinstance(parsed, Misfit):
            found.append(("block", f"{parsed.reason} (pattern {against.pattern.template})"))
    item = against.item
    if item is None:
        return found
    if not rules.fits_pattern(item, serial):
        found.append(("block", f"does not have the shape of {item.item}: {item.serial_pattern}"))
    fault = check_characters.fault(item.check, serial) if item.check_policy != "off" else ""
    if fault:
        binds = check_characters.binds(item.check, serial)
        found.append((item.check_policy if binds else "warn", f"fails the check of {item.item}: {fault}"))
    return found


def _alike(serial: str, against: Refusals) -> list[tuple[Severity, str]]:
    if against.alike_severity == "off" and not against.known:
        return []
    registered = against.known.get(lookalikes.key(serial, against.alike), "")
    if registered == serial:
        return [("block", "is registered for this item already")]
    if registered:
        return [
            (against.alike_severity, f"looks like {printable(registered)}, which is registered for this item")
        ]
    return []
