"""Containers: cartons and pallets by SSCC or licence plate, what they stand in, and new SSCCs of our own.

What is in a container is told by the units (``UnitState.container``); this module knows of the containers themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from tracking.events import Event
from tracking.later import Later
from tracking.units import without_cancelled

if TYPE_CHECKING:
    import hashlib
else:
    hashlib = Later("hashlib")

SSCC_DIGITS = 18
PREFIX_DIGITS = (4, 12)
"""A GS1 company prefix has that many digits, at least and at most."""
_SERIALS_A_DEVICE = 10**6


class ContainerState(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What is known of one container: the fold of its own events."""

    container: str
    parent: str = ""
    """The container that it stands in: the pallet of a carton."""
    location: str = ""
    site: str = ""
    known: bool = False
    """False where nothing that stands says that it exists."""
    shipped: bool = False
    picked_for: str = ""
    """The order that it lies ready for; its confirmation ships it."""


def evolve_container(state: ContainerState, event: Event) -> ContainerState:
    """The container after one event about it."""
    changes: dict[str, object] = {"known": True, "site": event.site or state.site}
    match event.step:
        case "packing":
            changes["parent"] = event.parent_container
        case "unpacking":
            changes["parent"] = ""
        case "shipping":
            changes.update(parent="", location="", shipped=True, picked_for="")
        case "picking":
            changes["picked_for"] = event.document
        case "receiving" | "storing" | "returning":
            changes.update(location=event.location or state.location, shipped=False)
        case _:
            pass
    return msgspec.structs.replace(state, **changes)


def fold_container(container: str, events: Iterable[Event]) -> ContainerState:
    """The container after all its events, in any order."""
    state = ContainerState(container=container)
    for event in without_cancelled(events):
        if not event.settles:  # a word about the container, not something that was done with it
            state = evolve_container(state, event)
    return state


def is_about_container(event: Event) -> bool:
    """True for an event whose subject is a container and not something in it."""
    return bool(event.container) and not event.serial and not event.item


def check_digit(digits: str) -> str:
    """The GS1 check digit for digits without one.

    >>> check_digit("34012345000000001")
    '7'
    """
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def sscc(prefix: str, reference: int) -> str:
    """An SSCC from our company prefix and a number of ours; the number's first digit is the extension digit.

    >>> sscc("4012345", 3000000001)
    '340123450000000017'
    """
    room = SSCC_DIGITS - 1 - len(prefix)
    number = f"{reference % 10**room:0{room}d}"
    digits = number[0] + prefix + number[1:]
    return digits + check_digit(digits)


def is_sscc(code: str) -> bool:
    """True for 18 digits whose last one is their check digit.

    >>> is_sscc("340123450000000017"), is_sscc("CARTON-7")
    (True, False)
    """
    digits = code.isascii() and code.isdecimal() and len(code) == SSCC_DIGITS
    return digits and code[-1] == check_digit(code[:-1])


def device_reference(device: str, epoch: int, number: int) -> int:
    """A serial reference that no other handheld gives: a digest of the device in front, its own count behind.

    Handhelds without a network cannot ask for a range, so each one has a part of the numbers to itself.
    """
    digest = int.from_bytes(hashlib.sha256(f"{device}/{epoch}".encode()).digest()[:8], "big")
    return digest * _SERIALS_A_DEVICE + number


def prefix_fault(prefix: str) -> str:
    """Why a text is no company prefix; empty if it is one."""
    low, high = PREFIX_DIGITS
    if prefix.isascii() and prefix.isdecimal() and low <= len(prefix) <= high:
        return ""
    return f"is no GS1 company prefix of {low} to {high} digits"
