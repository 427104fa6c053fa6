"""ISO/IEC 15434 envelopes: ``[)>`` RS, a format, its fields between GS, RS and EOT.

Formats 06 (data identifiers), 05 (GS1 elements) and 12 (text elements) are read; several may be in one envelope. The
header variants of distributors in use are read too; what replaced a separator is said, never guessed in silence.
"""

from __future__ import annotations

import re
from datetime import date

from msgspec.structs import replace

from tracking.identifiers import gs1
from tracking.identifiers.data_identifiers import KNOWN, Fault, judged, split
from tracking.identifiers.iuid import of_text_elements
from tracking.identifiers.reading import Reading

RS, GS, EOT = "\x1e", "\x1d", "\x04"
_START = re.compile(r">?\[\)>")
_HEADER = re.compile(rf">?\[\)>{RS}?(?=[0-9A-Z]{{2}}{GS})")
_FORMATS = frozenset(f"{number:02}" for number in range(13)) - {"00"}
"""Format indicators of the standard. Those that we do not read are refused, or skipped beside one that we do."""
_SKIPPED_BESIDE = frozenset({"01", "07"})
_TEXT_ELEMENT = re.compile(r"([A-Z]{3}) (.*)", re.DOTALL)
_REPLACED = (
    ("control_pictures", "\u241e", "\u241d", "\u2404"),
    ("text_placeholders", "{RS}", "{GS}", "{EOT}"),
    ("angle_placeholders", "<RS>", "<GS>", "<EOT>"),
    ("square_placeholders", "[RS]", "[GS]", "[EOT]"),
    ("escapes", "\\x1e", "\\x1d", "\\x04"),
    ("caret_pairs", "^^", "^]", "^D"),
    ("wedge_caret_form", "^", "]", "^d"),
)
"""Ways in which keyboard scanners write the separators that cannot be mistaken for data: name, RS, GS, EOT."""
_MISSING_TRAILER = "The end of the code is missing: compare with the label that nothing was cut off."


def parse(text: str, _symbology_id: str, today: date) -> list[Reading]:
    """The reading of an envelope, or of data identifiers between separators whose header a decoder left out."""
    if not _START.match(text):
        return _headless(text, today)
    name, body = _restored(text)
    try:
        reading = _opened(body, today)
    except Fault as fault:
        return [Reading(kind="item", reason="header of ISO/IEC 15434", error=str(fault), layer="content")]
    if name:
        sentence = f"The scanner replaced separators ({name}); set its profile and this is sure."
        reading = replace(reading, warn=(*reading.warn, sentence))
    return [reading]


def _restored(text: str) -> tuple[str, str]:
    """``(how separators were written, text with real ones)``; the name is empty where they are real."""
    if GS in text or RS in text:
        return "", text
    for name, rs, gs, eot in _REPLACED:
        opening = re.compile(rf">?\[\)>{re.escape(rs)}[0-9]{{2}}{re.escape(gs)}")
        if opening.match(text):
            body = text[: -len(eot)] + EOT if text.endswith(eot) else text
            return name, body.replace(rs, RS).replace(gs, GS)
    return "", text


def _opened(text: str, today: date) -> Reading:
    header = _HEADER.match(text)
    if header is None:
        raise Fault("after [)> come RS, a format of two digits and GS")
    warn: tuple[str, ...] = () if text.endswith(EOT) else (_MISSING_TRAILER,)
    if RS not in header[0] or text.startswith(">"):
        warn = ("The header is not as the standard has it; some distributors print it so.", *warn)
    sections = [section for section in text[header.end() :].removesuffix(EOT).split(RS) if section]
    readings: list[Reading] = []
    for section in sections:
        form, body = section[:2], section[3:]
        if form not in _FORMATS or section[2:3] != GS:
            raise Fault(f"'{form}' is no format of ISO/IEC 15434")
        if form in _SKIPPED_BESIDE and len(sections) > 1:
            continue
        readings.append(_section(form, body, today))
    if not readings:
        raise Fault("it holds no field")
    merged = _joined(readings)
    return replace(merged, warn=(*merged.warn, *warn))


def _section(form: str, body: str, today: date) -> Reading:
    match form:
        case "06":
            return judged(split(body.split(GS)), today, "06", "ISO/IEC 15434 with data identifiers")
        case "05":
            found = gs1.parse(body.strip(GS), "]d2", today)
            if not found:
                raise Fault("it holds no GS1 element")
            best = found[0]
            return replace(
                best, details={**best.details, "format": "05"}, reason="ISO/IEC 15434 with GS1 elements"
            )
        case "12":
            return _text_elements(body)
        case _:
            raise Fault(f"format {form} holds no identifiers that are read here")


def _text_elements(body: str) -> Reading:
    elements: dict[str, str] = {}
    for field in filter(None, body.split(GS)):
        found = _TEXT_ELEMENT.fullmatch(field)
        if found is None:
            raise Fault(f"'{field[:8]}' is no text element; it is three capital letters, a blank and a value")
        name, value = found.groups()
        if elements.setdefault(name, value) != value:
            raise Fault(f"{name} is there twice with different values")
    if not elements:
        raise Fault("it holds no field")
    serial = next((elements[name] for name in ("SER", "SEQ", "USN", "UCN") if elements.get(name)), "")
    lot = elements.get("LOT") or elements.get("LTN") or elements.get("BII", "")
    details: dict[str, str | int | bool] = {"format": "12"}
    part = elements.get("PNO") or elements.get("PNR", "")
    if part:
        details["supplier_part"] = part
    return Reading(
        kind="unit" if serial else "lot" if lot else "item",
        reason="ISO/IEC 15434 with text elements",
        elements=elements,
        details=details | of_text_elements(elements),
        serial=serial,
        lot=lot,
        partial=not part,
    )


def _joined(readings: list[Reading]) -> Reading:
    """Several formats of one envelope as one reading; the first to name a field has it."""
    whole = readings[0]
    for other in readings[1:]:
        changes: dict[str, object] = {
            name: getattr(other, name)
            for name in (
                "gtin",
                "serial",
                "lot",
                "expiry",
                "made",
                "sscc",
                "content_gtin",
                "gln",
                "quantity",
                "error",
            )
            if not getattr(whole, name)
        }
        changes["elements"] = other.elements | whole.elements
        changes["details"] = other.details | whole.details
        whole = replace(whole, **changes)
    return whole


def _headless(text: str, today: date) -> list[Reading]:
    """Data identifiers between GS without a header: some decoders leave out what a Data Matrix macro stands for."""
    if GS not in text or RS in text:
        return []
    fields = text.strip(GS).removesuffix(EOT).split(GS)
    try:
        elements = split(fields)
        if len(elements) < 2 or any(name not in KNOWN for name in elements):
            return []
        reading = judged(elements, today, "06", "data identifiers between separators")
    except Fault:
        return []
    return [replace(reading, warn=("The envelope's header is missing; the scanner may leave it out.",))]
