"""The test vectors as scanners and their hosts mangle them, read with and without a profile; the table of outcomes.

Four outcomes are told apart. *Right* is as the vector wants it, *asked* is read but to be confirmed by a person,
*refused* is not read at all, and *wrong* is anything else: sure of something that the label does not say. Wrong may
only be what nothing shows: :func:`shows` says, without the code that repairs, whether the damaged text gives it away.

``python -m tests.vectors`` writes the table into the manual.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from config.keyboard_text import RETYPINGS, Retyping, typed
from scanner_app.commands.read import answer
from scanner_app.scanners.profile import GS_FORMS
from tests import vectors
from tracking.identifiers.reader import read

GS = "\x1d"
OUTCOMES = ("right", "asked", "refused", "wrong")


class Damage(NamedTuple):
    """One thing that a scanner and its host do to codes."""

    group: str
    """The row of the table that counts it."""
    profile: str
    """The shipped profile that undoes it."""
    done_to: Callable[[str], str]
    happens_to: Callable[[str], bool]


class Case(NamedTuple):
    """One damaged vector."""

    record: dict[str, Any]
    given: dict[str, Any]
    """What ``scanner read`` is given of it, undamaged."""
    raw: str
    """The damaged text."""
    damage: Damage

    @property
    def valid(self) -> bool:
        """Whether the label itself is sound."""
        return bool(self.record["expect"]["ok"])


def _layout(way: Retyping) -> Damage:
    caps = "-caps" if way.caps else ""
    group = f"layout {way.host}" if way.host != "us" else "no other layout"
    return Damage(
        f"{group}, Caps Lock" if way.caps else group,
        f"us-on-{way.host}{caps}",
        lambda text: typed(text, way),
        lambda text: all(one <= "\x7f" or "\u2400" <= one <= "\u243f" for one in text),
    )


def _separator(name: str, form: str) -> Damage:
    return Damage(
        f"separator as `{form}`".replace("|", "\\|"),
        f"gs-{name}",
        lambda text: text.replace(GS, form),
        lambda text: form not in text.replace("|]e", ""),
    )


DAMAGES: tuple[Damage, ...] = (
    *map(_layout, RETYPINGS),
    *(_separator(name, form) for name, form in GS_FORMS.items()),
    Damage("separator lost", "gs-lost", lambda text: text.replace(GS, ""), lambda text: True),
)


def cases(damage: Damage, *, inline: bool, every: int = 1) -> Iterator[Case]:
    """Vectors that this damage changes; with the AIM identifier in the text, or reported apart from it."""
    number = 0
    for file in vectors.files():
        for record in vectors.records(file):
            given = vectors.given(record, file)
            if inline:
                given |= {"raw": given["symbology_id"] + given["raw"], "symbology_id": ""}
            raw = damage.done_to(given["raw"])
            if raw != given["raw"] and damage.happens_to(given["raw"]):
                number += 1
                if number % every == 0:
                    yield Case(record, given, raw, damage)


def outcome(case: Case, *, known: bool) -> str:
    """One of :data:`OUTCOMES`."""
    given = case.given | {"raw": case.raw} | ({"profile": case.damage.profile} if known else {})
    row = answer(given, vectors.TODAY)
    if not case.valid:
        # That a broken code is taken for plain text, which may be anything, claims nothing about it.
        return "right" if not row["ok"] or row["kind"] == "text" else "asked" if row["warn"] else "wrong"
    if not row["ok"]:
        return "refused"
    same = not vectors.difference(case.record["expect"], row)
    asks = bool(row["warn"]) and not (same and row["warn"] == answer(case.given, vectors.TODAY)["warn"])
    return "asked" if asks else "right" if same else "wrong"


def shows(case: Case) -> bool:
    """Whether the damaged text gives the damage away: its AIM identifier, a check, its syntax, foreign letters."""
    before, after = case.given["raw"], case.raw
    if any(one > "\x7f" for one in after):
        return True
    best = read(after, case.given["symbology_id"], today=vectors.TODAY)[0]
    # An identifier that is changed into the beginning of another code, down to that one's check character, is none.
    became_another = best.ok and best.reason.startswith("HIBC")
    changed = before.startswith("]") and before[:3] != after[:3] and not became_another
    return changed or not best.ok or bool(best.warn)


def tally(damage: Damage, *, inline: bool, known: bool, every: int = 1) -> Counter[str]:
    """How many vectors came out how."""
    return Counter(outcome(case, known=known) for case in cases(damage, inline=inline, every=every))


def table(*, inline: bool) -> Iterator[str]:
    """The outcomes in Markdown, a row for each damage."""
    yield "| Damage | Codes | Known: right | asked | refused | unseen | Not known: right | asked | refused | unseen |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for damage in DAMAGES:
        known = tally(damage, inline=inline, known=True)
        unknown = tally(damage, inline=inline, known=False)
        counts = [known.total(), *(known[name] for name in OUTCOMES), *(unknown[name] for name in OUTCOMES)]
        yield f"| {damage.group} | " + " | ".join(map(str, counts)) + " |"
