"""The message catalogue: every text that a person reads on the handheld, in each language.

A message is a *word* (the banner's headline; of several the first whose fields have values), for a stop a *do* (what
to do with the thing in the hand), and *clauses*. A clause appears only when every field it names has a value, so one
text serves with much and with little known. Prompts are what the screen asks for; words are everything else, from
``A PART NUMBER`` to a soft key. Fields are untrusted and go through :func:`tracking.printable.printable`; phrases
among them are said in the language. What is said otherwise of one than of many stands behind its field, see
:mod:`tracking.counted`.
"""

from __future__ import annotations

import importlib
import string
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from tracking.catalogue import en, en_words
from tracking.catalogue.codes import LEVELS
from tracking.counted import Counted
from tracking.phrases import BETWEEN, TASK, Phrase, Said
from tracking.printable import printable

LANGUAGES = ("en", "de", "fr", "es")
FIELD_CELLS_MAX = 80


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


class _Texts(NamedTuple):
    messages: Mapping[str, tuple[str, str, str]]
    prompts: Mapping[str, str]
    words: Mapping[str, str]
    tasks: Mapping[str, tuple[str, str, str]]
    help: Mapping[str, tuple[str, ...]]


_ENGLISH = _Texts(en.MESSAGES, en.PROMPTS, en_words.WORDS, en_words.TASKS, en_words.HELP)


@cache
def _texts(language: str) -> _Texts:
    """A language's texts, loaded when something is first said in it; English where it is none of ours."""
    if language == "en" or language not in LANGUAGES:
        return _ENGLISH
    said = importlib.import_module(f"tracking.catalogue.{language}")
    words = importlib.import_module(f"tracking.catalogue.{language}_words")
    return _Texts(said.MESSAGES, said.PROMPTS, words.WORDS, words.TASKS, words.HELP)


_FORMATTER = string.Formatter()


@cache
def _names(template: str) -> tuple[str, ...]:
    """The fields that a template of the catalogue names."""
    return tuple(name for _, name, _, _ in _FORMATTER.parse(template) if name)


def _filled(template: str, fields: Mapping[str, Said], language: str) -> str:
    shown = {
        name: Counted(printable(say(fields.get(name, ""), language), FIELD_CELLS_MAX), language)
        for name in _names(template)
    }
    return template.format_map(shown)


def _clause(template: str, fields: Mapping[str, Said], language: str) -> str:
    return _filled(template, fields, language) if all(fields.get(name) for name in _names(template)) else ""


def message(code: str | None, fields: Mapping[str, Said], language: str = "en") -> Message:
    """The message of a code. An unknown code shows as its own name rather than failing."""
    if code is None:
        return Message(say(fields.get("text", ""), language), "", ())
    texts = _texts(language).messages
    named = code.replace("_", " ").upper()
    word, do, clauses = texts.get(code) or en.MESSAGES.get(code) or (named, "", "")
    shown = tuple(text for text in (_clause(part, fields, language) for part in clauses.split("|")) if text)
    heads = (_clause(part, fields, language) for part in word.split("|"))
    return Message(next(filter(None, heads), named), _clause(do, fields, language) if do else "", shown)


def prompt(name: str, /, language: str = "en", **fields: Said) -> str:
    """What the screen asks for."""
    template = _texts(language).prompts.get(name) or en.PROMPTS[name]
    shown = {key: Counted(printable(say(value, language), 40), language) for key, value in fields.items()}
    return template.format_map(shown)


def say(text: Said, language: str = "en") -> str:
    """Data as they are; a phrase in the language, with what fills it made printable. An unknown name says itself."""
    if isinstance(text, str):
        return text
    if not text.name:
        between = text.fields.get(BETWEEN, " ")
        parts = (say(part, language) for name, part in text.fields.items() if name != BETWEEN)
        return say(between, language).join(parts)
    if text.name == TASK:
        return _task(say(text.fields.get("name", "")), language)[2]
    template = _texts(language).words.get(text.name) or en_words.WORDS.get(text.name)
    return text.name.replace("_", " ") if template is None else _filled(template, text.fields, language)


def word(name: str, /, language: str = "en", **fields: Said) -> str:
    """One entry of ``WORDS`` in the language."""
    return say(Phrase(name, dict(fields)), language)


def reason(text: str, language: str = "en") -> str:
    """A reason that the terminal itself gave (``damaged``, ``fail: leaks``) in the language, another as written."""
    given, parted, more = text.partition(": ")
    return word(f"reason_{given}", language) + parted + more if f"reason_{given}" in en_words.WORDS else text


def task(name: str, language: str = "en") -> str:
    """The headline of a task; empty where it has none, as the start screen."""
    return _task(name, language)[0]


def menu(name: str, language: str = "en") -> str:
    """A task's word on the start screen's menu, at most ten characters."""
    return _task(name, language)[1]


def _task(name: str, language: str) -> tuple[str, str, str]:
    return _texts(language).tasks.get(name) or en_words.TASKS.get(name) or ("", name, name)


def help_lines(name: str, language: str = "en") -> tuple[str, ...]:
    """What F1 says of a task."""
    return _texts(language).help.get(name) or en_words.HELP.get(name) or ()


def choice(command: str, language: str = "en") -> str:
    """The words of a command that may be chosen: at most 10 characters, for a key or a touch field."""
    return word(f"key_{command}", language) if f"key_{command}" in en_words.WORDS else command.upper()


__all__ = [
    "LANGUAGES",
    "LEVELS",
    "Message",
    "choice",
    "help_lines",
    "menu",
    "message",
    "prompt",
    "reason",
    "say",
    "task",
    "word",
]
