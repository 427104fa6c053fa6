"""Characters that no serial number may have, in sentences: blanks at the ends, control characters, non-ASCII.

Apart from :mod:`tracking.numbering.registration`, so that loading a site file can ask without loading the readers.
"""

from __future__ import annotations

import unicodedata

CHARS_NAMED_MAX = 5
"""Different characters named in one sentence."""


def faults(serial: str) -> tuple[str, ...]:
    """All reasons that lie in the characters, as ends of the sentence "The serial number ..."; empty where none."""
    if serial.isascii() and serial.isprintable() and serial == serial.strip():
        return ()  # nearly all of a million units, so nothing is looked up for them
    found = []
    if serial != serial.strip():
        found.append("begins or ends with a blank: take it off")
    controls = [char for char in serial if unicodedata.category(char) == "Cc"]
    if controls:
        found.append(
            f"contains {_listed(controls)}: scan it again, or set the scanner to send no control characters"
        )
    foreign = [char for char in serial if not char.isascii() and char not in controls]
    if foreign:
        found.append(
            f"contains {_listed(foreign)}: only ASCII characters can be printed, scanned and typed alike"
        )
    return tuple(found)


def described(char: str) -> str:
    """A character by its code and name, itself never shown: it may be invisible, or look like another."""
    code = f"U+{ord(char):04X}"
    name = unicodedata.name(char, "")
    if not name:
        name = "control character" if unicodedata.category(char) == "Cc" else "without a name"
    return f"{code} ({name.lower()})"


def _listed(chars: list[str]) -> str:
    different = list(dict.fromkeys(chars))
    named = ", ".join(described(char) for char in different[:CHARS_NAMED_MAX])
    return named + (
        f" and {len(different) - CHARS_NAMED_MAX} more" if len(different) > CHARS_NAMED_MAX else ""
    )
