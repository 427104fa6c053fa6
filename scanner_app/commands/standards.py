"""The standards that the terminal reads, each with a true example: for the manual, and for whoever tries a scanner."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from scanner_app.commands.reading_row import shortcuts
from tracking.identifiers.reader import read

TODAY = date(2026, 11, 23)
"""The day by which the examples' two-digit years are read."""


class Example(NamedTuple):
    """One standard, where its rules are written down, and a code that follows them."""

    standard: str
    rules: str
    text: str
    symbology_id: str = ""


EXAMPLES = (
    Example(
        "GS1 element strings", "GS1 General Specifications", "010952123454321310LOT7\x1d21SN-000123", "]C1"
    ),
    Example(
        "GS1 with brackets", "GS1 General Specifications 4.14", "(01)09521234543213(17)271130(21)SN-000123"
    ),
    Example(
        "GS1 Digital Link",
        "GS1 Digital Link URI syntax",
        "https://example.com/01/09521234543213/21/SN-000123",
    ),
    Example("EPC URN", "GS1 EPC Tag Data Standard", "urn:epc:id:sgtin:9521234.054321.SN-000123"),
    Example("GTIN", "GS1 General Specifications 7.9", "9521234543213", "]E0"),
    Example("UPC-E", "GS1 General Specifications 5.2", "01234565", "]E0"),
    Example("SSCC", "GS1 General Specifications 7.9", "395212340000000014"),
    Example("HIBC, primary and secondary", "ANSI/HIBC 2.6", "+A999PUMP1001/$$3271130LOT7/SSN001237"),
    Example("HIBC, secondary alone", "ANSI/HIBC 2.6", "+$$3271130LOT7AC"),
    Example(
        "ISO/IEC 15434, data identifiers",
        "ANSI MH10.8.2",
        "[)>\x1e06\x1d1PPUMP-100\x1dQ1\x1dSSN-000123\x1e\x04",
        "]d1",
    ),
    Example(
        "ISO/IEC 15434, text elements", "ATA Spec 2000", "[)>\x1e12\x1dMFR 1ABC2\x1dSER 786950\x1e\x04", "]d1"
    ),
    Example("IUID", "MIL-STD-130", "[)>\x1e06\x1d17V1ABC2\x1d1PPUMP-100\x1dS000123\x1e\x04", "]d1"),
    Example("PPN", "IFA coding system", "[)>\x1e06\x1d9N110375286414\x1d1TLOT7\x1dSSN-000123\x1e\x04", "]d1"),
    Example("One data identifier", "ANSI MH10.8.2", "1TLOT7", "]A0"),
    Example("ISBT 128", "ICCBBA ST-001, ST-017", "=/A9998XYZ100T0123=,000123=>027334", "]d1"),
    Example("VIN", "ISO 3779, 49 CFR 565", "1ZZAA11A2TA000123"),
    Example("IMEI", "3GPP TS 23.003", "35-000000-000123-6"),
    Example("IMEISV", "3GPP TS 23.003", "IMEISV: 3500000000012301"),
    Example("MEID", "3GPP2 S.R0048", "A10000004E9F3B"),
    Example("ICCID", "ITU-T E.118", "8949000000000001230"),
    Example("EID", "GSMA SGP.29", "89049000000000000000000000012360"),
    Example("EUI-48", "IEEE 802", "AC-DE-48-00-01-23"),
    Example("EUI-64", "IEEE 802", "AC:DE:48:00:00:00:01:23"),
    Example("Plain text", "the item's serial pattern", "SN-000123", "]C0"),
    Example("Command", "this program", "%CMD:UNDO"),
)

_NAMES = (
    *("gtin", "serial", "lot", "expiry", "sscc", "quantity", "udi_di", "supplier_part", "uii", "ppn"),
    *("vin", "imei", "canonical", "text", "command"),
)


def table() -> Iterator[str]:
    """The examples as a table in Markdown, a row a standard."""
    yield "| Standard | Rules | Code | AIM id | Kind | Read as |"
    yield "|---|---|---|---|---|---|"
    for example in EXAMPLES:
        best = read(example.text, example.symbology_id, today=TODAY)[0]
        row = shortcuts(best)
        what = ", ".join(f"{name} `{row[name]}`" for name in _NAMES if name in row) if best.ok else best.error
        code = json.dumps(example.text)[1:-1].replace("|", "\\|")
        yield f"| {example.standard} | {example.rules} | `{code}` | {example.symbology_id} | {best.kind} | {what} |"
