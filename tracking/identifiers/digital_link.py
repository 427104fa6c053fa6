"""GS1 Digital Link URIs (GS1 Digital Link Standard: URI Syntax), and addresses that look like one but are none.

The path ends in a primary key, its qualifiers in their order, and the query holds further elements. Everything before
the key is the owner's. A GTIN has all its 14 digits; shorter ones were allowed once, and nobody can check them now.
"""

from __future__ import annotations

import re
from datetime import date

from msgspec.structs import replace

from tracking.identifiers.digital_link_compressed import decompressed
from tracking.identifiers.gs1_reading import reading
from tracking.identifiers.gs1_table import Entry, entry
from tracking.identifiers.gs1_values import Split, fault
from tracking.identifiers.reading import Reading

_SCHEMES = ("http://", "https://", "HTTP://", "HTTPS://")
_OTHER_ADDRESS = re.compile(
    r"(?:[Hh][Tt][Tt][Pp][Ss]?|ftps?|file|mailto|tel|sms|geo|urn|market|wss?):|//[\w.\-]+/"
    r"|[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}/(?:.*/)?(?:0[01]|25[35]|40[12]|41[457]|80\d\d)/[0-9]"
)
_URI = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%])*")
_HOST = re.compile(r"[A-Za-z0-9\-.:\[\]_]+")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_REASON = "GS1 Digital Link"
_CANONICAL_STEM = "https://id.gs1.org"

Pairs = list[tuple[str, str]]


class _Wrong(Exception):
    """Why the address is no Digital Link; the second argument is the layer."""


def parse(text: str, _symbology_id: str, today: date) -> list[Reading]:
    """The reading of a Digital Link, or of an address that is none, unsound; empty for text that is no address."""
    if not text.startswith(_SCHEMES):
        if text[:8].lower() != "urn:epc:" and _OTHER_ADDRESS.match(text):
            return [_no_link(text, "an address, but no GS1 Digital Link")]
        return []
    try:
        host, path, query = _taken_apart(text)
        keyed = _keyed(path.split("/")[1:])
        if not keyed:
            return _from_compressed(text, host, path, query, today)
        pairs = [(ai, _unescaped(value)) for ai, value in keyed]
        in_path = len(pairs)
        pairs += _in_query(query)
        _judge_places(pairs, in_path)
    except _Wrong as wrong:
        return [_no_link(text, str(wrong))]
    return [_found(pairs, host, today)]


def _no_link(text: str, error: str) -> Reading:
    return Reading(kind="url", text=text, reason="an address", error=error, layer="syntax")


def _found(pairs: Pairs, host: str, today: date) -> Reading:
    error = layer = ""
    for ai, value in pairs:
        why, kind = fault(_entry(ai), value, today)
        if why and not error:
            error, layer = why, kind
    found = reading(Split(pairs, error, layer), today, _REASON)
    details = found.details | {"primary": pairs[0][0], "host": host, "canonical": canonical(pairs)}
    return replace(found, details=details, partial=False)


def _from_compressed(text: str, host: str, path: str, query: str, today: date) -> list[Reading]:
    """Elements from the compressed form, if everything in it is sound: nothing else proves that it is one."""
    segments = path.split("/")[1:]
    ahead = [(ai, _unescaped(value)) for ai, value in _keyed(segments[:-1])]
    behind = _in_query(query)
    sound = []
    for packed in decompressed(segments[-1]):
        pairs = ahead + packed + behind
        found = _found(pairs, host, today) if _entry(pairs[0][0]).key else None
        if found is not None and found.ok:
            more = {"compressed": True, "uncompressed": found.details["canonical"]}
            sound.append(replace(found, details=found.details | more))
    if len(sound) > 1:
        raise _Wrong("it is compressed and can be read in two ways")
    return sound or [_no_link(text, "an address without a GS1 key in its path")]


def _taken_apart(text: str) -> tuple[str, str, str]:
    """``(host, path, query)`` of an address."""
    if not _URI.fullmatch(text):
        raise _Wrong("it has a character that an address cannot have")
    rest = text.partition("://")[2].partition("#")[0]
    place, _, query = rest.partition("?")
    host, slash, path = place.partition("/")
    if not _HOST.fullmatch(host) or not slash:
        raise _Wrong("an address has a host and a path")
    return host, slash + path, query


def _keyed(segments: list[str]) -> Pairs:
    """Key and qualifiers at the end of the path, found from the right; empty where there is no key."""
    pairs: Pairs = []
    place = len(segments) - 2
    while place >= 0:
        found = entry(segments[place])
        if found is None:
            return []
        pairs.insert(0, (segments[place], segments[place + 1]))
        if found.key:
            return pairs
        place -= 2
    return []


def _in_query(query: str) -> Pairs:
    """Elements of the query; its other parameters are the owner's."""
    pairs: Pairs = []
    for parameter in query.split("&"):
        name, equals, value = parameter.partition("=")
        if not equals or not name or not (name.isascii() and name.isdecimal()):
            continue
        if entry(name) is None:
            raise _Wrong(f"({name[:8]}) is no element")
        pairs.append((name, _unescaped(value.replace("+", " "))))
    return pairs


def _unescaped(value: str) -> str:
    if "%00" in value:
        raise _Wrong("it has a null character in a value")
    return _ESCAPE.sub(lambda hit: chr(int(hit[1], 16)), value)


def _judge_places(pairs: Pairs, in_path: int) -> None:
    """Every element where it belongs: qualifiers in the path and in order, attributes in the query, none twice."""
    for ai, value in pairs:
        if not value:
            raise _Wrong(f"({ai}) is empty")
    path = tuple(ai for ai, _ in pairs[:in_path])
    if not _in_order(path):
        raise _Wrong("the qualifiers in the path do not belong to its key, or not in that order")
    for place, (ai, _) in enumerate(pairs[in_path:], in_path):
        if any(ai == earlier for earlier, _ in pairs[:place]):
            raise _Wrong(f"({ai}) is there twice")
        if not _entry(ai).attribute:
            raise _Wrong(f"({ai}) cannot stand in the query")
        if any(_in_order((*path[:at], ai, *path[at:])) for at in range(1, in_path + 1)):
            raise _Wrong(f"({ai}) belongs in the path")


def _in_order(path: tuple[str, ...]) -> bool:
    """Whether key and qualifiers are in one of the orders that the key has."""
    for order in _entry(path[0]).key:
        rest = iter(order)
        if all(ai in rest for ai in path[1:]):
            return True
    return False


def _entry(ai: str) -> Entry:
    found = entry(ai)
    if found is None:
        raise _Wrong(f"({ai[:8]}) is no element")
    return found


def canonical(pairs: Pairs) -> str:
    """The link at GS1's own address, percent-escaped, elements of predefined length first in the query."""
    key = _entry(pairs[0][0])
    values = dict(pairs)
    orders = [tuple(ai for ai in order if ai in values) for order in key.key]
    path = (key.ai, *max(orders, key=len, default=()))
    rest = [ai for ai in values if ai not in path]
    rest.sort(key=lambda ai: not _entry(ai).fixed)
    link = _CANONICAL_STEM + "".join(f"/{ai}/{_escaped(values[ai])}" for ai in path)
    return link + ("?" + "&".join(f"{ai}={_escaped(values[ai])}" for ai in rest) if rest else "")


def _escaped(value: str) -> str:
    return re.sub(r"[^A-Za-z0-9\-._~]", lambda hit: f"%{ord(hit[0]):02X}", value)
