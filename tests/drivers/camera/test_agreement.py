from __future__ import annotations

from drivers.camera.agreement import AGREE_S, OUT_OF_VIEW_S, Agreement, Gathering
from tests.drivers.camera.test_still import seen, texts

EAN = "4006381333931"


def test_a_strong_code_counts_at_once_and_once_while_it_stays_in_view() -> None:
    agreement = Agreement()
    frames = [agreement.accepted([seen("SN-1", "Code128")], now_s * 0.1) for now_s in range(40)]
    assert [texts(frame) for frame in frames] == [["SN-1"]] + [[]] * 39


def test_a_code_that_was_away_counts_again() -> None:
    agreement = Agreement()
    agreement.accepted([seen("SN-1", "Code128")], 0.0)
    assert agreement.accepted([seen("SN-1", "Code128")], OUT_OF_VIEW_S - 0.1) == []
    later = 2 * OUT_OF_VIEW_S
    assert texts(agreement.accepted([seen("SN-1", "Code128")], later)) == ["SN-1"]


def test_a_weak_code_counts_when_two_frames_agree_soon() -> None:
    agreement = Agreement()
    assert agreement.accepted([seen(EAN)], 0.0) == []
    assert texts(agreement.accepted([seen(EAN)], 0.1)) == [EAN]
    assert agreement.accepted([seen(EAN)], 0.2) == []


def test_two_sights_too_far_apart_do_not_agree() -> None:
    agreement = Agreement()
    assert agreement.accepted([seen(EAN)], 0.0) == []
    assert agreement.accepted([seen(EAN)], AGREE_S + 0.1) == []
    assert texts(agreement.accepted([seen(EAN)], AGREE_S + 0.2)) == [EAN]


def test_the_same_code_twice_in_one_frame_is_one_sight() -> None:
    assert Agreement().accepted([seen(EAN), seen(EAN, y=200)], 0.0) == []


def test_an_itf_counts_only_at_its_length_and_with_its_check_digit() -> None:
    agreement = Agreement((14,))
    for number in range(3):
        at_s = number * 0.1
        assert agreement.accepted([seen("0001234560", "ITF"), seen("00012345600013", "ITF")], at_s) == []
    frames = [agreement.accepted([seen("00012345600012", "ITF")], 1 + number * 0.1) for number in range(2)]
    assert [texts(frame) for frame in frames] == [[], ["00012345600012"]]


def test_the_codes_of_a_label_come_as_one_gesture_from_top_to_bottom() -> None:
    gathering = Gathering()
    assert gathering.add([seen("B", "Code128", y=100)], 0.0) == []
    assert gathering.add([seen("A", "Code128", y=0)], 0.1) == []
    assert gathering.add([], 0.2) == []
    assert texts(gathering.add([], 0.1 + Gathering.QUIET_S)) == ["A", "B"]
    assert gathering.add([], 9.0) == []


def test_a_label_is_whole_when_the_expected_codes_are_there_or_time_is_up() -> None:
    assert len(Gathering(2).add([seen("A"), seen("B")], 0.0)) == 2
    gathering = Gathering()
    for number in range(7):
        assert gathering.add([seen(str(number))], number * 0.2) == []
    assert len(gathering.add([seen("end")], Gathering.LONGEST_S)) == 8
