"""Why a code means what it means at a site: every step of the order of deciding, and which one won.

It runs the very table that answers scans (:mod:`scanner_app.workflows.deciding`), so it cannot say anything else.
"""

from __future__ import annotations

from typing import Any

from scanner_app.answer import plain
from scanner_app.workflows.deciding import STEPS, Case, decide
from scanner_app.workflows.flow import Knowledge
from scanner_app.workflows.meant import Meaning
from tracking.prefix_rules import PrefixRule, fitting, overlaps

KNOWN_MAX = 100_000
"""Item numbers and GTINs that a report on overlaps looks through."""


def explained(case: Case) -> dict[str, Any]:
    """The winner, and what each step said of the code; a step behind the winner was not asked on the floor."""
    decision = decide(case)
    steps = []
    for step in STEPS:
        meaning = step.says(case)
        row: dict[str, Any] = {"step": step.name, "says": _row(meaning) if meaning is not None else None}
        if step.name == "prefix rule":
            row["rules"] = [
                {
                    "rule": fired.number,
                    "prefix": fired.rule.prefix,
                    "kind": fired.rule.kind,
                    "value": fired.value,
                }
                for fired in (fitting(case.plain, case.knows.prefix_rules) if case.undeclared else ())
            ]
        if step.name == decision.step:
            row["wins"] = True
        steps.append(row)
    return {"decided_by": decision.step, "means": _row(decision.meaning), "steps": steps}


def _row(meaning: Meaning) -> dict[str, Any]:
    """A meaning with the fields that it has."""
    parts = meaning.parts
    row: dict[str, Any] = {"kind": meaning.kind}
    fields = ("item", "serial", "lot", "expiry", "made", "quantity")
    row |= {name: value for name in fields if (value := getattr(parts, name))}
    row |= {name: value for name in ("value", "argument") if (value := getattr(meaning, name))}
    if meaning.refusal is not None:
        row["code"] = meaning.refusal.code
        told = ("why", "candidates", "kind")
        said = plain(meaning.refusal, "en").fields
        row |= {"why" if name == "kind" else name: value for name in told if (value := said.get(name))}
    return row


def rules_report(rules: tuple[PrefixRule, ...], knows: Knowledge, numbers: tuple[str, ...]) -> dict[str, Any]:
    """The rules in their order, and where they get in each other's way. ``numbers`` are the site's item numbers."""
    items = [item for number in numbers[:KNOWN_MAX] if (item := knows.item(number)) is not None]
    patterns = [(item.item, item.serial_pattern) for item in items]
    known = [code for item in items for code in (item.item, *item.gtins)]
    found = overlaps(rules, patterns, known)
    return {
        "rules": [
            {
                "rule": number,
                "prefix": rule.prefix,
                "kind": rule.kind,
                "strip": rule.strip,
                "chars": rule.chars or None,
                "overlaps": [{"never": one.never, "why": one.why} for one in found if one.number == number],
                "never": any(one.never for one in found if one.number == number),
            }
            for number, rule in enumerate(rules, 1)
        ]
    }
