"""The code that invites a handheld to a server: where the server is, a one-time code, and whom to trust.

``%CMD:ENROLL=https://central:8470 7KQM-2XWD-R9 9f86d081...``; the last word is the SHA-256 of the site's certificate
authority, and is left out where the server has none of its own. It begins as a command does, so nothing that can be
registered looks like it.
"""

from __future__ import annotations

from typing import NamedTuple

from tracking.prefix_rules import COMMAND_PREFIX

PREFIX = f"{COMMAND_PREFIX}ENROLL="
CHARS_MAX = 512
PIN_CHARS = 64


class Invitation(NamedTuple):
    """What an invitation says."""

    url: str
    code: str
    pin: str = ""
    """SHA-256 of the authority's certificate (DER), hexadecimal; empty: whom the system trusts."""


def written(invitation: Invitation) -> str:
    """The text of the label."""
    return PREFIX + " ".join(part for part in invitation if part)


def read(text: str) -> Invitation | None:
    """The invitation of a scanned text; None where it is none. Case of the prefix does not matter."""
    if len(text) > CHARS_MAX or not text.isascii() or text[: len(PREFIX)].upper() != PREFIX:
        return None
    words = text[len(PREFIX) :].split()
    if len(words) not in {2, 3} or not words[0].startswith(("https://", "http://")):
        return None
    pin = words[2].lower() if len(words) == 3 else ""
    if pin and (len(pin) != PIN_CHARS or set(pin) - set("0123456789abcdef")):
        return None
    # A pin is worth nothing where nobody proves anything.
    if pin and not words[0].startswith("https://"):
        return None
    return Invitation(words[0].rstrip("/"), words[1], pin)
