"""The description of the interface is true: it names every address, and answers look as it says."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.routing import Route

from server.app import API
from server.openapi import CALLS, document
from tests.server.fleet import Office, receiving, site_file


def test_every_address_is_described_and_every_description_has_an_address(office: Office) -> None:
    described = office.http.get("/openapi.json").json()
    assert described == json.loads(document())
    served = set()
    for route in API:
        assert isinstance(route, Route)
        path = route.path.replace("{names:path}", "{item}/{serial}").replace(":path}", "}")
        served |= {(path, method.lower()) for method in route.methods or () if method != "HEAD"}
    named = {(path, method) for path, methods in described["paths"].items() for method in methods}
    assert named == served - {("/openapi.json", "get")}


def test_every_reference_leads_to_a_schema() -> None:
    text = document().decode()
    names = set(json.loads(text)["components"]["schemas"])
    assert set(re.findall(r"#/components/schemas/(\w+)", text)) <= names


def test_real_answers_are_of_the_types_that_are_described(office: Office) -> None:
    handheld = office.handheld()
    office.load(site_file())
    handheld.write(receiving("A"))
    real: dict[tuple[str, str], Any] = {
        ("/v1/devices/{device}/events", "post"): handheld.send(),
        ("/v1/devices/{device}/hwm", "get"): office.http.get(
            f"/v1/devices/{handheld.device}/hwm", headers=handheld.auth
        ),
        ("/v1/sites/{site}/feed", "get"): handheld.feed_answer(),
        ("/v1/units", "get"): office.http.get("/v1/units?serial=A", headers=office.auth),
        ("/v1/health", "get"): office.http.get("/v1/health"),
        ("/v1/devices/{device}/revoke", "post"): office.http.post(
            f"/v1/devices/{handheld.device}/revoke", headers=office.auth
        ),
    }
    schemas = json.loads(document())["components"]["schemas"]
    for call in CALLS:
        answer = real.get((call.path, call.method))
        if answer is not None:
            schema = schemas[call.answers[200].__name__]
            assert answer.json().keys() <= schema["properties"].keys(), call.path
            assert set(schema.get("required", ())) <= answer.json().keys(), call.path
