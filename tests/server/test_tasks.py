"""Tasks in progress, as handhelds report them: one report replaces the other, and only what changed is fed."""

from __future__ import annotations

from typing import Any

import pytest

from server import rebuild
from sync.work_wire import TASK_PEOPLE_MAX, TASK_STATE_CHARS_MAX, TASKS_MAX
from tests.server.fleet import Handheld, Office
from tracking.events import Event

RECEIVING = {"task": "receiving", "subject": "PO-1", "document": "PO-1", "since_ms": 5, "operator": "OP-7"}
PACK = {"task": "pack", "subject": "340123450000000017", "since_ms": 9}


def report(handheld: Handheld, *tasks: dict[str, Any], status: int = 200) -> dict[str, Any]:
    answer = handheld.http.post(
        f"/v1/devices/{handheld.device}/tasks", json={"tasks": list(tasks)}, headers=handheld.auth
    )
    assert answer.status_code == status, answer.text
    said: dict[str, Any] = answer.json()
    return said


def tasks(handheld: Handheld) -> dict[str, Any]:
    return {key: row for (table, key), row in handheld.replica().items() if table == "task"}


def test_a_report_replaces_the_one_before(office: Office) -> None:
    one, other, far = office.handheld("Dock 1"), office.handheld("Dock 2"), office.handheld("Far", "MUC")
    assert report(one, RECEIVING, PACK) == {"tasks": 2, "changed": 2}
    assert report(one, RECEIVING, PACK)["changed"] == 0
    found = tasks(other)
    assert set(found) == {f"{one.device}/receiving/5", f"{one.device}/pack/9"}
    row = found[f"{one.device}/receiving/5"]
    assert (row["name"], row["site"], row["operator"]) == ("Dock 1", "HAM", "OP-7")
    assert tasks(far) == {}
    report(other, RECEIVING)
    assert report(one, {**RECEIVING, "item": "PUMP-100"})["changed"] == 2
    assert set(tasks(one)) == {f"{one.device}/receiving/5", f"{other.device}/receiving/5"}
    assert report(one) == {"tasks": 0, "changed": 1}
    assert set(tasks(one)) == {f"{other.device}/receiving/5"}


def test_what_is_not_told_again_costs_the_others_nothing(office: Office) -> None:
    one, other = office.handheld(), office.handheld()
    report(one, RECEIVING)
    page = other.feed()
    report(one, RECEIVING)
    assert other.feed(page.next, generation=page.generation).rows == []


def test_a_revoked_handheld_works_on_nothing(office: Office) -> None:
    one, other = office.handheld(), office.handheld()
    report(one, RECEIVING)
    office.http.post(f"/v1/devices/{one.device}/revoke", headers=office.auth)
    assert tasks(other) == {}
    assert report(one, RECEIVING, status=403)["error"] == "revoked"


def test_nobody_reports_for_another(office: Office) -> None:
    one, other = office.handheld(), office.handheld()
    answer = one.http.post(f"/v1/devices/{other.device}/tasks", json={"tasks": []}, headers=one.auth)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"task": ""},
        {"task": "a/b"},
        {"subject": "x" * 300},
        {"state": "A" * (TASK_STATE_CHARS_MAX + 1)},
        {"people": ["OP-7"] * (TASK_PEOPLE_MAX + 1)},
        {"people": ["A" * 10_000]},
        {"since_ms": -1},
        {"operator": 7},
    ],
)
def test_what_is_no_report_is_refused_and_changes_nothing(office: Office, wrong: dict[str, Any]) -> None:
    one = office.handheld()
    report(one, PACK)
    assert report(one, {**RECEIVING, **wrong}, status=400)["error"] == "malformed"
    assert len(tasks(one)) == 1


def test_more_tasks_than_a_handheld_can_have_are_refused(office: Office) -> None:
    one = office.handheld()
    many = [{**RECEIVING, "since_ms": number} for number in range(TASKS_MAX + 1)]
    report(one, *many, status=400)
    report(one, *many[:-1])


def test_a_rebuild_keeps_reports_and_makes_hand_overs_anew(office: Office) -> None:
    one, other = office.handheld(), office.handheld()
    report(one, RECEIVING)
    one.write(Event(step="handing_over", action="DELETE", document="PO-1"))
    one.send()
    name = f"{one.device}/1/1"
    other.write(Event(step="handing_over", action="ADD", document="PO-1", follows=name))
    other.send()
    office.settle()
    before = {key: row for key, row in other.replica().items() if key[0] in {"task", "handover"}}
    assert before["handover", name]["to"] == other.device
    assert before["handover", name]["device"] == one.device
    rebuild.rebuild(office.running.central.storage)
    after = {key: row for key, row in other.replica().items() if key[0] in {"task", "handover"}}
    assert after == before


def test_the_taker_may_report_first(office: Office) -> None:
    """Then the row does not name the giver, and a handheld knows that the giver's facts are not here yet."""
    one, other = office.handheld(), office.handheld()
    name = f"{one.device}/1/1"
    other.write(Event(step="handing_over", action="ADD", document="PO-1", follows=name))
    other.send()
    office.settle()
    row = other.replica()["handover", name]
    assert (row["to"], row.get("device", "")) == (other.device, "")
    one.write(Event(step="handing_over", action="DELETE", document="PO-1"))
    one.send()
    office.settle()
    assert other.replica()["handover", name]["device"] == one.device


def test_an_error_declared_about_it_takes_the_word_back(office: Office) -> None:
    one, other = office.handheld(), office.handheld()
    name = f"{one.device}/1/1"
    one.write(Event(step="handing_over", action="DELETE", document="PO-1"))
    other.write(
        Event(step="handing_over", action="ADD", document="PO-1", follows=name),
        Event(step="handing_over", cancels=f"{other.device}/1/1"),
    )
    one.send()
    other.send()
    office.settle()
    assert other.replica()["handover", name].get("to", "") == ""
