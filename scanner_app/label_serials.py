"""Serial numbers that an item would accept: its pattern filled in with a number, its check digit made right.

A label sheet for a purchase order needs serials that do not exist yet. They are made here from what the item
says of itself (``serial_pattern``, ``check``), never at random: the same document prints the same sheet.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from stdnum import damm, luhn
from stdnum.iso7064 import mod_37_36

from tracking.site import Item

SLOTS_MAX = 64
"""Characters of a made serial; a longer pattern is not filled."""

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
VIN_CHECK_INDEX = 8
VIN_VALUES = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
        strict=True,
    )
)
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)

_TOKEN = re.compile(r"(\\.|\[[^\]\\]+\]|[^\\\[\]{}()|?*+])(\{(\d+)(?:,\d*)?\}|[?*+])?")


def vin_check_digit(vin: str) -> str:
    """Position 9 of a VIN from the other sixteen (49 CFR 565.15). Raises KeyError on I, O, Q, lower case."""
    rest = (
        sum(VIN_VALUES[char] * weight for char, weight in zip(vin, VIN_WEIGHTS, strict=True) if weight) % 11
    )
    return "0123456789X"[rest]


def serial_for(item: Item, number: int) -> str | None:
    """The serial of *item* that carries *number* in the free places of its pattern.

    None where the pattern is beyond this small reader (groups, alternatives), too long, or cannot hold the
    check digit.
    """
    slots = _slots(item)
    if slots is None:
        return None
    check = item.check
    check_index = _check_index(check, len(slots))
    if check_index is not None and not 0 <= check_index < len(slots):
        return None
    chars = [""] * len(slots)
    for index in range(len(slots) - 1, -1, -1):
        choices = slots[index]
        if index == check_index:
            chars[index] = "0"
            continue
        chars[index] = choices[number % len(choices)]
        number //= len(choices)
    serial = "".join(chars)
    if check_index is not None:
        try:
            digit = _check_character(check, serial)
        except (KeyError, ValueError):
            return None
        serial = serial[:check_index] + digit + serial[check_index + 1 :]
    pattern = item.serial_pattern
    return serial if not pattern or re.fullmatch(pattern, serial) else None


def capacity(item: Item) -> int:
    """How many different serials :func:`serial_for` can make for *item*; 0 where it cannot make any."""
    slots = _slots(item)
    if slots is None:
        return 0
    check_index = _check_index(item.check, len(slots))
    total = 1
    for index, choices in enumerate(slots):
        total *= 1 if index == check_index else len(choices)
    return total


def new_serials(item: Item, key: str, taken: set[tuple[str, str]], count: int) -> Iterator[str]:
    """*count* serials of *item* outside *taken*, which grows by them.

    *key*, a document's number, says where to begin. They lie in the upper half of the item's
    numbers, so that one sheet's goods look like one delivery. Fewer than *count* where the numbers run out.
    """
    room = capacity(item)
    start = room // 2 + zlib.crc32(key.encode()) % max(1, room // 4)
    for number in range(start, start + min(room, 20 * count + 100)):
        if count <= 0:
            return
        serial = serial_for(item, number)
        if serial is None or (item.item, serial) in taken:
            continue
        taken.add((item.item, serial))
        count -= 1
        yield serial


def _slots(item: Item) -> list[str] | None:
    """For each place of the pattern the characters that may stand there, ten at most."""
    pattern = item.serial_pattern
    if not pattern:
        pattern = r"\d{15}" if item.check == "imei" else f"{re.escape(item.item)}-\\d{{6}}"
    pattern = pattern.removeprefix("^").removesuffix("$")
    slots: list[str] = []
    position = 0
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if token is None:
            return None
        times = {None: 1, "?": 0, "*": 0, "+": 1}.get(token[2], int(token[3] or 0))
        if len(slots) + times > SLOTS_MAX:
            return None
        slots += [_choices(token[1])] * times
        position = token.end()
    return slots if all(slots) else None


def _choices(atom: str) -> str:
    """Characters that one atom of a pattern stands for; empty where it is not understood."""
    if atom in (r"\d", ".", r"\w"):
        return DIGITS
    if atom.startswith("\\"):
        return "" if atom[1].isalnum() else atom[1]
    if not atom.startswith("["):
        return atom
    if atom[1] == "^":
        return ""
    spread = re.sub(
        r"(.)-(.)", lambda ends: "".join(map(chr, range(ord(ends[1]), ord(ends[2]) + 1))), atom[1:-1]
    )
    return spread[:10]


def _check_index(check: str, length: int) -> int | None:
    """Where the check character stands; None for an item without one."""
    if check == "none":
        return None
    return VIN_CHECK_INDEX if check == "vin" else length - 1


def _check_character(check: str, serial: str) -> str:
    """The check character of *serial*. The last place (for a VIN the ninth) is not looked at."""
    if check == "vin":
        return vin_check_digit(serial)
    body = serial[:-1]
    if check == "mod37_36":
        return mod_37_36.calc_check_digit(body)
    return luhn.calc_check_digit(body) if check in ("imei", "luhn") else damm.calc_check_digit(body)
