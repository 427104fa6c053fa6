from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tracking.identifiers.gs1_table import entry, known
from tracking.identifiers.reader import read

TODAY = date(2026, 11, 24)
AIM = st.sampled_from(
    ["", "]C1", "]d2", "]Q3", "]e0", "]E0", "]E3", "]E4", "]I1", "]C0", "]Q1", "]X0", "]", "\u00e8"]
)
PIECES = st.sampled_from(
    [
        *(
            "01",
            "02",
            "00",
            "10",
            "21",
            "17",
            "8003",
            "8006",
            "8007",
            "8013",
            "8110",
            "8112",
            "4309",
            "7007",
            "391",
        ),
        *(
            "09521234543213",
            "271130",
            "SN-42",
            "\x1d",
            "\x1e",
            "<GS>",
            "|]e0",
            "(",
            ")",
            "(01)",
            "[01]",
            "]C1",
            "]d2",
        ),
        *(
            "https://id.gs1.org/",
            "/01/",
            "/21/",
            "?17=",
            "&",
            "%2F",
            "%00",
            "%",
            "GhFRq5sE2olDZIRjTKuwz96",
            "urn:epc:",
        ),
        *(
            "id:",
            "tag:",
            "idpat:",
            "sgtin:",
            "sgtin-96:",
            "0614141.",
            "*",
            ".",
            "\uff11",
            "\u0661",
            "\u00b2",
            "{GS}",
        ),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=14).map("".join)), AIM)
def test_whatever_is_scanned_is_answered(text: str, symbology_id: str) -> None:
    readings = read(text, symbology_id, today=TODAY)
    assert readings
    for reading in readings:
        assert reading.reason
        assert not reading.partial or reading.ok or reading.layer == "association"
        assert all(known(ai) for ai in reading.elements) or not reading.gtin


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["01", "21", "8007", "8110", "7258", "8030", "4309", "8013", "3911", "7040"]), st.data()
)
def test_every_value_gets_a_verdict(ai: str, data: st.DataObject) -> None:
    value = data.draw(st.text("0123456789ABCabc/%-=_ ~", max_size=95))
    found = read(ai + value, "]d2", today=TODAY)[0]
    assert entry(ai) is not None
    assert found.ok or found.error


def test_unknown_identifiers_leave_nothing_behind() -> None:
    from tracking.identifiers import gs1_table

    before = gs1_table._compiled.cache_info().currsize
    for number in range(500):
        read(f"https://id.gs1.org/01/09521234543213?{90_000 + number}=A", today=TODAY)
    assert gs1_table._compiled.cache_info().currsize <= before + 1
