"""The site's prefix rules: what a plain code is by how it begins, for labels that follow no standard.

Rules are an ordered list and the first that fits decides; a known value and an item's serial pattern come before
them, a mere shape after them. Because the first one wins silently, :func:`overlaps` tells which rules get in each
other's way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec

from tracking.later import pattern

PREFIX_CHARS_MAX = 40
RULES_MAX = 200
CODE_CHARS_MAX = 200
COMMAND_PREFIX = "%CMD:"
"""What every command barcode begins with; nothing that is registered may."""

RuleKind = Literal[
    "item", "unit", "serial", "lot", "expiry", "quantity", "container", "location", "document", "ignore"
]
"""What a code is; ``unit`` and ``serial`` are one, ``ignore`` is a code that is for others."""


class PrefixRule(
    msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True, gc=False
):
    """One rule of a site."""

    prefix: str
    kind: RuleKind
    strip: bool = False
    """The value begins behind the prefix."""
    chars: int = 0
    """Characters of the whole code, prefix included; 0 for any number."""


class PrefixRules(msgspec.Struct, frozen=True, kw_only=True):
    """All rules of a site, in order: a row of the feed."""

    rules: tuple[PrefixRule, ...] = ()


class Fired(NamedTuple):
    """The rule that fits a code."""

    number: int
    """Its place in the site's list, from 1."""
    rule: PrefixRule
    value: str
    """The code, without the prefix where the rule strips it."""


class Overlap(NamedTuple):
    """Two rules, or a rule and something that decides before it."""

    number: int
    """The rule that loses, from 1."""
    never: bool
    """True when it can never fire."""
    why: str
    """A sentence."""


def fitting(text: str, rules: Sequence[PrefixRule]) -> Iterator[Fired]:
    """The rules that fit a code, in their order; the first of them decides."""
    for number, rule in enumerate(rules, 1):
        if text.startswith(rule.prefix) and rule.chars in {0, len(text)}:
            value = text[len(rule.prefix) :] if rule.strip else text
            if value:
                yield Fired(number, rule, value)


def problem(rules: Sequence[PrefixRule]) -> str:
    """Why a list of rules cannot be taken, as a sentence; empty where it can."""
    if len(rules) > RULES_MAX:
        return f"there are {len(rules)} prefix rules, and {RULES_MAX} are the most"
    for number, rule in enumerate(rules, 1):
        about = f"prefix rule {number} ({rule.prefix[:40]!r})"
        if not 1 <= len(rule.prefix) <= PREFIX_CHARS_MAX:
            return f"{about}: a prefix has 1 to {PREFIX_CHARS_MAX} characters"
        if not all("!" <= char <= "~" for char in rule.prefix):
            return f"{about}: a prefix has printable ASCII characters without blanks"
        upper = rule.prefix.upper()
        if upper.startswith(COMMAND_PREFIX) or COMMAND_PREFIX.startswith(upper):
            return f"{about}: codes that begin with {COMMAND_PREFIX} are commands"
        if rule.chars and not len(rule.prefix) < rule.chars <= CODE_CHARS_MAX:
            return f"{about}: chars {rule.chars} is not longer than the prefix, or above {CODE_CHARS_MAX}"
    return ""


def overlaps(
    rules: Sequence[PrefixRule], patterns: Iterable[tuple[str, str]] = (), known: Iterable[str] = ()
) -> tuple[Overlap, ...]:
    """Where rules get in each other's way, and what decides before them.

    ``patterns`` are (item, serial pattern); ``known`` are codes that mean something by themselves: item numbers,
    GTINs, orders, places.
    """
    found = list(_among(rules))
    literal = [(item, _literal_start(pattern)) for item, pattern in patterns if pattern]
    known = list(known)
    for number, rule in enumerate(rules, 1):
        prefix = rule.prefix
        found += [
            Overlap(
                number,
                False,
                f"{prefix} may also begin serial numbers of {item}: those are serial numbers first",
            )
            for item, start in literal
            if start and (start.startswith(prefix) or prefix.startswith(start))
        ]
        begins = [code for code in known if code.startswith(prefix)]
        if begins:
            named = f"{begins[0]} begins with {prefix}" + (
                f", and so do {len(begins) - 1} more" if len(begins) > 1 else ""
            )
            found.append(Overlap(number, False, f"{named}: a known code decides first"))
        if prefix.startswith("]") or prefix.startswith(_DECLARING):
            found.append(
                Overlap(number, False, f"a code that begins with {prefix} is read by its standard first")
            )
    return tuple(sorted(found, key=lambda overlap: overlap.number))


_DECLARING = ("[)>", "+", "=", "&", "http", "HTTP", "urn:", "(0")
"""Beginnings by which labels declare their standard."""


def _among(rules: Sequence[PrefixRule]) -> Iterator[Overlap]:
    for number, rule in enumerate(rules, 1):
        for first, other in enumerate(rules[: number - 1], 1):
            if rule.chars and other.chars and rule.chars != other.chars:
                continue
            if rule.prefix.startswith(other.prefix) and other.chars in {0, rule.chars}:
                why = f"rule {first} ({other.prefix}) takes everything that begins with {rule.prefix}"
                yield Overlap(number, True, f"{why}: rule {number} never fires, put it before rule {first}")
            elif rule.prefix.startswith(other.prefix) or other.prefix.startswith(rule.prefix):
                longer = max(rule.prefix, other.prefix, key=len)
                limit = f" and has {other.chars} characters" if other.chars else ""
                yield Overlap(
                    number,
                    False,
                    f"rule {first} takes what begins with {longer}{limit}, before rule {number}",
                )


_META = pattern(r"[\\.^$*+?{}\[\]|()]")


def _literal_start(pattern: str) -> str:
    """The characters with which everything that fits a pattern begins; empty where they are not plain to see."""
    body = pattern.removeprefix("^")
    if "|" in body:
        return ""
    found = _META.search(body)
    if found is None:
        return body
    start = body[: found.start()]
    # A character before a quantifier may be missing.
    return start[:-1] if found[0] in "*?{" else start
