from __future__ import annotations

import pytest

from config.keyboard_layouts import KEYPAD, LAYOUTS
from drivers.framing import Fragment, Frame, Framing
from drivers.usb.key_decoder import KeyDecoder
from drivers.usb.key_events import (
    EV_KEY,
    KEY_CAPSLOCK,
    KEY_ENTER,
    KEY_KPENTER,
    LEFT_ALT,
    LEFT_CTRL,
    LEFT_SHIFT,
    PRESSED,
    REPEATED,
    RIGHT_ALT,
    InputEvent,
)
from drivers.usb.key_stream import SILENCE_S, KeyStream
from tests.drivers.usb.recorded import dropped, keys, recording

ONE, TWO, THREE, FOUR = 2, 3, 4, 5
EV_MSC = 4


def stream(layout: str = "us", **framing: object) -> KeyStream:
    return KeyStream(LAYOUTS[layout], Framing(**framing))  # type: ignore[arg-type]


def raws(items: list[Frame | Fragment]) -> list[bytes]:
    return [item.raw for item in items if isinstance(item, Frame)]


def fragments(items: list[Frame | Fragment]) -> list[bytes]:
    return [item.raw for item in items if isinstance(item, Fragment)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_read_from_its_recording(layout: str) -> None:
    recorded = recording(layout)
    found = stream(layout).feed(recorded.events)
    assert [raw.decode() for raw in raws(found)] == recorded.codes
    assert fragments(found) == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_recording_is_read_event_by_event_as_well(layout: str) -> None:
    recorded, keyboard = recording(layout), stream(layout)
    found = [item for event in recorded.events for item in keyboard.feed([event])]
    assert [raw.decode() for raw in raws(found)] == recorded.codes


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_recording_came_from_a_kernel_and_uses_the_keys_that_scanners_use(layout: str) -> None:
    recorded = recording(layout)
    assert EV_MSC in {event.type for event in recorded.events}  # no program of ours makes these up
    pressed = {event.code for event in recorded.events if event.type == EV_KEY and event.value == PRESSED}
    wanted = {LEFT_SHIFT, LEFT_CTRL, LEFT_ALT, KEY_CAPSLOCK, KEY_ENTER, KEY_KPENTER, *KEYPAD.keys() - {83}}
    wanted |= {RIGHT_ALT} if layout != "us" else set()
    assert pressed >= wanted
    said = "".join(recorded.codes)
    assert {"\x1d", "ä", "€"} <= set(said)


def test_the_wrong_layout_gives_another_text_so_the_setting_matters() -> None:
    recorded = recording("de")
    assert raws(stream("us").feed(recorded.events))[0].decode() != recorded.codes[0]


def test_two_codes_back_to_back_are_two() -> None:
    assert raws(stream().feed(keys(ONE, TWO, KEY_ENTER, THREE, FOUR, KEY_ENTER))) == [b"12", b"34"]


def test_without_a_terminator_silence_ends_a_code() -> None:
    keyboard = stream(terminators=(), gap_ms_max=100)
    assert raws(keyboard.feed(keys(ONE, TWO))) == []
    assert raws(keyboard.feed(keys(THREE, at_s=0.5))) == [b"12"]
    due_s = keyboard.deadline()
    assert due_s is not None
    assert raws(keyboard.flush(due_s + 0.001)) == [b"3"]


def test_prefix_and_suffix_are_taken_off() -> None:
    keyboard = stream(prefix=b"1", suffix=b"3")
    assert raws(keyboard.feed(keys(ONE, TWO, THREE, KEY_ENTER))) == [b"2"]


def test_a_held_key_that_repeats_is_one_character() -> None:
    events = keys(ONE)
    events[1:1] = [InputEvent(0.0, EV_KEY, ONE, REPEATED)] * 3
    assert raws(stream().feed([*events, *keys(KEY_ENTER, at_s=0.01)])) == [b"1"]


@pytest.mark.parametrize("cut", range(1, 4))
def test_lost_events_discard_the_whole_code_and_nothing_of_the_next(cut: int) -> None:
    code = keys(ONE, TWO, THREE, FOUR, KEY_ENTER)
    events = code[: cut * 4] + dropped(0.004) + code[cut * 4 + 4 :] + keys(FOUR, TWO, KEY_ENTER, at_s=0.02)
    found = stream().feed(events)
    assert raws(found) == [b"42"]
    assert len(fragments(found)) == 1


def test_the_rest_of_a_report_that_was_cut_is_not_believed() -> None:
    events = dropped(0.0)
    events[1:1] = [InputEvent(0.0, EV_KEY, LEFT_SHIFT, 1)]  # between SYN_DROPPED and its report
    found = stream().feed([*events, *keys(TWO, KEY_ENTER, at_s=0.001), *keys(THREE, KEY_ENTER, at_s=0.1)])
    assert raws(found) == [b"3"]


def test_after_lost_events_silence_ends_the_damage_where_no_terminator_comes() -> None:
    keyboard = stream()
    keyboard.feed([*keys(ONE), *dropped(0.003), *keys(TWO, at_s=0.004)])
    later = 0.004 + SILENCE_S + 0.01
    found = keyboard.feed(keys(THREE, KEY_ENTER, at_s=later))
    assert (fragments(found), raws(found)) == ([b"12"], [b"3"])


def test_a_shift_that_was_held_when_events_were_lost_is_not_held_for_ever() -> None:
    keyboard = stream()
    keyboard.feed([InputEvent(0.0, EV_KEY, LEFT_SHIFT, 1), *dropped(0.001), *keys(KEY_ENTER, at_s=0.002)])
    assert raws(keyboard.feed(keys(ONE, KEY_ENTER, at_s=0.1))) == [b"1"]


def test_an_unplugged_scanner_leaves_its_half_code_as_a_fragment() -> None:
    keyboard = stream()
    keyboard.feed(keys(ONE, TWO))
    lost = keyboard.lost()
    assert lost is not None
    assert lost.raw == b"12"
    assert raws(keyboard.feed(keys(THREE, KEY_ENTER, at_s=9.0))) == [b"3"]


@pytest.mark.parametrize(
    ("code", "shift", "control"),
    [(27, False, "\x1d"), (43, False, "\x1c"), (7, True, "\x1e"), (12, True, "\x1f"), (26, False, "\x1b")],
    ids=["GS", "FS", "RS", "US", "ESC"],
)
@pytest.mark.parametrize("layout", ["us", "de"])
def test_ctrl_gives_the_separators_wherever_the_layout_has_the_brackets(
    code: int, shift: bool, control: str, layout: str
) -> None:
    decoder = KeyDecoder(LAYOUTS[layout])
    decoder.press(LEFT_CTRL)
    if shift:
        decoder.press(LEFT_SHIFT)
    assert decoder.press(code) == control


@pytest.mark.parametrize(
    ("digits", "character"),
    [
        ("029", "\x1d"),
        ("29", "\x1d"),
        ("0228", "ä"),
        ("132", "ä"),
        ("065", "A"),
        ("08364", "€"),
        ("0", "\ufffd"),
    ],
)
def test_alt_and_a_number_is_a_character(digits: str, character: str) -> None:
    keypad = {"0": 82, "1": 79, "2": 80, "3": 81, "4": 75, "5": 76, "6": 77, "7": 71, "8": 72, "9": 73}
    decoder = KeyDecoder(LAYOUTS["us"])
    decoder.press(LEFT_ALT)
    assert "".join(decoder.press(keypad[digit]) for digit in digits) == ""
    assert decoder.release(LEFT_ALT) == character


def test_a_dead_key_waits_for_its_letter() -> None:
    french = KeyDecoder(LAYOUTS["fr"])
    assert [french.press(26), french.press(18)] == ["", "ê"]
    german = KeyDecoder(LAYOUTS["de"])
    assert [german.press(41), german.press(57)] == ["", "^"]
    assert [german.press(41), german.press(ONE)] == ["", "^1"]


def test_altgr_is_not_ctrl() -> None:
    decoder = KeyDecoder(LAYOUTS["de"])
    decoder.press(LEFT_CTRL)
    decoder.press(RIGHT_ALT)
    assert decoder.press(16) == "@"


def test_a_key_without_a_character_leaves_a_mark_that_no_code_can_have() -> None:
    assert KeyDecoder(LAYOUTS["us"]).press(59) == "\ufffd"
