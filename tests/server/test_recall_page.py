"""The office's recall page: three ways to ask, every affected unit with a link, and plain words where there is none."""

from __future__ import annotations

import pytest

from tests.server.fleet import Office, site_file

UNITS = [
    {"item": "PUMP", "serial": "P/1", "status": "shipped", "customer": "NORTH"},
    {
        "item": "MOTOR",
        "serial": "<b>M",
        "lot": "L7",
        "supplier": "ACME",
        "status": "consumed",
        "installed_in": {"item": "PUMP", "serial": "P/1"},
    },
]


@pytest.fixture
def desk(office: Office) -> Office:
    office.load(site_file(units=UNITS))
    office.settle()
    office.http.post("/sign-in", data={"token": office.running.office_token})
    return office


@pytest.mark.parametrize(
    "query",
    [
        {"lot": " L7 ", "supplier": "ACME"},
        {"lot": "L7", "supplier": ""},
        {"component": "MOTOR/<b>M"},
        {"item": "MOTOR", "from": "<b>A", "to": "<b>Z"},
    ],
)
def test_each_way_lists_part_and_product_with_counts(desk: Office, query: dict[str, str]) -> None:
    text = desk.http.get("/recall", params=query).text
    assert "2 affected by" in text
    assert 'href="/units/PUMP/P%2F1"' in text
    assert "NORTH" in text
    assert "MOTOR/&lt;b&gt;M" in text
    assert "<b>M" not in text


def test_the_form_alone_what_is_unknown_and_what_is_no_question(desk: Office) -> None:
    assert "affected by" not in desk.http.get("/recall").text
    assert 'href="/recall"' in desk.http.get("/").text
    assert "No lot L9 is known." in desk.http.get("/recall", params={"lot": "L9"}).text
    assert 'role="alert"' in desk.http.get("/recall", params={"item": "MOTOR"}).text


def test_nobody_sees_it_without_signing_in(office: Office) -> None:
    assert office.http.get("/recall?lot=L7").status_code == 303
