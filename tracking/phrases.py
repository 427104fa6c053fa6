"""Words that a program chose, as names of the catalogue: said in a language only when a person is about to read them.

A verdict, a prompt or an answer carries phrases beside data. Data are untrusted and stay what they are in every
language; a phrase is ours and is translated. A phrase may hold data and other phrases in its fields.
"""

from __future__ import annotations

import msgspec


class Phrase(msgspec.Struct, frozen=True, omit_defaults=True):
    """One entry of the catalogue's ``WORDS`` and what fills it; an empty name says its fields one after the other."""

    name: str
    fields: dict[str, str | Phrase] = {}

    def __bool__(self) -> bool:
        """False where there is nothing to say."""
        return bool(self.name or self.fields)


Said = str | Phrase
"""Data as it is, or words of ours."""

BETWEEN = "between"
"""The field of a list that holds what stands between its parts."""

UNSAID = Phrase("")
"""Nothing to say."""


def phrase(name: str, /, **fields: Said) -> Phrase:
    """Words of the catalogue, with what fills them."""
    return Phrase(name, dict(fields))


def row_of(*parts: Said, between: Said = "  ") -> Phrase:
    """Several one after the other; empty ones are left out."""
    found = [part for part in parts if part]
    if not found:
        return UNSAID
    return Phrase("", {BETWEEN: between, **{str(place): part for place, part in enumerate(found)}})


TASK = "task"
"""The name of the phrase that says a task within a sentence."""


def task_named(name: str) -> Phrase:
    """A task's name within a sentence: ``receiving``."""
    return Phrase(TASK, {"name": name})
