"""Labels: what the things, papers, people and places of a site carry, as a scanner reads them.

``labels`` makes the sheet that a real scanner reads, ``next_labels`` the same texts in the order in which a
person would read them, for a demonstration without a scanner.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from scanner_app.label_goods import Goods, goods_by_document
from tracking.dates import parse_iso
from tracking.documents import Document
from tracking.printable import printable
from tracking.site import COMMAND_PREFIX, Item, Site

GS = "\x1d"
GS1_128 = "]C1"
"""AIM symbology identifier of GS1-128: the scanner says with it that the text is an element string."""

GS1_128_CHARS_MAX = 48
GS1_VALUE_CHARS_MAX = 20
CODE128_CHARS_MAX = 40

COMMANDS = (
    *("UNDO", "ACK", "DONE", "CONFIRM", "BACK", "REMOVE", "HOLD=damaged", "RELEASE=inspected"),
    *("HELP", "LOCK", "REPRINT"),
    *(f"QUANTITY={number}" for number in (1, 2, 3, 4, 5, 6, 8, 10, 12, 20, 24, 25, 40, 50, 100)),
)
"""The command card, without the prefix. A hold's reason may be any other word, a quantity any number."""

_GS1_VALUE = re.compile(r"[!\"%-?A-Z_a-z]{1,20}")


class LabelError(ValueError):
    """Labels that cannot be made; the text says what is wrong and what to do."""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """One printed code and the words around it."""

    kind: str
    """``unit lot item document badge location command card``."""
    title: str
    human_readable: str
    """What is printed under the code; element strings with their identifiers in parentheses."""
    text: str
    """What a scanner delivers: an element string begins with its AIM id ``]C1``, GS parts its fields."""
    symbology: str
    """``gs1-128 code128 qr``, and for the calibration card ``datamatrix``."""


def labels(site: Site, document: str | None = None, *, today: date | None = None) -> list[Label]:
    """The labels of a site: badges, documents with their goods, commands, locations; or all for one document.

    *today* defaults to the site file's own date, else to the date in the site's time zone.
    Raises :class:`LabelError` for a document that the site does not have.
    """
    goods = goods_by_document(site, today or _today(site))
    badges = [_plain("badge", one.name, one.badge) for one in site.operators]
    commands = [_command(command) for command in COMMANDS]
    wanted = [_document(site, document)] if document else list(site.documents)
    sheet = badges
    for one in wanted:
        sheet += _paper(site, one, goods[one.number])
    sheet += commands
    if not document:
        sheet += [_plain("location", "location", place.location) for place in site.locations]
    return sheet


def next_labels(site: Site, document: str, *, today: date | None = None) -> list[str]:
    """The texts to scan for one document, in order: its number, then the goods, a quantity after each lot.

    Raises :class:`LabelError` for a document that the site does not have.
    """
    found = _document(site, document)
    return [
        label.text for label in _paper(site, found, goods_by_document(site, today or _today(site))[document])
    ]


def element_string(gtin: str, *, serial: str = "", lot: str = "", expiry: str = "") -> str:
    """A GS1-128 text: fixed lengths first, a GS between a lot and the serial after it (GS1 GenSpecs 7.8).

    *expiry* is an ISO date. An empty value is left out.
    """
    fields = ["01" + gtin] if gtin else []
    if expiry:
        fields.append("17" + date.fromisoformat(expiry).strftime("%y%m%d"))
    open_ended = [ai + value for ai, value in (("10", lot), ("21", serial)) if value]
    return GS1_128 + "".join(fields) + GS.join(open_ended)


def goods_texts(site: Site, goods: Goods) -> list[str]:
    """What the label of these goods says: one text, or two where they do not fit into one symbol.

    A unit whose serial alone says which item it is carries the bare serial, if no lot or date goes with it.
    """
    item = next(item for item in site.items if item.item == goods.item)
    gtin = item.gtins[0] if item.gtins else ""
    lot = goods.lot if item.tracking == "lot" or "lot" in item.requires else ""
    plain = not (lot or goods.expiry) and goods.serial and _only_item(site, item)
    if plain or not gtin or not all(_GS1_VALUE.fullmatch(one) for one in (lot, goods.serial) if one):
        return [goods.serial or goods.item]
    whole = element_string(gtin, serial=goods.serial, lot=lot, expiry=goods.expiry)
    if len(whole) - len(GS1_128) <= GS1_128_CHARS_MAX:
        return [whole]
    return [element_string(gtin, lot=lot, expiry=goods.expiry), element_string("", serial=goods.serial)]


def _only_item(site: Site, item: Item) -> bool:
    """True where the serial's pattern belongs to this item alone."""
    return bool(item.serial_pattern) and all(
        other.item == item.item or other.serial_pattern != item.serial_pattern for other in site.items
    )


def _paper(site: Site, document: Document, goods: Iterable[Goods]) -> list[Label]:
    """A document and its goods, in the order of a person's hands."""
    kind = document.type.replace("_", " ")
    title = f"{kind} {document.party or document.location or document.product}".strip()
    sheet = [_plain("document", title, document.number)]
    place = Counter[str]()
    for one in goods:
        place[one.item] += 1
        texts = goods_texts(site, one)
        for part, text in enumerate(texts, start=1):
            title = f"{one.item} · {document.number}" + (
                f" · part {part} of {len(texts)}" if len(texts) > 1 else ""
            )
            sheet.append(_goods_label(one, title, text))
        if not one.serial and one.quantity > 1:
            sheet.append(_command(f"QUANTITY={one.quantity}"))
    return sheet


def _goods_label(goods: Goods, title: str, text: str) -> Label:
    kind = "unit" if goods.serial else "lot" if goods.lot else "item"
    return _plain(kind, title, text)


def _command(command: str) -> Label:
    return _plain("command", command.replace("=", " ").lower(), COMMAND_PREFIX + command)


def _plain(kind: str, title: str, text: str) -> Label:
    return Label(
        kind=kind,
        title=printable(title),
        human_readable=human_readable(text),
        text=text,
        symbology=symbology_for(text),
    )


def symbology_for(text: str) -> str:
    """The narrowest symbol that carries *text* on an A4 sheet."""
    if text.startswith(GS1_128):
        return "gs1-128"
    fits = text.isascii() and text.isprintable() and len(text) <= CODE128_CHARS_MAX
    return "code128" if fits else "qr"


def human_readable(text: str) -> str:
    """*text* as people read it: the identifiers of an element string of ours stand in parentheses."""
    if not text.startswith(GS1_128):
        return printable(text)
    rest, words = text[len(GS1_128) :], ""
    while rest:
        ai, rest = rest[:2], rest[2:]
        fixed = {"01": 14, "17": 6}.get(ai, 0)
        value, rest = (
            (rest[:fixed], rest[fixed:]) if fixed else (rest.partition(GS)[0], rest.partition(GS)[2])
        )
        words += f"({ai}){value}"
    return printable(words, None)


def _document(site: Site, number: str) -> Document:
    for document in site.documents:
        if document.number == number:
            return document
    known = ", ".join(document.number for document in site.documents[:10]) or "none"
    raise LabelError(f"{printable(number)} is not a document of site {site.site}; it has {known}")


def _today(site: Site) -> date:
    return parse_iso(site.today) or datetime.now(ZoneInfo(site.timezone)).date()
