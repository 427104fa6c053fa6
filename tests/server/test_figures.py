"""The figures say what happened, on both databases, and who may not see them does not."""

from __future__ import annotations

import httpx
from prometheus_client.parser import text_string_to_metric_families

from server import backup_note
from tests.server.fleet import Handheld, Office, receiving, site_file


def told(office: Office) -> dict[tuple[str, str], float]:
    """(name, its labels) -> value."""
    answer = office.http.get("/metrics", headers=office.auth)
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/plain; version=0.0.4; charset=utf-8",
    )
    return {
        (
            sample.name,
            " ".join(f"{name}={value}" for name, value in sorted(sample.labels.items())),
        ): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_what_happened_is_told(office: Office, handheld: Handheld) -> None:
    office.load(site_file())
    before = told(office)
    assert before["scanner_devices", ""] == 1
    assert before["scanner_devices_seen", ""] == 0
    handheld.write(*(receiving(f"S{number}") for number in range(5)))
    first, rest = handheld.batch(1, 2), handheld.batch(3, 5, pending=7)
    for batch, answer in ((first, "stored"), (first, "duplicate"), (rest, "stored")):
        assert handheld.send(batch).json()["status"] == answer
    assert handheld.send(handheld.batch(4, 5, pending=7)).json()["status"] == "duplicate"
    handheld.epoch = 2
    assert handheld.send(handheld.batch(2, 5)).status_code == 409
    office.settle()
    handheld.feed()
    assert office.http.post("/v1/enroll", json={"code": "WRONG"}).status_code == 403
    found = told(office)
    assert found["scanner_batches_total", "answer=stored"] == 2
    assert found["scanner_batches_total", "answer=duplicate"] == 2
    assert found["scanner_batches_total", "answer=gap"] == 1
    assert found["scanner_refusals_total", "error=enrollment"] == 1
    assert found["scanner_events_total", ""] - before["scanner_events_total", ""] == 5
    assert found["scanner_events_pending", ""] == 7
    assert found["scanner_fold_lag_events", ""] == 0
    assert found["scanner_fold_lag_seconds", ""] == 0
    assert found["scanner_devices_seen", ""] == 1
    assert found["scanner_database_bytes", ""] > 10_000
    assert found["scanner_feed_rows_count", ""] == 1
    uploads = "call=/v1/devices/{device}/events method=POST"
    assert found["scanner_request_seconds_count", uploads] == 5


def test_events_that_wait_to_be_folded_are_lag(office: Office, handheld: Handheld) -> None:
    central = office.running.central
    central.folder.stop()
    handheld.write(receiving("A"), receiving("B"))
    handheld.send()
    assert told(office)["scanner_fold_lag_events", ""] == 2


def test_no_word_of_a_stranger_becomes_a_figure(office: Office) -> None:
    told(office)
    names = len(told(office))
    for number in range(30):
        office.http.get(f"/v1/nowhere-{number}")
        office.http.request(f"METHOD{number}", "/v1/health")
    assert len(told(office)) < names + 60


def test_health_is_for_anybody_and_says_when_it_cannot_work(office: Office) -> None:
    http: httpx.Client = office.http
    assert [http.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]
    office.running.central.folder.stop()  # it would find that all is well again
    office.running.central.folder.trouble = "the disk is full"
    assert [http.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 503]
    office.running.central.folder.trouble = ""
    office.running.central.news.close()
    assert http.get("/readyz").json()["error"] == "stopping"
    assert http.get("/metrics").status_code == 401


def test_the_age_of_the_last_backup_is_told_and_its_absence(office: Office, handheld: Handheld) -> None:
    assert ("scanner_backup_age_seconds", "") not in told(office), "there was none"
    handheld.write(receiving("A"))
    handheld.send()
    central = office.running.central
    note = backup_note.Note(
        generation=central.storage.generation,
        at_ms=central.now_ms() - 3_600_000,
        marks={handheld.device: {1: 1}},
    )
    with central.storage.write() as tx:
        backup_note.apply(tx, note, central.storage.generation)
    assert 3600 <= told(office)["scanner_backup_age_seconds", ""] < 3700
