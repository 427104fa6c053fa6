"""What keys and touches mean, without a terminal."""

from __future__ import annotations

import math

import msgspec
import pytest

from drivers.keys import TypedChar, TypedEnter, TypedKey
from drivers.scan import Scan
from drivers.wedge import Cut, Output
from scanner_app.inputs import Typed
from scanner_app.tui.desk import ENTRY_CHARACTERS_MAX, Act, Desk, Own
from scanner_app.tui.local import Local
from scanner_app.tui.port import command
from scanner_app.view import ScreenView
from tests.tui.views import HOME, PIN, RECEIVED, STOP, TAKEN


class Person:
    """A desk with a person at it, who waits a second between keys unless told otherwise."""

    def __init__(self, view: ScreenView) -> None:
        self.desk = Desk()
        self.now_s = 100.0
        self.local = Local()
        self.acts: list[Act] = []
        self.see(view)

    def see(self, view: ScreenView) -> None:
        self.view = view
        self.desk.shown(view, self.now_s)

    def _take(self, given: Output) -> Person:
        self.local, acts = self.desk.take(given, self.view, self.local)
        self.acts += acts
        return self

    def wait(self, seconds: float) -> Person:
        self.now_s += seconds
        return self

    def types(self, text: str, after_s: float = 1.0) -> Person:
        for character in text:
            self.wait(after_s)._take(TypedChar(character, self.now_s))
        return self

    def enter(self, after_s: float = 1.0, quiet_s: float = math.inf) -> Person:
        return self.wait(after_s)._take(TypedEnter(self.now_s, quiet_s))

    def presses(self, key: str, after_s: float = 1.0) -> Person:
        return self.wait(after_s)._take(TypedKey(key, self.now_s))

    def scans(self, raw: bytes, after_s: float = 1.0) -> Person:
        self.wait(after_s)
        return self._take(Scan(raw=raw, mono_ns=round(self.now_s * 1e9)))

    def touches(self, action: str, after_s: float = 1.0) -> Person:
        self.wait(after_s)
        self.local, acts = self.desk.touch(action, self.now_s, self.view, self.local)
        self.acts += acts
        return self


def test_a_lone_enter_acknowledges_a_stop() -> None:
    assert Person(STOP).enter().acts == [command("ack")]


def test_an_enter_soon_after_a_scan_or_a_key_does_not() -> None:
    assert Person(STOP).scans(b"SN-1").enter(0.4).acts[1:] == []
    assert Person(STOP).presses("up").enter(0.4).acts == []
    assert Person(STOP).enter(5.0, quiet_s=0.2).acts == []


def test_a_stop_must_have_been_seen() -> None:
    person = Person(RECEIVED).wait(50)
    person.see(STOP)
    assert person.enter(0.2).acts == []
    assert person.touches("ack", 0.05).acts == []
    assert person.touches("ack", 0.5).acts == [command("ack")]


def test_a_second_scan_behind_a_stop_does_not_make_it_new() -> None:
    person = Person(STOP).wait(1.0)
    person.see(msgspec.structs.replace(STOP, waiting=3))
    assert person.touches("ack", 0.1).acts == [command("ack")]


def test_enter_with_nothing_to_acknowledge_does_nothing() -> None:
    assert Person(RECEIVED).enter().acts == []


def test_a_typed_line_ends_with_enter() -> None:
    person = Person(RECEIVED).types("SN-12").presses("backspace").types("3")
    assert person.local.entry == "SN-13"
    person.enter(0.1)
    assert person.acts == [Typed(text="SN-13")]
    assert person.local.entry == ""


def test_a_typed_line_has_a_bound() -> None:
    person = Person(RECEIVED).types("x" * (ENTRY_CHARACTERS_MAX + 1))
    assert len(person.local.entry) == ENTRY_CHARACTERS_MAX
    assert person.acts == [Own("bell")]


def test_escape_clears_the_line_first_and_then_goes_back() -> None:
    person = Person(RECEIVED).types("12").presses("escape")
    assert (person.local.entry, person.acts) == ("", [])
    assert person.presses("escape").acts == [command("back")]


def test_a_digit_and_enter_choose_from_the_menu() -> None:
    assert Person(HOME).types("2").enter().acts == [command("workflow ship")]
    assert Person(HOME).types("22").enter().acts == [Typed(text="22")]
    asked = msgspec.structs.replace(HOME, wants_text=True)
    assert Person(asked).types("2").enter().acts == [Typed(text="2")]


def test_a_task_that_waits_is_opened_by_its_key() -> None:
    assert Person(HOME).presses("f4").acts == [command("workflow receiving")]


def test_function_keys_are_the_soft_keys_or_go_to_the_session() -> None:
    assert Person(RECEIVED).presses("f2").acts == [command("undo")]
    assert Person(RECEIVED).presses("f7").acts == [command("key f7")]
    assert Person(STOP).presses("f9").acts == [command("override")]
    assert Person(RECEIVED).presses("ctrl+q").presses("insert").acts == []


def test_a_key_that_is_held_down_is_not_pressed_thirty_times() -> None:
    person = Person(RECEIVED).presses("f2")
    for _ in range(30):
        person.presses("f2", 0.033)
    assert len(person.acts) <= 2
    assert Person(RECEIVED).presses("f2").presses("f2", 0.2).presses("f2", 0.2).acts == [command("undo")] * 3
    assert Person(RECEIVED).presses("f2").presses("f2", 0.0).presses("f2", 0.0).acts == [command("undo")] * 3


def test_help_opens_and_closes() -> None:
    person = Person(RECEIVED).presses("f1")
    assert person.local.page == "help"
    assert person.presses("f1").local.page == "keys"
    assert person.presses("f1").local.page == ""
    assert person.types("?").local.page == "help"
    assert person.presses("escape").local.page == ""
    assert person.acts == []


def test_a_question_mark_in_a_typed_line_is_text() -> None:
    assert Person(RECEIVED).types("a?").local.entry == "a?"
    assert Person(PIN).types("?").local.entry == "?"


def test_any_scan_closes_a_page_and_is_taken() -> None:
    person = Person(RECEIVED).presses("f1").scans(b"SN-1")
    assert person.local.page == ""
    assert [type(act) for act in person.acts] == [Scan]


def at_the_list() -> Person:
    """The session has answered ``list``: the page is open."""
    person = Person(TAKEN)
    person.local = Local(page="list")
    return person


@pytest.mark.parametrize("key", ["f6", "down", "up", "f3"])
def test_the_list_is_asked_of_the_session(key: str) -> None:
    person = Person(RECEIVED).presses(key)
    assert person.acts == [command("list")]
    assert person.local.page == ""
    assert command("list") not in Person(STOP).presses(key).acts


def test_the_list_takes_back_the_chosen_line() -> None:
    person = at_the_list().presses("down").enter()
    assert person.acts == [command("undo 10")]
    assert person.local.page == ""
    assert at_the_list().touches(":choose 3").enter().acts == [command("undo 7")]
    assert at_the_list().presses("up").local.cursor == 0
    assert [at_the_list().presses("f6").local.page, at_the_list().presses("escape").local.page] == ["", ""]


def test_the_list_takes_back_the_line_whose_number_is_typed() -> None:
    person = at_the_list().types("1")
    assert (person.local.page, person.local.entry, person.local.cursor) == ("list", "1", 0)
    person.types("0")
    assert person.local.cursor == 1
    assert person.enter(0.1).acts == [command("undo 10")]
    wrong = at_the_list().types("99").enter()
    assert wrong.acts == [Own("bell")]
    assert (wrong.local.page, wrong.local.entry) == ("list", "")
    assert at_the_list().types("1").presses("escape").local.page == "list"


def test_an_empty_list_takes_nothing_back() -> None:
    person = Person(RECEIVED)
    person.local = Local(page="list")
    assert person.enter().acts == [Own("bell")]


def test_leaving_takes_two_keys() -> None:
    person = Person(RECEIVED).presses("f10")
    assert person.acts == []
    assert person.presses("f10").acts == [Own("leave")]


def test_leaving_is_forgotten_when_something_else_is_pressed() -> None:
    assert Person(RECEIVED).presses("f10").presses("escape").presses("f10").acts == []


def test_light_and_sound() -> None:
    person = Person(RECEIVED).presses("f8").presses("f10").presses("f6")
    assert (person.local.theme, person.local.sound) == ("night", False)
    assert person.presses("f8").local.theme == "sun"


def test_a_glove_touches_once() -> None:
    person = Person(RECEIVED).touches("undo").touches("undo", 0.1).touches("undo", 0.2)
    assert person.acts == [command("undo")]
    assert person.touches("undo", 0.5).acts == [command("undo")] * 2
    assert person.touches("", 1.0).acts == [command("undo")] * 2


def test_a_cut_code_is_owned_up_to() -> None:
    person = Person(RECEIVED)._take(Cut(12))
    assert person.local.refused == 1
    assert person.acts == [Own("bell")]


def test_what_was_not_taken_stays_until_it_is_acknowledged() -> None:
    person = Person(RECEIVED)
    person.local = Local(refused=2)
    person.scans(b"SN-1").enter(0.1)
    assert person.local.refused == 2
    assert person.enter().local.refused == 0
