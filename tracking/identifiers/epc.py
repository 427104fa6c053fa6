"""EPC URNs (GS1 EPC Tag Data Standard, sections 6 and 7) and the GS1 elements they stand for.

``urn:epc:id:`` names one thing, ``urn:epc:class:`` a lot, ``urn:epc:idpat:`` all of a kind (``*`` for the serial), and
``urn:epc:tag:`` is how a tag holds it, with a filter value in front.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from msgspec.structs import replace

from tracking.identifiers import epc_others
from tracking.identifiers.gs1_linters import mod10_digit
from tracking.identifiers.gs1_reading import reading
from tracking.identifiers.gs1_table import entry
from tracking.identifiers.gs1_values import Split, fault
from tracking.identifiers.reading import Reading

_PREFIX = "urn:epc:"
_REASON = "EPC URN"
_FORMS = frozenset({"id", "class", "idpat", "tag", "pat"})
# GS3A3: what may stand for itself; the rest of CSET 82 is written as %hh.
_COMPONENT = re.compile(r"(?:[!'()*+,\-.0-9:;=A-Z_a-z]|%[0-9A-Fa-f]{2})*")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")

Pairs = list[tuple[str, str]]


class _Wrong(Exception):
    """Why the URN names nothing."""


def parse(text: str, _symbology_id: str, today: date) -> list[Reading]:
    """The reading of an EPC URN; empty where the text is none."""
    if text[: len(_PREFIX)].lower() != _PREFIX:
        return []
    form, scheme, name = (*text[len(_PREFIX) :].split(":", 2), "", "")[:3]
    other = epc_others.parse(form.lower(), scheme.lower(), name, _REASON)
    if other is not None:
        return [other]
    try:
        pairs, prefix_digits = _pairs(text[len(_PREFIX) :])
    except _Wrong as wrong:
        return [Reading(kind="unit", reason=_REASON, error=str(wrong), layer="syntax")]
    error = layer = ""
    for ai, value in pairs:
        found = entry(ai)
        why, kind = fault(found, value, today) if found else ("there is no such element", "syntax")
        if why and not error:
            error, layer = why, kind
    read = reading(Split(pairs, error, layer), today, _REASON)
    return [replace(read, details=read.details | {"company_prefix_length": prefix_digits})]


def _pairs(body: str) -> tuple[Pairs, int]:
    form, _, rest = body.partition(":")
    scheme, _, name = rest.partition(":")
    form, scheme = (
        form.lower(),
        scheme.lower(),
    )  # only names keep their case; some QR codes know capitals alone
    if form not in _FORMS or not name:
        raise _Wrong("an EPC URN has a form, a scheme and a name")
    if form in {"tag", "pat"}:
        scheme, _, name = scheme.rpartition("-")[0], *name.partition(".")[1:]
    make = _SCHEMES.get(scheme)
    if make is None or (scheme == "lgtin") != (form == "class"):
        raise _Wrong(f"no EPC scheme is called {scheme[:20]}")
    if not _COMPONENT.fullmatch(name):
        raise _Wrong("it has a character that must be written with a percent sign")
    parts = name.split(".", _PARTS.get(scheme, 3) - 1)
    while form in {"idpat", "pat"} and parts and parts[-1] == "*":
        parts.pop()
    if any(not part for part in parts) or (
        form not in {"idpat", "pat"} and len(parts) < _PARTS.get(scheme, 3)
    ):
        raise _Wrong("a part of it is missing")
    company = parts[0]
    if not (company.isascii() and company.isdecimal() and 6 <= len(company) <= 12):
        raise _Wrong("a company prefix has 6 to 12 digits")
    parts = [_ESCAPE.sub(lambda hit: chr(int(hit[1], 16)), part) for part in parts]
    return make(parts), len(company)


def _digits(text: str, count: int) -> str:
    if len(text) != count or not (text.isascii() and text.isdecimal()):
        raise _Wrong(f"company prefix and reference have {count} digits together")
    return text


def _part(parts: list[str], place: int) -> str:
    if place >= len(parts):
        raise _Wrong("a part of it is missing")
    return parts[place]


def _led(parts: list[str], count: int) -> str:
    """Number with the reference's first digit (indicator, extension) at the front, and its check digit."""
    reference = _part(parts, 1)
    number = _digits(reference[:1] + parts[0] + reference[1:], count)
    return number + mod10_digit(number)


def _plain(parts: list[str], count: int) -> str:
    number = _digits(parts[0] + (parts[1] if len(parts) > 1 else ""), count)
    return number + mod10_digit(number)


def _with(ai: str, parts: list[str], place: int) -> Pairs:
    return [(ai, parts[place])] if len(parts) > place else []


def _sgln(parts: list[str]) -> Pairs:
    extension = [pair for pair in _with("254", parts, 2) if pair[1] != "0"]
    return [("414", _plain(parts, 12)), *extension]


def _itip(parts: list[str]) -> Pairs:
    return [("8006", _led(parts, 13) + _part(parts, 2) + _part(parts, 3)), *_with("21", parts, 4)]


_SCHEMES: dict[str, Callable[[list[str]], Pairs]] = {
    "sgtin": lambda parts: [("01", _led(parts, 13)), *_with("21", parts, 2)],
    "lgtin": lambda parts: [("01", _led(parts, 13)), *_with("10", parts, 2)],
    "upui": lambda parts: [("01", _led(parts, 13)), *_with("235", parts, 2)],
    "sscc": lambda parts: [("00", _led(parts, 17))],
    "sgln": _sgln,
    "pgln": lambda parts: [("417", _plain(parts, 12))],
    "grai": lambda parts: [("8003", "0" + _plain(parts, 12) + "".join(parts[2:]))],
    "giai": lambda parts: [("8004", parts[0] + _part(parts, 1))],
    "gsrn": lambda parts: [("8018", _plain(parts, 17))],
    "gsrnp": lambda parts: [("8017", _plain(parts, 17))],
    "gdti": lambda parts: [("253", _plain(parts, 12) + "".join(parts[2:]))],
    "sgcn": lambda parts: [("255", _plain(parts, 12) + "".join(parts[2:]))],
    "cpi": lambda parts: [("8010", parts[0] + _part(parts, 1)), *_with("8011", parts, 2)],
    "ginc": lambda parts: [("401", parts[0] + _part(parts, 1))],
    "gsin": lambda parts: [("402", _plain(parts, 16))],
    "itip": _itip,
}
_PARTS = {"sscc": 2, "pgln": 2, "giai": 2, "gsrn": 2, "gsrnp": 2, "ginc": 2, "gsin": 2, "itip": 5}
"""Parts of a name where it is not three. The last part may contain dots."""
