"""One answer to one input: what is written with it, who is named in it, what waits behind a stop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.scan import Scan
from scanner_app.session_state import HELD_SCANS_MAX
from tests.scanner_app.floor import Floor, site_named


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path / "data", site_named())
    yield floor
    floor.close()


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path / "data", site_named("staffed"))
    yield floor
    floor.close()


def test_an_event_says_who_when_where_and_from_what(staffed: Floor) -> None:
    staffed.scan("OP-7")
    staffed.command("workflow", "receiving")
    staffed.scan("PO-1")
    (event,) = staffed.scan("010952123454321321SN-200001", symbology_id="]C1").events
    assert (event.item, event.serial, event.document, event.line) == ("PUMP-100", "SN-200001", "PO-1", 1)
    assert (event.operator, event.site, event.task, event.app) == ("OP-7", "HAM", "receiving", "test")
    assert event.at.startswith("2026-11-23T08:00:0")
    assert event.at.endswith("+01:00")
    assert (event.raw, event.symbology_id) == ("010952123454321321SN-200001", "]C1")
    assert (event.evidence, event.new, event.code) == ("scanned", True, "received")
    assert event.device == staffed.handheld.journal.device


def test_what_was_keyed_in_says_so(floor: Floor) -> None:
    floor.scan("PO-1")
    (event,) = floor.type("SN-200001").events
    assert (event.evidence, event.raw) == ("typed", "SN-200001")


@pytest.mark.parametrize(
    "raw",
    [b"\x1b[2J", b"\x9b31m", b"\xe4\xf6\xfc", b"[@click=app.quit]x[/]", b"\x10\x11", b"\x00", b"A" * 10_000],
)
def test_hostile_bytes_are_kept_as_they_were(raw: bytes, floor: Floor) -> None:
    floor.scan("PO-1")
    answer = floor.scan(raw)
    assert answer.verdict.stops
    assert answer.message.isprintable()
    (event,) = answer.events
    assert event.step == "sighting"
    assert bytes.fromhex(event.raw_hex) == raw if event.raw_hex else event.raw.encode() == raw
    floor.crash()
    assert floor.events()[-1].ref == event.ref


def test_a_sighting_of_a_stolen_unit_names_it(floor: Floor) -> None:
    floor.scan("SO-1")
    (event,) = floor.scan("SN-000012").events
    assert (event.step, event.item, event.serial, event.code) == (
        "sighting",
        "PUMP-100",
        "SN-000012",
        "stolen",
    )
    assert event.document == "SO-1"
    floor.command("ack")
    floor.command("back")
    (event,) = floor.scan("SN-000012").events
    assert (event.code, event.item, event.serial) == ("wrong_kind", "PUMP-100", "SN-000012"), (
        "at the order prompt too"
    )


def test_a_completed_order_is_an_event_of_its_own_in_the_same_transaction(floor: Floor) -> None:
    floor.scan("ASN-1")
    floor.scan("SN-100001")
    answer = floor.scan("SN-100002")
    assert [(event.step, event.code) for event in answer.events] == [
        ("receiving", "received"),
        ("completing", "completed"),
    ]
    assert answer.events[1].seq == answer.events[0].seq + 1
    assert answer.progress == (2, 2)


def test_only_so_many_scans_wait_behind_a_stop(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.scan("NONSENSE")
    for number in range(HELD_SCANS_MAX):
        assert f"{number + 1} waiting" in floor.scan(f"SN-{400_000 + number}").message
    refused = floor.scan("SN-999999")
    assert "NOT TAKEN" in refused.message
    assert refused.tone == "stop", "loud, because this one is not kept"
    assert len(floor.session.state.held) == HELD_SCANS_MAX


def test_counts_of_held_scans_are_told_when_they_are_judged(floor: Floor) -> None:
    floor.scan("PO-1")
    assert floor.scan("NONSENSE").stopped == 1
    held = [floor.scan("SN-200001"), floor.scan("SN-200002")]
    assert [(answer.accepted, answer.stopped, answer.tone) for answer in held] == [(0, 0, "held")] * 2
    answer = floor.command("ack")
    assert (answer.accepted, answer.stopped) == (2, 0)


def test_a_crash_between_the_acknowledgement_and_its_scans(floor: Floor) -> None:
    """The acknowledgement was written, the scans behind it were not judged yet: the next input judges them first."""
    from scanner_app import stops

    floor.scan("PO-1")
    floor.scan("NONSENSE")
    floor.scan("SN-200001")
    floor.scan("SN-200002")
    stops.clear(floor.session)
    floor.crash()
    assert floor.session.state.stopped is None
    assert len(floor.session.state.held) == 2
    answer = floor.scan("SN-200003")
    assert [event.serial for event in answer.events if event.step == "receiving"] == [
        "SN-200001",
        "SN-200002",
        "SN-200003",
    ]
    assert answer.progress == (3, 3)


def test_a_command_after_such_a_crash_does_not_acknowledge_what_nobody_saw(floor: Floor) -> None:
    from scanner_app import stops

    floor.scan("PO-1")
    floor.scan("NONSENSE")
    floor.scan("RUBBISH")
    stops.clear(floor.session)
    floor.crash()
    assert floor.command("ack").verdict.code == "unknown_code"
    assert floor.session.state.stopped is not None


def test_everybody_is_told_every_answer_once(floor: Floor) -> None:
    told: list[str | None] = []
    floor.session.observers.append(lambda answer: told.append(answer.verdict.code))
    floor.scan("PO-1")
    floor.scan("SN-200001")
    floor.command("undo")
    assert told == ["document_opened", "received", "undone"]


def test_a_scan_is_answered_with_one_transaction(floor: Floor) -> None:
    floor.scan("PO-1")
    statements: list[str] = []
    floor.handheld.journal.connection.set_trace_callback(statements.append)
    assert floor.scan("SN-200001").verdict.code == "received"
    floor.handheld.journal.connection.set_trace_callback(None)
    assert sum(statement.startswith("COMMIT") for statement in statements) == 1


def test_the_last_of_a_document_may_be_another_handhelds(floor: Floor) -> None:
    """A unit of a company item that this site does not keep is judged by its status and its order, not refused."""
    floor.scan("SO-1")
    answer = floor.scan("G-1")
    assert (answer.verdict.code, answer.verdict.item) == ("wrong_item", "GEAR-500")


def test_one_gtin_of_two_items_is_not_guessed(tmp_path: Path) -> None:
    items = [{"item": f"PUMP-100-{rev}", "gtins": ["09521234543213"], "revision": rev} for rev in "CD"]
    orders = [
        {
            "type": "purchase_order",
            "number": f"PO-{name}",
            "lines": [{"item": f"PUMP-100-{rev}"} for rev in name],
        }
        for name in ("C", "CD")
    ]
    floor = Floor(tmp_path / "data", site_named(items=items, documents=orders, units=[]))
    floor.scan("PO-CD")
    answer = floor.scan("010952123454321321SN-1", symbology_id="]C1")
    assert answer.verdict.code == "ambiguous"
    assert "PUMP-100-C, PUMP-100-D" in answer.message
    floor.command("ack")
    floor.command("back")
    floor.scan("PO-C")
    answer = floor.scan("010952123454321321SN-2", symbology_id="]C1")
    assert (answer.verdict.code, answer.verdict.item) == ("received", "PUMP-100-C"), "the order knows which"
    floor.close()


@pytest.mark.parametrize("code", ["21%CMD:UNDO", "10%cmd:ack"])
def test_a_command_inside_a_gs1_code_is_no_serial_and_no_lot(code: str, floor: Floor) -> None:
    floor.scan("PO-ANY")
    answer = floor.scan(code, symbology_id="]C1")
    assert answer.verdict.code == "unknown_code"
    assert "which is reserved" in answer.message


def test_a_serial_that_is_too_long_to_register(floor: Floor) -> None:
    floor.scan("PO-ANY")
    assert floor.scan("x" * 201).verdict.code == "unknown_code"
    floor.command("ack")
    assert floor.scan("x" * 200).verdict.code == "received"


def test_the_lot_of_a_recall_stops_a_look_up(floor: Floor) -> None:
    from sync.wire import pair_key

    with floor.handheld.cache.transaction():
        floor.handheld.cache.put_record(
            "lot", pair_key("FILTER-3", "L2"), b'{"item":"FILTER-3","lot":"L2","flags":["recalled"]}'
        )
    floor.command("look_up")
    assert floor.scan("F3-0003").verdict.code == "recalled"


def test_an_input_that_is_no_scan_is_not_counted(floor: Floor) -> None:
    assert floor.give(Scan(raw=b"%CMD:HELP")).accepted == 0


def test_a_session_of_another_version_begins_anew_and_keeps_its_events(floor: Floor) -> None:
    floor.scan("PO-1")
    floor.scan("SN-200001")
    floor.handheld.journal.save_session(b"\x93\x01\x02\x03")
    floor.crash()
    assert floor.session.prompt_text() == "Scan anything"
    floor.scan("PO-1")
    assert floor.session.progress() == (1, 3)
