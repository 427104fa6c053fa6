"""A range of serial numbers by its first and its last: sealed cartons have such labels, and printers make such rolls.

What counts up is the run of digits in which the two differ, with every digit beside it: ``AB123CC`` to ``AB132CC``
are ten. Two texts that differ anywhere else name no range.
"""

from __future__ import annotations

RANGE_MAX = 1000
"""Serial numbers of one range: they become one transaction."""


def expand(first: str, last: str) -> tuple[str, ...] | str:
    """All serial numbers from first to last, both included; or why there are none, as the end of a sentence."""
    if first == last and first:
        return (first,)
    if len(first) != len(last):
        return f"{first[:40]} and {last[:40]} are not of one length"
    start = _alike(first, last)
    end = _alike(first[start:][::-1], last[start:][::-1])
    while start and first[start - 1].isdigit():
        start -= 1
    while end and first[len(first) - end].isdigit():
        end -= 1
    low, high = first[start : len(first) - end], last[start : len(last) - end]
    if not (low.isascii() and low.isdecimal() and high.isascii() and high.isdecimal()):
        return f"{first[:40]} and {last[:40]} differ in more than a number"
    count = int(high) - int(low) + 1
    if count < 1:
        return f"{last[:40]} comes before {first[:40]}"
    if count > RANGE_MAX:
        return f"{count} are more than {RANGE_MAX} at once"
    before, after = first[:start], first[len(first) - end :]
    return tuple(f"{before}{number:0{len(low)}}{after}" for number in range(int(low), int(high) + 1))


def _alike(one: str, other: str) -> int:
    """How many characters two texts of one length begin with alike."""
    return next((place for place in range(len(one)) if one[place] != other[place]), len(one))
