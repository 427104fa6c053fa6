"""Enrolment: one code, one identity, and nothing that could be used twice or found in the database."""

from __future__ import annotations

import msgspec
import pytest

from server import devices, enrollment
from server.pace import TooFastError
from sync.wire import Enroll, NewCode
from tests.server.fleet import Handheld, Office, receiving, site_file


def test_a_code_works_once(office: Office) -> None:
    code = office.code(site="HAM")
    first = office.http.post("/v1/enroll", json={"code": code, "name": "Dock 1"})
    assert first.status_code == 200
    assert (first.json()["site"], first.headers["cache-control"]) == ("HAM", "no-store")
    again = office.http.post("/v1/enroll", json={"code": code, "name": "Dock 1"})
    assert (again.status_code, again.json()["error"]) == (403, "enrollment")


def test_a_code_may_be_typed_carelessly(office: Office) -> None:
    code = office.code(site="HAM")
    typed = f" {code.lower().replace('-', ' ')} "
    assert office.http.post("/v1/enroll", json={"code": typed}).status_code == 200


def test_a_code_of_one_site_is_not_for_another(office: Office) -> None:
    code = office.code(site="HAM")
    assert office.http.post("/v1/enroll", json={"code": code, "site": "MUC"}).status_code == 403
    assert office.http.post("/v1/enroll", json={"code": code, "site": "HAM"}).status_code == 200


def test_a_device_needs_a_site_that_can_be_one(office: Office) -> None:
    for site in ("", " HAM", "%CMD:X", "a\x1bb"):
        answer = office.http.post("/v1/enroll", json={"code": office.code(), "site": site})
        assert (answer.status_code, answer.json()["error"]) == (403, "enrollment"), site


def test_codes_run_out(office: Office) -> None:
    central = office.running.central
    code = enrollment.new_code(central.storage, NewCode(site="HAM", valid_s=60), now_ms=1_000_000)
    late = Enroll(code=code.code)
    try:
        enrollment.enroll(central.storage, late, enrollment.Guesses(), now_ms=1_000_000 + 60_000)
    except enrollment.EnrollmentError as error:
        assert "too old" in str(error)
    else:
        raise AssertionError("an old code was taken")
    assert (
        enrollment.enroll(central.storage, late, enrollment.Guesses(), now_ms=1_000_000 + 59_999).site
        == "HAM"
    )


def test_guessing_is_stopped_for_a_minute(office: Office) -> None:
    storage, guesses = office.running.central.storage, enrollment.Guesses()
    good = enrollment.new_code(storage, NewCode(site="HAM"), now_ms=0)

    def attempt(code: str, now_ms: int) -> str:
        try:
            enrollment.enroll(storage, Enroll(code=code), guesses, now_ms)
        except (enrollment.EnrollmentError, TooFastError) as error:
            return type(error).__name__
        return "in"

    tries = [attempt("WRONG", 1000 + number) for number in range(25)]
    assert tries == ["WrongCodeError"] * 20 + ["TooFastError"] * 5
    assert attempt(good.code, 30_000) == "TooFastError"
    assert attempt(good.code, 62_000) == "in"


def test_a_code_is_good_for_a_week_at_most_and_kept_for_no_longer_than_another(office: Office) -> None:
    storage, week_s = office.running.central.storage, enrollment.VALID_S_MAX
    assert week_s == 7 * 24 * 3600
    week = enrollment.new_code(storage, NewCode(site="HAM", valid_s=week_s), now_ms=5)
    assert week.expires_ms == 5 + week_s * 1000
    for valid_s in (week_s + 1, 0, -1):
        with pytest.raises(enrollment.EnrollmentError):
            enrollment.new_code(storage, NewCode(site="HAM", valid_s=valid_s), now_ms=5)
    for after_ms, kept in ((week_s * 1000, 2), (week_s * 1000 + 1, 2)):
        enrollment.new_code(storage, NewCode(site="HAM", valid_s=1), now_ms=week.expires_ms + after_ms)
        with storage.read() as reader:
            assert len(reader.rows("SELECT site FROM enrollment")) == kept


def test_a_name_is_taken_without_its_blanks_and_never_empty(office: Office) -> None:
    for name, kept in (("  Dock 2 ", "Dock 2"), ("x" * 90, "x" * 80), ("   ", "")):
        asked = {"code": office.code(), "name": name, "site": "HAM"}
        device = office.http.post("/v1/enroll", json=asked).json()["device"]
        with office.running.central.storage.read() as reader:
            found = devices.by_id(reader, device)
        assert found is not None
        assert found.name == (kept or device)


def test_only_the_office_makes_codes(office: Office) -> None:
    handheld = office.handheld()
    office.load(site_file(units=[{"item": "PUMP", "serial": "X"}]))  # events in the office's own name
    for headers, status in (({}, 401), (handheld.auth, 403)):
        assert office.http.post("/v1/enrollment-codes", json={}, headers=headers).status_code == status
    for wanted in (
        {"valid_s": 0},
        {"valid_s": 10**9},
        {"device": "nobody"},
        {"device": "office"},
        {"site": "\x00"},
    ):
        answer = office.http.post("/v1/enrollment-codes", json=wanted, headers=office.auth)
        assert answer.status_code == 403, wanted


def test_an_existing_device_gets_a_new_token_and_goes_on_where_it_was(office: Office) -> None:
    handheld = office.handheld()
    handheld.write(receiving("A"), receiving("B"))
    handheld.send(handheld.batch(1, 1))
    code = office.code(device=handheld.device)
    given = office.http.post("/v1/enroll", json={"code": code, "site": "HAM"}).json()
    assert given["device"] == handheld.device
    assert handheld.send(handheld.batch(2, 2)).status_code == 401
    handheld.token = given["token"]
    assert handheld.send(handheld.batch(2, 2)).json()["hwm"] == 2


def test_neither_tokens_nor_codes_are_in_the_database(office: Office) -> None:
    code, handheld = office.code(), office.handheld()
    with office.running.central.storage.read() as reader:
        everything = msgspec.json.encode(
            [reader.rows(f"SELECT * FROM {table}") for table in ("device", "enrollment", "meta")]
        ).decode()
    assert len(everything) > 200
    for secret in (code, code.replace("-", ""), handheld.token, office.running.office_token):
        assert secret not in everything


def test_a_device_that_a_backup_does_not_know_keeps_its_name_where_the_office_names_its_site(
    office: Office,
) -> None:
    lost = "D-7KQM2X"
    wanted = {"device": lost}
    refused = office.http.post("/v1/enrollment-codes", json=wanted, headers=office.auth)
    assert (refused.status_code, refused.json()["error"]) == (403, "enrollment")
    for name in ("office", "D-7KQM2", "D-7kqm2x", "../7KQM2X"):
        made_up = {"device": name, "site": "HAM"}
        assert office.http.post("/v1/enrollment-codes", json=made_up, headers=office.auth).status_code == 403
    code = office.code(device=lost, site="HAM")
    given = office.http.post("/v1/enroll", json={"code": code, "name": "Dock 9"}).json()
    assert (given["device"], given["site"]) == (lost, "HAM")
    back = Handheld(office.http, lost, given["token"], "HAM", epoch=2)
    back.write(receiving("A"))
    assert back.send().json()["status"] == "stored"
