from __future__ import annotations

from datetime import date

import pytest

from tracking.identifiers.digital_link_compressed import decompressed
from tracking.identifiers.reader import read
from tracking.identifiers.reading import Reading

TODAY = date(2026, 11, 24)
GTIN = "09521234543213"
KEY = f"https://id.gs1.org/01/{GTIN}"


def first(text: str) -> Reading:
    return read(text, "]Q1", today=TODAY)[0]


def test_a_digital_link() -> None:
    found = first(f"HTTPS://EXAMPLE.COM/shop/01/{GTIN}/10/L%2F7/21/SN+1?17=271130&utm_source=qr#top")
    assert found.ok
    assert (found.gtin, found.lot, found.serial, found.expiry) == (GTIN, "L/7", "SN+1", "2027-11-30")
    assert found.details["canonical"] == f"{KEY}/10/L%2F7/21/SN%2B1?17=271130"


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com/manual",
        "https://id.gs1.org/01/9521234543213",
        f"{KEY}/21/A/10/B",
        f"{KEY}/10/A/10/B",
        f"{KEY}?10=A",
        f"{KEY}?99=A&99=A",
        f"{KEY}/21/A?8014=1987654Ad4X4bL5ttr2310c2K",
        f"{KEY}?89=A",
        f"{KEY}?17=",
        f"{KEY}?37=2",
        f"{KEY}?99=A%00",
        f"{KEY}/21/A<B",
        f"{KEY}/",
        f"ftp://id.gs1.org/01/{GTIN}",
        f"id.gs1.org/01/{GTIN}",
        f"https://$/01/{GTIN}",
        "https://id.gs1.org/01/09521234543214",
        "mailto:a@example.com",
    ],
)
def test_an_address_that_is_no_digital_link_is_refused(link: str) -> None:
    assert not first(link).ok


def test_compressed_links() -> None:
    found = first("https://id.gs1.org/GhFRq5sE2olDZIRjTKuwz96")
    assert (found.gtin, found.lot, found.serial) == (GTIN, "A1B2", "XYZ-9")
    assert found.details["uncompressed"] == f"{KEY}/10/A1B2/21/XYZ-9?17=271130"
    assert not first("https://id.gs1.org/DBFRq5sE2o1XgkZ_").ok
    assert decompressed("AAAA") == []


def test_epc_urns() -> None:
    found = first("urn:epc:id:sgtin:0614141.812345.6%2F9")
    assert (found.gtin, found.serial) == ("80614141123458", "6/9")
    assert first("urn:epc:id:sscc:8474842.3423582839").sscc == "384748424235828392"
    assert first("urn:epc:idpat:sgtin:4012345.012345.*").kind == "item"
    assert first("urn:epc:tag:sgtin-96:1.0614141.812345.6789").serial == "6789"
    assert first("urn:epc:id:sgln:0614141.12345.0").elements == {"414": "0614141123452"}
    for bad in (
        "urn:epc:id:sgtin:0614141.812345.a/b",
        "urn:epc:id:sgtin:0614141.812345.",
        "urn:epc:id:sgtin:0614141.8123.1",
        "urn:epc:id:sgtin:0614141.812345." + "X" * 21,
        "urn:epc:id:foo:1.2.3",
        "urn:uuid:12345",
    ):
        assert not first(bad).ok, bad
