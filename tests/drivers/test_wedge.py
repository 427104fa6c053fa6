"""Terminal wedge: scans and typing through the same keys."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scan import SCAN_BYTES_MAX, Scan
from drivers.wedge import Cut, KeyFramer, Output, TypedChar, TypedEnter, TypedKey, WedgeRules

CHARACTER = st.characters(exclude_characters="\r\n\t", exclude_categories=["Cs"])
CODE = st.text(CHARACTER, min_size=2, max_size=40)


def framer() -> KeyFramer:
    return KeyFramer(wall_ms=lambda _mono_s: 7)


def play(
    keys: KeyFramer, text: str, gap_s: float = 0.001, start_s: float = 0.0, *, awake: bool = True
) -> list[Output]:
    """Feed ``text`` a character each ``gap_s``; a screen that is awake flushes when it is due."""
    out: list[Output] = []
    for turn, character in enumerate(text):
        now_s = start_s + turn * gap_s
        due_s = keys.deadline()
        if awake and due_s is not None and due_s < now_s:
            out += keys.flush(due_s)
        out += keys.feed(character, now_s)
    return out


def texts(out: Iterable[Output]) -> list[str]:
    """The texts of the scans; anything else among them is an error."""
    result = []
    for item in out:
        assert isinstance(item, Scan), item
        result.append(item.text)
    return result


def keyed(out: Iterable[Output]) -> str:
    """What a person typed, as text; a scan among it is an error."""
    result = ""
    for item in out:
        assert isinstance(item, TypedChar | TypedEnter | TypedKey), item
        result += (
            item.character if isinstance(item, TypedChar) else "⏎" if isinstance(item, TypedEnter) else "◇"
        )
    return result


@given(
    codes=st.lists(st.tuples(CODE, st.sampled_from(["\r", "\n", "\t", "\r\n"])), max_size=20),
    gaps_s=st.lists(st.floats(0, 0.034), min_size=1),
)
def test_any_codes_at_a_scanners_speed_come_out_exactly(
    codes: list[tuple[str, str]], gaps_s: list[float]
) -> None:
    keys, now_s, out = framer(), 0.0, []
    for turn, character in enumerate("".join(code + end for code, end in codes)):
        out += keys.feed(character, now_s)
        now_s += gaps_s[turn % len(gaps_s)]
    assert texts(out) == [code for code, _ in codes]
    assert keys.deadline() is None


@given(text=st.text(CHARACTER, max_size=60), gap_s=st.floats(0.07, 2.0))
def test_typing_is_given_back_key_by_key_in_order(text: str, gap_s: float) -> None:
    out = play(framer(), text + "\r", gap_s)
    assert len(out) == len(text) + 1
    assert isinstance(out[-1], TypedEnter)
    assert "".join(k.character for k in out if isinstance(k, TypedChar)) == "".join(
        c for c in text if c >= " " and c != "\x7f"
    )


@given(text=st.text(CHARACTER, min_size=3, max_size=60), gap_s=st.floats(0.036, 3.0))
def test_typing_that_nobody_flushes_is_given_back_all_the_same(text: str, gap_s: float) -> None:
    keys, out = framer(), []
    for turn, character in enumerate(text + "\r"):
        out += keys.feed(character, turn * gap_s)
    assert len(out) == len(text) + 1
    assert not any(isinstance(item, Scan) for item in out)


@given(
    st.lists(
        st.tuples(
            st.one_of(
                st.tuples(CHARACTER, st.just("x")),
                st.sampled_from([("\r", "enter"), (None, "f2"), (None, "up")]),
            ),
            st.floats(0, 0.4),
            st.booleans(),
        ),
        max_size=60,
    )
)
def test_no_key_is_ever_lost_or_swapped(presses: list[tuple[tuple[str | None, str], float, bool]]) -> None:
    keys, now_s = framer(), 0.0
    out: list[Output] = []
    came = ""
    for (character, key), gap_s, attentive in presses:
        now_s += gap_s
        due_s = keys.deadline()
        if attentive and due_s is not None and due_s < now_s:
            out += keys.flush(due_s)
        out += keys.feed_key(character, key, now_s)
        came += character or "\ufffd"
    out += keys.flush(now_s + 1)
    gone = ""
    for item in out:
        assert not isinstance(item, Cut)
        if isinstance(item, Scan):
            gone += item.text
        elif isinstance(item, TypedKey):
            gone += "\ufffd"
        elif isinstance(item, TypedChar):
            gone += item.character
    # Terminators end scans, control characters of a person are keys, and a stray cursor key shows twice: once as
    # itself and once as the damage in the scan that it may have belonged to.
    plain = [c for c in came if c > "\x1f" and c not in "\x7f\ufffd"]
    assert [c for c in gone if c > "\x1f" and c not in "\x7f\ufffd"] == plain
    assert keys.deadline() is None


def test_five_hundred_scans_without_any_pause_are_five_hundred_scans() -> None:
    codes = [f"SN-{number:06}" for number in range(500)]
    assert texts(play(framer(), "".join(code + "\r" for code in codes), 0.0)) == codes


def test_hostile_characters_within_a_scan_are_data() -> None:
    code = "A\x10\x11\x08\x7f\x1d\x1e\x04\x9b\x00\x1b\ufffdZ"
    assert texts(play(framer(), code + "\r")) == [code]


def test_a_scan_without_terminator_ends_by_silence() -> None:
    keys = framer()
    assert play(keys, "SN-1", 0.035) == []
    due_s = keys.deadline()
    assert due_s is not None
    assert due_s == pytest.approx(3 * 0.035 + 0.06)
    assert keys.flush(due_s - 0.001) == []
    assert texts(keys.flush(due_s)) == ["SN-1"]
    assert keys.deadline() is None


def test_two_scans_without_terminators_are_not_merged_when_nobody_flushed() -> None:
    keys = framer()
    out = play(keys, "SN-1") + play(keys, "SN-2", start_s=0.1, awake=False) + keys.flush(1.0)
    assert texts(out) == ["SN-1", "SN-2"]


def test_a_terminator_that_comes_late_after_silence_is_not_a_persons_enter() -> None:
    keys = framer()
    play(keys, "SN-1")
    assert texts(keys.flush(0.1)) == ["SN-1"]
    assert keys.feed("\r", 0.15) == []
    assert keyed(keys.feed("\r", 0.16)) == "⏎"


@pytest.mark.parametrize(
    ("text", "gap_s", "scanned"),
    [
        ("A1\r", 0.035, True),
        ("A1\r", 0.036, False),
        ("A12\t", 0.01, True),
        ("7\r", 0.001, False),
        ("A1", 0.01, False),
    ],
)
def test_short_codes_are_scans_only_with_a_terminator_at_once(text: str, gap_s: float, scanned: bool) -> None:
    keys = framer()
    out = play(keys, text, gap_s) + keys.flush(1.0)
    assert any(isinstance(item, Scan) for item in out) is scanned
    assert len(out) == (1 if scanned else len(text))


def test_a_lone_enter_says_how_long_it_was_quiet_before() -> None:
    keys = framer()
    assert keys.feed("\r", 10.0) == [TypedEnter(10.0, math.inf)]
    assert texts(play(keys, "SN-1\r", start_s=11.0)) == ["SN-1"]
    (enter,) = keys.feed("\r", 11.8)
    assert isinstance(enter, TypedEnter)
    assert enter.quiet_s == pytest.approx(0.796)


def test_a_line_feed_after_a_scans_carriage_return_is_swallowed_and_no_other_enter_is() -> None:
    keys = framer()
    assert texts(play(keys, "SN-1\r\nSN-2\r\n")) == ["SN-1", "SN-2"]
    assert keyed(play(keys, "SN-3\r\r", start_s=3.0)[1:]) == "⏎"
    assert keyed(keys.feed("\n", 5.0)) == "⏎"
    assert keyed(keys.feed("\r", 5.001)) == "⏎"
    assert keyed(keys.feed("\n", 5.002)) == "⏎"


def test_a_pause_before_the_rest_is_read_at_once_does_not_shorten_a_scan() -> None:
    """The process slept after the first characters; the others came in one read, and no timer had fired."""
    keys = framer()
    out = play(keys, "SN") + play(keys, "-004712\r", 0.0, start_s=0.2, awake=False)
    assert texts(out) == ["SN-004712"]


def test_many_pauses_of_a_starved_process_do_not_shorten_a_scan() -> None:
    keys = framer()
    out = play(keys, "SN-0", 0.0) + play(keys, "0471", 0.0, 0.05) + play(keys, "2\r", 0.0, 0.1)
    assert texts(out) == ["SN-004712"]


def test_a_pause_within_a_scan_does_not_tear_it_where_terminators_are_known() -> None:
    keys = framer()
    play(keys, "SN-1\r")
    out = play(keys, "SN-0047", start_s=1.0)
    assert keys.flush(1.1) == []
    assert texts(out + play(keys, "12\r", start_s=1.2)) == ["SN-004712"]


def test_a_scan_too_slow_to_be_sure_of_is_typing_with_every_character() -> None:
    keys = framer()
    out = play(keys, "SN-004712\r", 0.05)
    assert keyed(out) == "SN-004712⏎"


def test_two_early_pauses_do_not_shorten_a_scan_either() -> None:
    """Nothing but the speed of the rest tells it from typing, so it is typing, and the rest is not a scan."""
    keys = framer()
    out = play(keys, "SN-", 0.05) + play(keys, "004712\r", 0.001, start_s=0.101)
    assert keyed(out) == "SN-004712⏎"
    assert texts(play(keys, "SN-1\r", start_s=0.11)) == ["SN-1"]


def test_a_scan_after_a_silence_after_typing_is_a_scan() -> None:
    keys = framer()
    assert keyed(play(keys, "abcd", 0.05)) == "abcd"
    assert texts(play(keys, "SN-1\r", start_s=1.0)) == ["SN-1"]


def test_a_quick_typist_waits_for_nothing_from_the_third_key_on() -> None:
    keys = framer()
    assert keys.feed("a", 0.0) == keys.feed("b", 0.05) == []
    assert keyed(keys.feed("c", 0.1)) == "abc"
    assert keyed(keys.feed("d", 0.15)) == "d"


@pytest.mark.parametrize(
    "times_ms",
    [
        [0, 1, 51],  # two keys at once, Enter later
        [0, 50, 51],  # a pause before the second
        [0, 200, 201, 202, 203],  # a pause that so short a run does not make good
        [0, 40, 41, 42, 43, 44, 94],  # a pause, and Enter not at once
    ],
)
def test_keys_and_enter_that_only_resemble_a_scan_are_typing(times_ms: list[int]) -> None:
    keys, text, out = framer(), "SN-123"[: len(times_ms) - 1], []
    for character, time_ms in zip(text + "\r", times_ms, strict=True):
        out += keys.feed(character, time_ms / 1000)
    assert keyed(out) == text + "⏎"


def test_a_pause_and_no_terminator_is_typing() -> None:
    keys = framer()
    assert keyed(play(keys, "S") + play(keys, "N-004712", start_s=0.05) + keys.flush(1.0)) == "SN-004712"


def test_a_key_held_down_is_typing() -> None:
    keys = framer()
    assert keyed(play(keys, "aaaaaaaa", 0.03) + keys.flush(1.0)) == "aaaaaaaa"
    assert texts(play(keys, "0000\r", start_s=2.0)) == ["0000"]


def test_edit_and_function_keys_of_a_person_come_back_by_name_and_in_order() -> None:
    keys = framer()
    out = keys.feed_key("a", "a", 0.0) + keys.feed_key("\x7f", "backspace", 0.2)
    out += keys.feed_key("\x08", "ctrl+h", 0.4) + keys.feed_key(None, "f2", 0.6)
    out += keys.feed_key("\x1b", "escape", 0.8) + keys.feed_key("\x11", "ctrl+q", 1.0)
    out += keys.feed("\t", 1.2) + keys.feed_key(None, "enter", 1.4)
    out += keys.feed_key("\x1d", "ctrl+right_square_bracket", 1.6) + keys.feed("\x11", 1.8) + keys.flush(2.0)
    names = [item.key if isinstance(item, TypedKey) else type(item).__name__ for item in out]
    assert " ".join(names) == (
        "TypedChar backspace backspace f2 escape ctrl+q tab TypedEnter ctrl+right_square_bracket ctrl+q"
    )


def test_a_cursor_key_is_given_back_at_once_and_a_scan_right_behind_it_is_unreadable() -> None:
    keys = framer()
    assert keys.feed_key(None, "up", 1.0) == [TypedKey("up", 1.0)]
    assert keys.deadline() is None
    assert texts(play(keys, "1234\r", start_s=1.001)) == ["\ufffd1234"]
    assert texts(play(keys, "1234\r", start_s=2.0)) == ["1234"]
    assert keys.feed_key(None, "up", 3.0) == [TypedKey("up", 3.0)]
    assert keys.feed("a", 3.02) + keys.flush(4.0) == [TypedChar("a", 3.02)]


@pytest.mark.parametrize("where", [0, 2, 5])
def test_a_key_without_character_in_a_burst_damages_the_scan_and_is_not_obeyed(where: int) -> None:
    keys, out, code = framer(), [], "12345"
    presses = (
        [(c, c) for c in code[:where]] + [(None, "f2")] + [(c, c) for c in code[where:]] + [("\r", "enter")]
    )
    for turn, (character, key) in enumerate(presses):
        out += keys.feed_key(character, key, turn / 1000)
    assert texts(out) == [code[:where] + "\ufffd" + code[where:]]


def test_an_escape_that_became_an_alt_key_is_not_lost_unseen() -> None:
    keys, out = framer(), []
    for turn, (character, key) in enumerate(
        [("1", "1"), ("C", "alt+shift+c"), ("2", "2"), ("3", "3"), ("\r", "enter")]
    ):
        out += keys.feed_key(character, key, turn / 1000)
    assert texts(out) == ["1\ufffd23"]
    assert keys.feed_key("c", "alt+c", 1.0) + keys.flush(2.0) == [TypedKey("alt+c", 1.0)]


def test_a_scan_beyond_the_bound_comes_once_and_says_what_is_missing() -> None:
    keys = framer()
    out = play(keys, "x" * (SCAN_BYTES_MAX + 5) + "\rnext\r", 0.0)
    assert out[1] == Cut(5)
    assert texts([out[0], *out[2:]]) == ["x" * SCAN_BYTES_MAX, "next"]


def test_the_bound_is_in_bytes_and_never_splits_a_character() -> None:
    (scan, cut) = play(framer(), "€" * 6000 + "\r", 0.0)
    assert isinstance(scan, Scan)
    assert scan.text == "€" * (SCAN_BYTES_MAX // 3)
    assert cut == Cut(6000 - SCAN_BYTES_MAX // 3)
    (scan, cut) = play(framer(), "x" * (SCAN_BYTES_MAX - 1) + "€a\r", 0.0)
    assert isinstance(scan, Scan)
    assert (scan.text, cut) == ("x" * (SCAN_BYTES_MAX - 1), Cut(2))


def test_a_paste_is_a_scan_for_each_line() -> None:
    keys = framer()
    out = keys.paste("SN-1\x1d10A\r\n\r\nSN-2\tSN-3", 1.0)
    assert texts(out) == ["SN-1\x1d10A", "SN-2", "SN-3"]
    assert {item.source for item in out if isinstance(item, Scan)} == {"paste"}
    assert keys.feed("\r", 1.01) == []
    assert keyed(keys.feed("\r", 2.0)) == "⏎"


def test_a_paste_comes_after_what_was_typed_before_it_and_has_bounds() -> None:
    keys = framer()
    keys.feed("a", 1.0)
    out = keys.paste("x" * (SCAN_BYTES_MAX + 1), 1.001)
    assert out[0] == TypedChar("a", 1.0)
    assert out[2] == Cut(1, "paste")
    out = framer().paste("1234567\n" * 125_000 + "rest", 1.0)
    assert len(out) == 125_001
    assert out[-1] == Cut(4, "paste")


def test_a_scan_carries_the_time_of_its_last_character() -> None:
    (scan,) = play(framer(), "SN-1\r", 0.01, start_s=2.0)
    assert isinstance(scan, Scan)
    assert (scan.mono_ns, scan.wall_ms, scan.source, scan.typed) == (2_030_000_000, 7, "wedge", False)


def test_time_that_runs_backwards_stops_nothing() -> None:
    keys = framer()
    keys.feed("S", 5.0)
    assert texts(
        [*keys.feed("N", 4.9), *keys.feed("1", 4.9), *keys.feed("2", 4.9), *keys.feed("\r", 4.9)]
    ) == ["SN12"]


def test_rules_that_could_tell_nothing_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="gap_ms_max"):
        WedgeRules(gap_ms_max=70)
    with pytest.raises(ValueError, match="characters_min"):
        WedgeRules(characters_min=1)
