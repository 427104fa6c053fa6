"""The server against requests made from its own description, as every role: no fault, and nothing but what it says.

``SCANNER_TEST_FUZZ=500`` makes so many requests of each address instead of a dozen.
"""

from __future__ import annotations

import os
import sqlite3
import warnings
from contextlib import closing
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from server.roles import DEVICE, STAFF
from server.storage_sqlite import SqliteStorage
from tests.attack.conftest import Town

REQUESTS = int(os.environ.get("SCANNER_TEST_FUZZ", "12"))
CHECKS = [content_type_conformance, response_schema_conformance]
ROLES = ("nobody", DEVICE, *STAFF)
"""Everybody whom the table of calls knows."""


def operations(town: Town) -> list[Any]:
    """Every call of the description."""
    schema = schemathesis.openapi.from_dict(town.office.http.get("/openapi.json").json())
    return [found.ok() for found in schema.get_all_operations()]  # type: ignore[union-attr]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", ["town", "town_on_postgres"])
def test_no_request_of_any_role_makes_it_stumble(
    request: pytest.FixtureRequest, kind: str, role: str
) -> None:
    town: Town = request.getfixturevalue(kind)
    before = sorted(town.office.ledger())
    seen: set[int] = set()
    for operation in operations(town):
        _fuzz(town, operation, role, seen)
    assert seen & {400, 401, 403, 404, 422}
    assert town.device.hwm().hwm == 1
    ledger = sorted(town.office.ledger())
    assert [one for one in ledger if one in before] == before
    town.office.settle()
    storage = town.office.running.central.storage
    if isinstance(storage, SqliteStorage):
        with closing(sqlite3.connect(storage.path)) as database:
            assert database.execute("PRAGMA quick_check").fetchone() == ("ok",)


def _fuzz(town: Town, operation: Any, role: str, seen: set[int]) -> None:
    base, headers = str(town.office.http.base_url), town.headers(role)

    @settings(
        max_examples=REQUESTS, derandomize=True, deadline=None, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        if case.query and "wait" in case.query:
            case.query["wait"] = 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = case.call(base_url=base, headers=headers, timeout=30)
        seen.add(answer.status_code)
        assert answer.status_code < 500, (operation.label, answer.status_code, answer.text[:200])
        case.validate_response(answer, checks=CHECKS)

    ask()
