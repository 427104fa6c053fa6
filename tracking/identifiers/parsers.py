"""The standards, each with the module that reads it and a glance that tells which codes are worth asking it.

A module is loaded when the first code comes that may be its own, so that a handheld starts without any. A glance may
let through what the parser then passes over; it never holds back what the parser would read, which a test keeps true.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from tracking.identifiers.reading import Reading
from tracking.identifiers.symbologies import COMPOSITE
from tracking.later import pattern

Parse = Callable[[str, str, date], list[Reading]]


class Parser:
    """One standard."""

    __slots__ = ("_parse", "begins", "glance", "module", "untrimmed")

    def __init__(
        self, module: str, glance: Callable[[str], bool], *, untrimmed: bool = False, begins: str = ""
    ) -> None:
        """``untrimmed``: a blank at the end is data or a fault to it; the others get text without. ``begins``: with
        which characters alone a code of it begins; empty where that tells nothing.
        """
        self.module, self.glance, self.untrimmed, self.begins = module, glance, untrimmed, begins
        self._parse: Parse | None = None

    def parse(self, text: str, symbology_id: str, today: date) -> list[Reading]:
        """Its readings of a code; nothing for text that is not its own."""
        return (self._parse or self.loaded())(text, symbology_id, today)

    def loaded(self) -> Parse:
        """Its function, with its module loaded."""
        if self._parse is None:
            found: Parse = importlib.import_module(f"tracking.identifiers.{self.module}").parse
            self._parse = found
        return self._parse


_KEYED = pattern(r"[\x1d ]*(?:0[0-3]|.*(?:\x1d|[{<\[]|\u241d|[\u00e8\u00c8]|[Aa][Ll][Tt]))", re.DOTALL)
_ADDRESS = pattern(r"[A-Za-z]+:|//|[A-Za-z0-9.\-]+/")
_UNFLAGGED = pattern(r"\*?\s*\+|[A-Z][A-Z0-9]{5,}/|\*")
_FIELD = pattern(r"[0-9]{0,2}[A-Z]")
_NUMBER = pattern(r"[0-9A-Fa-f \-/.]|(?:IM|ME|IC|EI|SI)", re.IGNORECASE)
_BRACKET = pattern(r"[0-9]{0,4}\(|\[")


def _envelope(text: str) -> bool:
    return text.startswith(("[)>", ">[)>")) or "\x1d" in text


PARSERS = (
    Parser("commands", lambda text: text.startswith("%"), begins="%"),
    Parser("envelope", _envelope),
    Parser("hibc", lambda text: _UNFLAGGED.match(text.lstrip(" ")) is not None, untrimmed=True),
    Parser("isbt128", lambda text: text.startswith(("=", "&")), begins="=&"),
    Parser("composite", lambda text: COMPOSITE in text, untrimmed=True),
    Parser("gs1", lambda text: _KEYED.match(text) is not None, untrimmed=True),
    Parser("hri", lambda text: _BRACKET.match(text) is not None, begins="0123456789(["),
    Parser("digital_link", lambda text: _ADDRESS.match(text) is not None),
    Parser("epc", lambda text: text[:4].lower() == "urn:", begins="uU"),
    Parser("trade", lambda text: text[:1].isdecimal()),
    Parser("vin", lambda text: 15 <= len(text) <= 24),
    Parser("mobile", lambda text: len(text) >= 14 and _NUMBER.match(text) is not None),
    Parser("eui", lambda text: 12 <= len(text) <= 50),
    Parser("single_identifier", lambda text: len(text) <= 60 and _FIELD.match(text) is not None),
    Parser("distributor_text", lambda text: text.startswith(("{", "Q")), begins="{Q"),
)
"""In the order of asking."""


@lru_cache(maxsize=256)
def beginning(character: str) -> tuple[Parser, ...]:
    """Those of them of whom a code may be that begins so."""
    return tuple(parser for parser in PARSERS if not parser.begins or character in parser.begins)


_BY_NAME = {parser.module: parser for parser in PARSERS}
OF_GS1 = tuple(_BY_NAME[name] for name in ("commands", "composite", "gs1"))
OF_EAN = tuple(_BY_NAME[name] for name in ("commands", "composite", "trade"))
"""Who is asked where the AIM id says GS1, or EAN/UPC: then nothing else can be meant, and nobody glances."""


_LATER = (
    "tracking.identifiers.data.gs1_dictionary",
    "tracking.identifiers.digital_link_compressed",
    "stdnum.luhn",
)
"""What the parsers load only when a code needs it."""


def load_all() -> None:
    """Loads every parser and its tables: in a pause, so that the first code of a standard waits for no module."""
    for parser in PARSERS:
        parser.loaded()
    for module in _LATER:
        importlib.import_module(module)
