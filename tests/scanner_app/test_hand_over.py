"""A task goes from one handheld to another by the codes on its screen; neither of them has a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner_app.answer import Answer
from scanner_app.handing import pieces
from scanner_app.handing.bundle import UNPACKED_BYTES_MAX, Bundle, packed, unpacked
from scanner_app.handing.gathering import bundle_of
from scanner_app.inputs import SignIn
from scanner_app.session_state import workflow_state
from tests.scanner_app.floor import Floor, site_named

PUMP = "010952123454321321SN-20000"


@pytest.fixture
def giver(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path / "giver", site_named())
    yield floor
    floor.close()


@pytest.fixture
def taker(tmp_path: Path) -> Iterator[Floor]:
    floor = Floor(tmp_path / "taker", site_named())
    yield floor
    floor.close()


def pump(floor: Floor, number: int) -> Answer:
    floor.wait()
    return floor.scan(f"{PUMP}{number}", symbology_id="]C1")


def codes(floor: Floor) -> tuple[str, ...]:
    """What is on the screen, one code after the other."""
    showing = floor.session.state.handing.showing
    assert showing is not None
    return showing.texts


def hand_over(giver: Floor, taker: Floor, *, confirm: bool = True) -> Answer:
    assert giver.command("hand_over").verdict.code == "handed_over"
    answers = [taker.scan(code) for code in codes(giver)]
    assert [answer.verdict.code for answer in answers[:-1]] == ["command"] * (len(answers) - 1)
    assert answers[-1].verdict.code == "confirm_required"
    return taker.command("confirm") if confirm else answers[-1]


def test_the_other_one_goes_on_at_the_very_prompt_and_knows_what_was_done(giver: Floor, taker: Floor) -> None:
    giver.scan("PO-1")
    for number in (1, 2):
        assert pump(giver, number).verdict.code == "received"
    answer = hand_over(giver, taker)
    assert (answer.verdict.code, answer.prompt, answer.progress) == ("taken_over", "Scan the SERIAL", (2, 3))
    assert pump(taker, 2).verdict.code == "already_received"
    taker.command("ack")
    last = pump(taker, 3)
    assert (last.verdict.code, last.progress) == ("received", (3, 3))
    # Nothing of the giver's is an event of the taker's: it would count twice on the server.
    received = [event.serial for event in taker.events() if event.step == "receiving"]
    assert received == ["SN-200003"]


@pytest.mark.parametrize("at", ["stocktake", "home", "look_up"])
def test_a_count_comes_with_what_was_counted_wherever_it_is_given_from(tmp_path: Path, at: str) -> None:
    """From the start screen and from a look-up the task is given that was used last."""
    one, other = (Floor(tmp_path / name, site_named("depot")) for name in ("one", "other"))
    one.command("workflow", "stocktake")
    for code in ("CS-1", "HAM-A-01", "SN-000001", "SN-000002"):
        one.wait()
        one.scan(code)
    one.command("workflow", at)
    assert hand_over(one, other).verdict.code == "taken_over"
    assert other.session.knows.counted("CS-1", 0).here == {"HAM-A-01": 2}
    one.close()
    other.close()


def test_who_counted_comes_along_and_is_no_second_counter_there_either(tmp_path: Path) -> None:
    one, other = (Floor(tmp_path / name, site_named("depot_staffed")) for name in ("one", "other"))
    for floor, badge in ((one, "OP-7"), (other, "OP-8")):
        floor.give(SignIn(badge=badge))
        floor.command("workflow", "stocktake")
    for code in ("CS-1", "HAM-A-01", "SN-000001", "HAM-A-02"):
        one.wait()
        one.scan(code)
    one.scan("HAM-A-01")
    one.wait()
    assert one.command("confirm").verdict.fields["empty"] == "HAM-A-02"
    assert hand_over(one, other).verdict.code == "taken_over"
    told = other.session.knows.counted("CS-1", 0)
    assert (told.people, told.empty) == (frozenset({"OP-7"}), frozenset({"HAM-A-02"}))
    other.crash()
    other.command("done")
    assert other.command("confirm").verdict.code == "completed"
    other.give(SignIn(badge="OP-7"))
    other.wait()
    assert other.scan("CS-1").verdict.code == "document_closed"
    assert other.command("confirm").verdict.code == "role_required", "he counted it, if on another handheld"
    one.close()
    other.close()


def test_half_a_label_comes_along(giver: Floor, taker: Floor) -> None:
    giver.scan("PO-FILTER")
    giver.scan("9521234543237")
    giver.scan("F3-1001")
    assert giver.session.prompt_text() == "Scan the LOT"
    assert hand_over(giver, taker).prompt == "Scan the LOT"
    taker.scan("LOT-A")
    assert taker.scan("117280131", symbology_id="]C1").verdict.serial in {"F3-1001", ""}
    assert taker.session.prompt_text() != giver.session.prompt_text()


def test_who_gave_it_away_cannot_go_on_without_taking_it_back(giver: Floor, taker: Floor) -> None:
    giver.scan("PO-1")
    pump(giver, 1)
    hand_over(giver, taker)
    assert giver.scan("PO-1").verdict.code == "confirm_required"
    giver.command("ack")
    assert giver.session.prompt_text() == "Scan the ORDER or NOTICE"
    assert giver.command("confirm").verdict.code != "taken_over", "an old question is not confirmed later"
    giver.command("back")
    giver.scan("PO-1")
    assert giver.command("confirm").verdict.code == "taken_over"
    assert giver.session.progress() == (1, 3)
    assert pump(giver, 2).verdict.code == "received"
    steps = [
        (event.action, event.code, event.follows) for event in giver.events() if event.step == "handing_over"
    ]
    (away, back) = steps
    assert away == ("DELETE", "handed_over", "")
    assert back[:2] == ("ADD", "taken_back")
    assert back[2].startswith(giver.handheld.journal.device)


def test_undo_does_not_creep_back_into_a_task_that_is_away(giver: Floor, taker: Floor) -> None:
    giver.scan("PO-1")
    pump(giver, 1)
    hand_over(giver, taker)
    assert giver.command("undo").verdict.code == "confirm_required"
    assert giver.status("PUMP-100", "SN-200001") == "received"
    giver.command("confirm")
    assert giver.command("undo").verdict.code == "undone"


def test_a_battery_pulled_at_any_moment_changes_nothing(giver: Floor, taker: Floor) -> None:
    giver.scan("PO-1")
    pump(giver, 1)
    giver.command("hand_over")
    shown = codes(giver)
    giver.crash()
    assert codes(giver) == shown
    assert giver.presenter.view().symbol == shown[0]
    for code in shown:
        taker.scan(code)
        taker.crash()
    assert taker.command("confirm").verdict.code == "taken_over"
    taker.crash()
    assert (taker.session.prompt_text(), taker.session.progress()) == ("Scan the SERIAL", (1, 3))
    assert pump(taker, 1).verdict.code == "already_received"
    giver.command("done")
    giver.crash()
    assert giver.scan("PO-1").verdict.code == "confirm_required"


def test_codes_that_left_the_screen_do_not_come_back_with_a_new_battery(giver: Floor) -> None:
    giver.scan("PO-1")
    pump(giver, 1)
    giver.command("hand_over")
    giver.command("quantity", "4")  # means nothing here, but somebody has gone on
    giver.crash()
    assert giver.session.state.handing.showing is None
    giver.command("take_back")
    giver.command("ack")
    giver.command("quantity", "4")
    giver.crash()
    assert giver.session.state.handing.asked == ""


def test_a_task_that_comes_back_counts_nothing_twice(giver: Floor, taker: Floor) -> None:
    giver.scan("PO-1")
    pump(giver, 1)
    hand_over(giver, taker)
    pump(taker, 2)
    assert hand_over(taker, giver).progress == (2, 3)
    assert pump(giver, 2).verdict.code == "already_received"
    giver.command("ack")
    pump(giver, 3)
    assert giver.session.knows.tally("PO-1").total == 3


def test_given_twice_it_still_counts_once(giver: Floor, taker: Floor) -> None:
    giver.scan("PO-1")
    pump(giver, 1)
    hand_over(giver, taker)
    giver.scan("PO-1")
    giver.command("confirm")
    pump(giver, 2)
    assert hand_over(giver, taker).progress == (2, 3)


def test_what_was_taken_back_before_is_not_handed_over(giver: Floor, taker: Floor) -> None:
    giver.scan("PO-1")
    pump(giver, 1)
    giver.command("undo")
    pump(giver, 2)
    hand_over(giver, taker)
    assert taker.session.progress() == (1, 3)
    assert pump(taker, 1).verdict.code == "received"


def test_a_scan_ends_the_picture_and_is_not_lost(giver: Floor) -> None:
    giver.scan("PO-1")
    pump(giver, 1)
    giver.command("hand_over")
    assert giver.presenter.view().symbol
    assert giver.scan("SN-200001").verdict.code == "looked_up"
    assert not giver.presenter.view().symbol
    assert [line.command.split()[0] for line in giver.presenter.view().tasks] == ["take_back"]


def test_with_nothing_begun_there_is_nothing_to_hand_over(giver: Floor) -> None:
    for order in ("", "receiving"):
        if order:
            giver.command("workflow", order)
        answer = giver.command("hand_over")
        assert (answer.verdict.code, answer.message) == (None, "No task is begun here")
    assert giver.events() == []


def test_the_codes_come_in_any_order_and_any_case(giver: Floor, taker: Floor) -> None:
    giver.scan("PO-1")
    for number in (1, 2):
        pump(giver, number)
    giver.command("hand_over")
    shown = codes(giver)
    assert len(shown) > 1
    for code in reversed(shown):
        answer = taker.scan(code.lower())
        taker.wait()
    assert answer.verdict.code == "confirm_required"


def test_a_damaged_code_is_refused_and_so_is_nonsense(giver: Floor, taker: Floor) -> None:
    giver.scan("PO-1")
    pump(giver, 1)
    giver.command("hand_over")
    code = codes(giver)[0]
    for wrong in (
        code[:-1],
        code[:20] + ("A" if code[20] != "A" else "B") + code[21:],
        code + "A",
        "%CMD:TASK=",
        "%CMD:TASK=ABC",
    ):
        assert taker.scan(wrong).verdict.code == "unreadable", wrong
        taker.command("ack")
    assert taker.events() == []
    for body in (b"", b"\x00", b"A" * 60, packed(bundle(giver))[:-3]):
        for text in pieces.cut(body or b"\xff"):
            answer = taker.scan(text)
        assert answer.verdict.code == "unreadable"
        taker.command("ack")


def bundle(floor: Floor) -> Bundle:
    """Of the last task that was given away."""
    given = floor.session.state.handing.given[-1]
    state = workflow_state(floor.session.state, given.workflow)
    return bundle_of(floor.session, given.workflow, state, 99)


def test_a_bomb_is_not_unpacked() -> None:
    import zlib

    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = squeezer.compress(b"\x00" * (UNPACKED_BYTES_MAX * 50)) + squeezer.flush()
    assert unpacked(bomb) is None


def test_an_order_that_is_not_known_here_cannot_be_gone_on_with(tmp_path: Path, giver: Floor) -> None:
    other = Floor(tmp_path / "other", site_named("staffed", operators=[]))
    try:
        giver.scan("PO-FILTER")
        giver.scan("9521234543237")
        giver.command("hand_over")
        for code in codes(giver):
            answer = other.scan(code)
        assert answer.verdict.code == "document_unknown"
    finally:
        other.close()
