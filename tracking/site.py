"""The site file: items, parties, locations, people, documents, units and policy of one site, as JSON.

A field that is missing has a sensible default, one that is unknown is an error that names it.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from tracking.containers import prefix_fault
from tracking.dates import parse_iso
from tracking.documents import DOCUMENT_TYPES, BomLine, Document, Line
from tracking.later import pattern
from tracking.lifecycle import FLAGS, STATUSES
from tracking.numbering import characters
from tracking.pins import PIN_CHARS_MAX
from tracking.prefix_rules import COMMAND_PREFIX as COMMAND_PREFIX
from tracking.prefix_rules import PrefixRule, problem
from tracking.waivers import WAIVERS, usual

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some editors write in front of UTF-8."""
SITE_BYTES_MAX = 256 * 1024 * 1024
NAME_CHARS_MAX = 200
PATTERN_CHARS_MAX = 200


class SiteError(ValueError):
    """A site file that cannot be taken; the text says what is wrong, where, and what to do."""


class Item(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """A product type."""

    item: str
    description: str = ""
    gtins: tuple[str, ...] = ()
    revision: str = ""
    tracking: Literal["serial", "lot", "none"] = "serial"
    serial_pattern: str = ""
    numbering: str = ""
    """Template of the serial numbers that this site gives it, like ``SN-{seq:6}``; empty: it gives none."""
    label_when_built: bool = False
    """A unit that was built to its end gets a label printed."""
    check: Literal["none", "imei", "vin", "luhn", "mod37_36", "damm"] = "none"
    check_policy: Literal["off", "warn", "block"] = "off"
    shelf_life_days: int = 0
    warranty_months: int = 0
    requires: tuple[Literal["lot", "expiry"], ...] = ()
    checklist: tuple[str, ...] = ()
    """What an inspection looks at, one question after the other, in the site's own language."""


class Party(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """A supplier, a customer or an owner."""

    party: str
    name: str = ""
    role: Literal["supplier", "customer", "owner", ""] = ""


class Location(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """A place, from site down to bin."""

    location: str
    gln: str = ""
    parent: str = ""


class Operator(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """A person with a badge. ``pin`` is what the file says; it is kept as a salted hash only."""

    badge: str
    name: str = ""
    roles: tuple[str, ...] = ("operator",)
    pin: str = ""


class UnitRef(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """Names a unit."""

    item: str = ""
    serial: str = ""


class OpeningUnit(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """A unit that exists already when the file is loaded."""

    item: str
    serial: str
    status: str = "received"
    lot: str = ""
    expiry: str = ""
    location: str = ""
    flags: tuple[str, ...] = ()
    document: str = ""
    supplier: str = ""
    customer: str = ""
    sold_on: str = ""
    installed_in: UnitRef | None = None
    container: str = ""


class Policy(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """What the site allows."""

    over_receipt: Literal["stop", "note"] = "stop"
    unknown_serial_at_shipping: Literal["stop", "note"] = "stop"
    complete_on_last_scan: bool = True
    company_prefix: str = ""
    """GS1 company prefix that the SSCCs of new cartons begin with; without one cartons bring their own labels."""
    second_person: tuple[Literal["write_off", "destroy"], ...] = ()
    """What only counts with the badge of another person beside the one who is signed in."""
    sample_percent: int = 10
    """How much of an order that came in quality looks at, in percent, rounded up."""
    overridable: tuple[str, ...] = usual()
    """Stops that a supervisor may take upon himself, of those in :data:`tracking.waivers.WAIVERS`."""
    override_role: str = "supervisor"
    """The role that it takes."""
    claim_minutes: int = 240
    """So long after its last scan a task counts as being done by whoever began it; 0 tells nobody."""
    pin_length_min: int = 4
    """A PIN with fewer characters is refused. Each more makes it ten times as hard to guess."""
    print_labels: tuple[Literal["carton", "assigned", "built"], ...] = ("carton", "assigned")
    """What gets its label by itself, where there is a printer: a new carton that is closed, a new serial number, a
    unit that was built to its end.
    """
    stolen_contact: str = ""
    """Whom to call when a stolen unit turns up: shown with the stop."""


_AS_MANY_AS_NAMED = -(2**53)


class LineEntry(Line, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """A line as a site file states it."""

    quantity: int = _AS_MANY_AS_NAMED
    """Where it is left out: as many as there are serials named, else one."""


class BomEntry(BomLine, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """A BOM position as a site file states it."""


class DocumentEntry(Document, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """A document as a site file states it."""

    blind: bool | None = None  # type: ignore[assignment]
    """Where it is left out: a count sheet is blind, nothing else is."""
    lines: tuple[LineEntry, ...] = ()
    bom: tuple[BomEntry, ...] = ()


class Site(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """One site file."""

    site: str
    timezone: str = "UTC"
    today: str = ""
    items: tuple[Item, ...] = ()
    parties: tuple[Party, ...] = ()
    locations: tuple[Location, ...] = ()
    operators: tuple[Operator, ...] = ()
    documents: tuple[DocumentEntry, ...] = ()
    units: tuple[OpeningUnit, ...] = ()
    policy: Policy = Policy()
    prefix_rules: tuple[PrefixRule, ...] | None = None
    """What plain codes are by how they begin; left out, those that were loaded before stay."""
    stated_policy: tuple[str, ...] = ()
    """Which policies the file names. Filled by :func:`load`; no field of a file."""


class _Names(msgspec.Struct):
    """Only which names an object of the file has."""

    policy: dict[str, msgspec.Raw] = {}
    stated_policy: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_DECODER = msgspec.json.Decoder(Site)
_NAMES = msgspec.json.Decoder(_Names)


def load(data: bytes, name: str = "the site file") -> Site:
    """The site of a JSON file. Raises :class:`SiteError` with one plain sentence."""
    if len(data) > SITE_BYTES_MAX:
        raise SiteError(
            f"{name} is larger than {SITE_BYTES_MAX // 1024 // 1024} MB: split its units over several files"
        )
    data = data.removeprefix(BYTE_ORDER_MARK)
    try:
        site, names = _DECODER.decode(data), _NAMES.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SiteError(f"{name} cannot be read: {_why(data, error)}") from error
    if names.stated_policy is not msgspec.UNSET:
        raise SiteError(f"{name} cannot be read: it has the unknown field `stated_policy`; remove that field")
    _check(site, name)
    return msgspec.structs.replace(
        site,
        documents=tuple(_numbered(document, site.site) for document in site.documents),
        stated_policy=tuple(sorted(names.policy)),
    )


def _why(data: bytes, error: Exception) -> str:
    try:
        data.decode()
    except UnicodeDecodeError as odd:
        return f"byte {odd.start + 1} is no UTF-8; save it as JSON in UTF-8"
    return f"{error}; correct that field"


def _numbered(document: DocumentEntry, site: str) -> DocumentEntry:
    """Lines without a number get theirs by their place; the document belongs to this site."""
    lines = tuple(
        msgspec.structs.replace(line, line=line.line or place, quantity=_quantity(line))
        for place, line in enumerate(document.lines, 1)
    )
    if document.type == "work_order" and document.product and not lines:
        lines = (LineEntry(line=1, item=document.product, quantity=1),)  # one of it, where nothing is said
    blind = document.type == "count_sheet" if document.blind is None else document.blind
    return msgspec.structs.replace(document, lines=lines, blind=blind, site=document.site or site)


def _quantity(line: LineEntry) -> int:
    return len(line.serials) or 1 if line.quantity == _AS_MANY_AS_NAMED else line.quantity


_AIM = pattern(r"\][A-Za-z][0-9A-Za-z]")
"""A symbology identifier, which terminals take off the front of what they read."""


def refuse_name(text: str) -> str:
    """Why a text cannot be the name of a place, a site or a device; empty if it can."""
    if not text:
        return "is empty"
    if len(text) > NAME_CHARS_MAX:
        return f"is longer than {NAME_CHARS_MAX} characters"
    if text.upper().startswith(COMMAND_PREFIX):
        return f"begins with {COMMAND_PREFIX}, which is kept for command barcodes"
    if text != text.strip():
        return "begins or ends with a blank"
    # Asked of every scan. What can be printed has no control character, and that is asked at once for the whole text.
    if not text.isprintable() and any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in text):
        return "contains a control character"
    return ""


def refuse_code(text: str) -> str:
    """Why a text cannot be registered as a serial, lot, item, document or badge; empty if it can.

    Narrower than a name: these are printed, scanned and typed, and must come back as the characters they were.
    """
    why = refuse_name(text)
    if not why and _AIM.match(text):
        return f"begins with {text[:3]}, which terminals take off as a symbology identifier"
    return why or next(iter(characters.faults(text)), "")


def _check(site: Site, name: str) -> None:
    try:
        _named("site", site.site)
        _dated("today", site.today)
        register = _Register(site.operators)
        for item in site.items:
            register.check("item", item.item)
        for place in site.locations:
            _named("location", place.location)
            register.refuse_badge("location", place.location)
        _check_pins(site)
        prefix = site.policy.company_prefix
        if prefix and prefix_fault(prefix):
            raise _Wrong(f"policy: company_prefix {prefix[:40]!r} {prefix_fault(prefix)}")
        for code in site.policy.overridable:
            if code not in WAIVERS:
                raise _Wrong(f"policy: overridable: {code[:40]!r} is none of {', '.join(WAIVERS)}")
        for document in site.documents:
            _check_document(document, register)
        for unit in site.units:
            _check_unit(unit, register)
    except _Wrong as wrong:
        raise SiteError(f"{name}: {wrong}") from None
    wrong_rule = problem(site.prefix_rules or ())
    if wrong_rule:
        raise SiteError(f"{name}: {wrong_rule}")
    for item in site.items:
        _check_pattern(item, name)
        _check_numbering(item, site.site, name)
    _check_unique(site, name)


def _check_pins(site: Site) -> None:
    """No PIN that is too short, or that no terminal would try. What it is stands in no message."""
    least = site.policy.pin_length_min
    if not 1 <= least <= PIN_CHARS_MAX:
        raise _Wrong(f"policy: pin_length_min must be from 1 to {PIN_CHARS_MAX}, not {least}")
    for operator in site.operators:
        length = len(operator.pin)
        if operator.pin and not least <= length <= PIN_CHARS_MAX:
            raise _Wrong(
                f"badge {operator.badge!r}: its PIN has {length} characters, from {least} (policy: pin_length_min)"
                f" to {PIN_CHARS_MAX} are good"
            )


class _Wrong(Exception):
    """What is wrong, before the file's name is put in front."""


def _named(kind: str, text: str) -> None:
    why = refuse_name(text)
    if why:
        raise _Wrong(f"{kind} {text[:60]!r} {why}")


class _Register:
    """What may be registered beside the badges of this file: no code that could be one of them."""

    def __init__(self, operators: tuple[Operator, ...]) -> None:
        self._badges: frozenset[str] = frozenset()
        for operator in operators:
            self.check("badge", operator.badge)
        # Some scanners fold the case, so a badge is one in any case.
        self._badges = frozenset(operator.badge.upper() for operator in operators)

    def check(self, kind: str, text: str) -> None:
        why = refuse_code(text)
        if why:
            raise _Wrong(f"{kind} {text[:60]!r} {why}")
        self.refuse_badge(kind, text)

    def refuse_badge(self, kind: str, text: str) -> None:
        if text.upper() in self._badges:
            raise _Wrong(f"{kind} {text!r} is also a badge: change one of them")


def _dated(what: str, text: str) -> None:
    if text and parse_iso(text) is None:
        raise _Wrong(f"{what} {text[:40]!r} is no date like 2026-11-23")


def _check_document(document: DocumentEntry, register: _Register) -> None:
    register.check("document", document.number)
    about = f"document {document.number}"
    if document.type not in DOCUMENT_TYPES:
        raise _Wrong(f"{about}: type {document.type!r} is not one of {', '.join(DOCUMENT_TYPES)}")
    seen: set[int] = set()
    for line in _numbered(document, "").lines:
        for serial in line.serials:
            register.check(f"{about}: serial", serial)
        if line.lot:
            register.check(f"{about}: lot", line.lot)
        if line.container:
            register.check(f"{about}: container", line.container)
        if line.quantity < 0:
            raise _Wrong(f"{about}: quantity {line.quantity} is negative")
        if line.line in seen or line.line < 1:
            raise _Wrong(f"{about}: line {line.line} is there twice or below 1: number the lines one by one")
        seen.add(line.line)


def _check_unit(unit: OpeningUnit, register: _Register) -> None:
    register.check("serial", unit.serial)
    about = f"unit {unit.serial}"
    if unit.lot:
        register.check(f"{about}: lot", unit.lot)
    if unit.container:
        register.check(f"{about}: container", unit.container)
    _dated(f"{about}: expiry", unit.expiry)
    _dated(f"{about}: sold_on", unit.sold_on)
    if unit.status not in STATUSES:
        raise _Wrong(f"{about}: status {unit.status!r} is not one of {', '.join(STATUSES)}")
    for flag in unit.flags:
        if flag not in FLAGS:
            raise _Wrong(f"{about}: flag {flag!r} is not one of {', '.join(FLAGS)}")


def _check_pattern(item: Item, name: str) -> None:
    if len(item.serial_pattern) > PATTERN_CHARS_MAX:
        raise SiteError(
            f"{name}: item {item.item}: serial_pattern is longer than {PATTERN_CHARS_MAX} characters"
        )
    try:
        re.compile(item.serial_pattern)
    except re.error as error:
        raise SiteError(
            f"{name}: item {item.item}: serial_pattern is no regular expression ({error})"
        ) from error


def _check_numbering(item: Item, site: str, name: str) -> None:
    if not item.numbering:
        return
    from tracking.numbering import of_item  # which stands on this module

    why = of_item.fault(item, site)
    if why:
        raise SiteError(f"{name}: item {item.item}: numbering {why}")


def _check_unique(site: Site, name: str) -> None:
    lists: dict[str, list[object]] = {
        "item": [item.item for item in site.items],
        "document": [document.number for document in site.documents],
        "badge": [operator.badge for operator in site.operators],
        "location": [place.location for place in site.locations],
        "unit": [(unit.item, unit.serial) for unit in site.units],
    }
    for kind, values in lists.items():
        seen: set[object] = set()
        for value in values:
            if value in seen:
                raise SiteError(f"{name}: {kind} {value!r} is listed twice: remove one")
            seen.add(value)
