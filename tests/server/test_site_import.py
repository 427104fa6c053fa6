"""Importing a site file: what becomes of it, that again changes nothing, and what a wrong one gets."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import pytest

from server import schema
from server.storage_sqlite import SqliteStorage
from tests.server.fleet import Handheld, Office, receiving, site_file
from tracking import pins
from tracking.chain import first_link, follow
from tracking.pins import pin_matches


def office_events(office: Office) -> list[tuple[int, bytes, bytes]]:
    with office.running.central.storage.read() as reader:
        return reader.rows("SELECT seq, body, chain FROM ledger WHERE device = 'office' ORDER BY position")


UNITS: list[dict[str, Any]] = [
    {
        "item": "PUMP",
        "serial": "S1",
        "status": "received",
        "location": "HAM-A",
        "lot": "L1",
        "supplier": "ACME",
    },
    {"item": "PUMP", "serial": "S2", "status": "shipped", "customer": "BLUE", "sold_on": "2026-01-31"},
    {"item": "PUMP", "serial": "S3", "status": "received", "flags": ["held", "stolen"]},
    {"item": "MOTOR", "serial": "S4", "status": "consumed", "installed_in": {"item": "PUMP", "serial": "S1"}},
]


def test_units_become_events_of_the_office_on_a_chain_of_their_own(
    office: Office, handheld: Handheld
) -> None:
    counts = office.load(site_file(units=UNITS))
    assert (counts.units, counts.items, counts.documents, counts.operators, counts.unchanged) == (
        4,
        2,
        1,
        1,
        0,
    )
    events = office_events(office)
    assert [seq for seq, _, _ in events] == [1, 2, 3, 4]
    link = first_link("office", 1, office.running.central.storage.generation)
    assert [chain for _, _, chain in events] == [
        follow(link, [one[1] for one in events[:n]]) for n in range(1, 5)
    ]
    office.settle()
    held = handheld.replica()
    s1, s2 = held["unit", '["PUMP","S1"]'], held["unit", '["PUMP","S2"]']
    assert (s1["status"], s1["location"], s1["lot"], s1["supplier"]) == ("received", "HAM-A", "L1", "ACME")
    assert (s2["status"], s2["customer"], s2["sold_on"]) == ("shipped", "BLUE", "2026-01-31")
    assert held["unit", '["PUMP","S3"]']["flags"] == ["held", "stolen"]
    assert held["unit", '["MOTOR","S4"]']["installed_in_serial"] == "S1"


def test_a_known_item_with_a_wrong_gtin_stays_as_it_was_and_everything_else_is_taken(
    office: Office, handheld: Handheld
) -> None:
    pump = {"item": "PUMP", "description": "a pump", "gtins": ["09521234543213"]}
    office.load(site_file(items=[pump, {"item": "MOTOR"}]))
    slip = {**pump, "description": "a better pump", "gtins": ["09521234543231"]}
    answer = office.load(site_file(items=[slip, {"item": "MOTOR", "description": "new"}], units=UNITS))
    assert answer.refused == ("row 1 of items, PUMP: GTIN 09521234543231 ends in 1, its check digit is 7",)
    assert (answer.items, answer.units) == (1, 4)
    office.settle()
    held = handheld.replica()
    assert (held["item", "PUMP"]["gtins"], held["item", "PUMP"]["description"]) == (
        ["09521234543213"],
        "a pump",
    )
    assert held["item", "MOTOR"]["description"] == "new"
    assert held["unit", '["PUMP","S1"]']["status"] == "received"
    new = office.load(site_file(items=[{"item": "VALVE", "gtins": ["09521234543231", "96385074"]}]))
    assert (new.items, len(new.refused)) == (1, 1)
    assert handheld.replica()["item", "VALVE"]["gtins"] == ["96385074"], "it is not lost for one slip"
    put_right = office.load(site_file(items=[{**slip, "gtins": ["09521234543237"]}, {"item": "MOTOR"}]))
    assert (put_right.refused, put_right.items) == ((), 2)


def test_the_same_file_again_changes_nothing(office: Office, handheld: Handheld) -> None:
    office.load(site_file(units=UNITS))
    office.settle()
    since, before = handheld.feed().next, office_events(office)
    again = office.load(site_file(units=UNITS))
    assert (again.units, again.items, again.operators, again.documents) == (0, 0, 0, 0)
    assert again.unchanged == 4 + 2 + 1 + 1 + 1 + 1 + 1 + 1
    office.settle()
    assert handheld.feed(since).rows == []
    assert office_events(office) == before


def test_an_import_never_overrules_a_scan_but_its_flags_protect(office: Office, handheld: Handheld) -> None:
    handheld.write(receiving("S1", location="HAM-B"))
    handheld.send()
    office.settle()
    office.load(
        site_file(
            units=[
                {"item": "PUMP", "serial": "S1", "status": "shipped", "location": "X", "flags": ["stolen"]}
            ]
        )
    )
    office.settle()
    row = handheld.replica()["unit", '["PUMP","S1"]']
    assert (row["status"], row["location"], row["flags"]) == ("received", "HAM-B", ["stolen"])


def test_units_that_name_a_document_are_done_on_it_unless_they_were_scanned_before(
    office: Office, handheld: Handheld
) -> None:
    handheld.write(receiving("S1"))
    handheld.send()
    office.settle()
    named = [{"item": "PUMP", "serial": serial, "document": "PO-2"} for serial in ("S1", "S2", "S3")]
    named += [{"item": "PUMP", "serial": "S4", "document": "PO-2", "status": "planned"}]
    other = {"type": "purchase_order", "number": "PO-2", "lines": [{"item": "PUMP", "quantity": 9}]}
    office.load(site_file(documents=[*site_file()["documents"], other]))
    office.load(site_file(documents=[], units=named))
    office.settle()
    held = handheld.replica()
    assert held["tally", "PO-2"]["done"] == {"1": 2}
    assert held["tally", "PO-1"]["done"] == {"1": 1}


def test_a_changed_line_sets_its_flags(office: Office, handheld: Handheld) -> None:
    office.load(site_file(units=[{"item": "PUMP", "serial": "S1"}]))
    office.load(site_file(units=[{"item": "PUMP", "serial": "S1", "flags": ["recalled"]}]))
    office.settle()
    assert handheld.replica()["unit", '["PUMP","S1"]']["flags"] == ["recalled"]


def test_a_pin_is_nowhere_but_in_its_hash(office: Office, handheld: Handheld) -> None:
    secret = "83514927"
    office.load(site_file(operators=[{"badge": "OP-7", "pin": secret}, {"badge": "OP-8"}]))
    held = handheld.replica()
    hashed = held["operator", "OP-7"]["pin_hash"]
    assert set(held["operator", "OP-7"]) == {"badge", "name", "roles", "pin_hash"}
    assert pin_matches(secret, hashed)
    assert not pin_matches("83514928", hashed)
    assert held["operator", "OP-8"]["pin_hash"] == ""
    with office.running.central.storage.write() as tx:
        tx.run("UPDATE meta SET value = value")
    storage = office.running.central.storage
    if isinstance(storage, SqliteStorage):
        for path in storage.path.parent.iterdir():
            assert secret.encode() not in path.read_bytes(), path.name
    with storage.read() as reader:
        for table in re.findall(r"CREATE TABLE (\w+)", "".join(schema.MIGRATIONS)):
            assert secret not in repr(reader.rows(f"SELECT * FROM {table}")), table


def test_a_cheap_hash_of_an_earlier_version_is_made_anew_when_the_pin_is_told_again(
    office: Office, handheld: Handheld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hashed() -> str:
        return str(handheld.replica()["operator", "OP-7"]["pin_hash"])

    office.load(site_file())
    before = hashed()
    office.load(site_file())
    assert hashed() == before, "nothing changed"
    monkeypatch.setattr(pins, "P", 2 * pins.P)
    office.load(site_file())
    assert hashed() != before
    assert pin_matches("1234", hashed())


def test_a_changed_pin_is_a_new_hash(office: Office, handheld: Handheld) -> None:
    office.load(site_file())
    office.load(site_file(operators=[{"badge": "OP-7", "name": "Ada", "roles": ["operator"], "pin": "9876"}]))
    assert pin_matches("9876", handheld.replica()["operator", "OP-7"]["pin_hash"])


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b'{"site": "HAM", "colour": "red"}', "colour"),
        (b'{"site": "MUC"}', "not for 'HAM'"),
        (b'{"site": "HAM", "units": [{"item": "P", "serial": "%CMD:UNDO"}]}', "%CMD:"),
        (b'{"site": "HAM", "units": [{"item": "P", "serial": "1"}, {"item": "P", "serial": "1"}]}', "twice"),
        (b'{"site": "HAM", "items": [{"item": "P", "serial_pattern": "("}]}', "regular expression"),
        (b'\xff\xfe{"site"', "cannot be read"),
    ],
)
def test_a_wrong_file_is_refused_whole_in_one_sentence(office: Office, body: bytes, says: str) -> None:
    answer = office.http.post("/v1/sites/HAM/import", content=body, headers=office.auth)
    assert (answer.status_code, answer.json()["error"]) == (422, "site_file")
    assert says in answer.json()["detail"]
    assert "\n" not in answer.json()["detail"]
    with office.running.central.storage.read() as reader:
        assert reader.row("SELECT count(*) FROM replica") == (0,)


def test_only_the_office_imports(office: Office, handheld: Handheld) -> None:
    guess = {"Authorization": "Bearer guess"}
    for headers, status in (({}, 401), (handheld.auth, 403), (guess, 401)):
        answer = office.http.post("/v1/sites/HAM/import", json=site_file(), headers=headers)
        assert answer.status_code == status
    assert handheld.feed().rows == []


def test_a_compressed_file_is_the_same_file(office: Office) -> None:
    body = gzip.compress(json.dumps(site_file(units=UNITS)).encode())
    headers = {**office.auth, "Content-Encoding": "gzip"}
    answer = office.http.post("/v1/sites/HAM/import", content=body, headers=headers)
    assert answer.json()["units"] == 4


@pytest.mark.parametrize(
    ("second", "named"),
    [
        ({"units": [{"item": "PUMP", "serial": "op-1"}]}, "serial 'op-1' is also a badge"),
        ({"units": [{"item": "PUMP", "serial": "S9", "lot": "OP-1"}]}, "lot 'OP-1' is also a badge"),
        ({"items": [{"item": "OP-1"}], "documents": []}, "item 'OP-1' is also a badge"),
        ({"operators": [{"badge": "S1"}]}, "badge 'S1' is also a serial number"),
        (
            {"operators": [{"badge": "PUMP"}], "items": [], "documents": []},
            "'PUMP' is also a registered item",
        ),
    ],
)
def test_a_badge_is_nothing_else_even_by_two_files(
    office: Office, second: dict[str, Any], named: str
) -> None:
    office.load(site_file(units=UNITS[:1], operators=[{"badge": "OP-1"}]))
    office.settle()
    before = office_events(office)
    file = site_file(**{"operators": [], **second})
    answer = office.http.post("/v1/sites/HAM/import", json=file, headers=office.auth)
    assert (answer.status_code, answer.json()["error"]) == (422, "site_file")
    assert named in answer.json()["detail"]
    assert office_events(office) == before


def test_prefix_rules_reach_handhelds_and_stay_until_a_file_says_otherwise(
    office: Office, handheld: Handheld
) -> None:
    rules = [{"prefix": "1P", "kind": "item", "strip": True}, {"prefix": "V", "kind": "ignore"}]
    office.load(site_file(prefix_rules=rules))
    assert handheld.replica()["prefix_rules", "HAM"] == {"rules": rules}
    since = handheld.feed().next
    office.load(site_file())  # says nothing of rules
    office.load(site_file(prefix_rules=rules))
    assert handheld.feed(since).rows == []
    office.load(site_file(prefix_rules=[]))
    assert handheld.replica()["prefix_rules", "HAM"] == {"rules": []}


def test_a_recall_that_is_loaded_flags_what_it_names(office: Office) -> None:
    """Units and whole lots, known or not; loading the same again adds nothing, a longer list adds the rest."""
    lines: list[dict[str, Any]] = [
        {"item": "PUMP", "serials": ["S1", "S2"]},
        {"item": "SEAL", "lot": "BAD", "quantity": 9},
    ]
    recall = {"type": "recall", "number": "RC-1", "party": "ACME", "lines": lines}
    site = site_file(units=[{"item": "PUMP", "serial": "S1"}], documents=[recall])
    office.load(site)
    office.settle()
    handheld = office.handheld()
    held = handheld.replica()
    assert held["unit", '["PUMP","S1"]']["flags"] == ["recalled"]
    assert held["unit", '["PUMP","S2"]']["flags"] == ["recalled"]
    assert held["lot", '["SEAL","BAD"]']["flags"] == ["recalled"]
    events = office.http.get("/v1/health").json()["events"]
    office.load(site)
    assert office.http.get("/v1/health").json()["events"] == events
    lines[0]["serials"] = ["S1", "S2", "S3"]
    office.load(site)
    office.settle()
    assert handheld.replica()["unit", '["PUMP","S3"]']["flags"] == ["recalled"]
