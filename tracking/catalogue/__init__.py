"""The message catalogue: every code that a verdict may carry, its level, and its words in each language.

A message is a *word* (the banner's headline), for a stop a *do* (what to do with the thing in the hand), and
*clauses*. A clause appears only when every field it names has a value, so one text serves with much and with little
known. Fields are untrusted and go through :func:`tracking.printable.printable`.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from tracking.catalogue import en
from tracking.catalogue.codes import LEVELS
from tracking.printable import printable


class Message(NamedTuple):
    """What the operator reads."""

    word: str
    do: str
    clauses: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """All of it on one line, for the log, replay and the history."""
        text = " · ".join(self.clauses)
        return f"{self.word}: {text}" if text else self.word


_LANGUAGES: dict[str, Mapping[str, tuple[str, str, str]]] = {"en": en.MESSAGES}
_PROMPTS: dict[str, Mapping[str, str]] = {"en": en.PROMPTS}
_FORMATTER = string.Formatter()


@cache
def _names(template: str) -> tuple[str, ...]:
    """The fields that a template of the catalogue names."""
    return tuple(name for _, name, _, _ in _FORMATTER.parse(template) if name)


def _clause(template: str, fields: Mapping[str, str]) -> str:
    names = _names(template)
    if not all(fields.get(name) for name in names):
        return ""
    return template.format_map({name: printable(fields[name], 80) for name in names})


def message(code: str | None, fields: Mapping[str, str], language: str = "en") -> Message:
    """The message of a code. An unknown code shows as its own name rather than failing."""
    if code is None:
        return Message(fields.get("text", ""), "", ())
    texts = _LANGUAGES.get(language, en.MESSAGES)
    word, do, clauses = texts.get(code) or en.MESSAGES.get(code) or (code.replace("_", " ").upper(), "", "")
    shown = tuple(text for text in (_clause(part, fields) for part in clauses.split("|")) if text)
    return Message(
        _clause(word, fields) or code.replace("_", " ").upper(), _clause(do, fields) if do else "", shown
    )


def prompt(name: str, language: str = "en", **fields: str) -> str:
    """What the screen asks for."""
    template = _PROMPTS.get(language, en.PROMPTS).get(name) or en.PROMPTS[name]
    return template.format_map({key: printable(value, 40) for key, value in fields.items()})


def choice(command: str, language: str = "en") -> str:
    """The words of a command that may be chosen: at most 10 characters, for a key or a touch field."""
    return en.CHOICES.get(command, command.upper())


__all__ = ["LEVELS", "Message", "choice", "message", "prompt"]
