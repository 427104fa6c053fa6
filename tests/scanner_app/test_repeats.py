"""The bounce of a trigger: the same label within a moment, and nothing else."""

from __future__ import annotations

from scanner_app.repeats import LABELS_MAX, Repeats

MS = 1_000_000


def test_the_same_label_within_the_moment() -> None:
    repeats = Repeats(1500)
    assert not repeats.seen(("A",), 0)
    repeats.accepted(("A",), 0)
    assert repeats.seen(("A",), 1499 * MS)
    assert not repeats.seen(("A",), 1500 * MS)
    assert not repeats.seen(("B",), 10)
    assert not repeats.seen(("A", "B"), 10)


def test_a_bounce_does_not_make_the_moment_longer() -> None:
    repeats = Repeats(1500)
    repeats.accepted(("A",), 0)
    assert repeats.seen(("A",), 1000 * MS)
    assert not repeats.seen(("A",), 2000 * MS)


def test_other_labels_between_do_not_hide_it() -> None:
    repeats = Repeats(1500)
    repeats.accepted(("A",), 0)
    repeats.accepted(("B",), 100 * MS)
    assert repeats.seen(("A",), 200 * MS)


def test_after_a_command_nothing_is_a_bounce() -> None:
    repeats = Repeats(1500)
    repeats.accepted(("A",), 0)
    repeats.clear()
    assert not repeats.seen(("A",), 1)


def test_only_so_many_labels_are_kept() -> None:
    repeats = Repeats(1500)
    for number in range(LABELS_MAX + 1):
        repeats.accepted((str(number),), 0)
    assert not repeats.seen(("0",), 1)
    assert repeats.seen((str(LABELS_MAX),), 1)


def test_none_with_a_window_of_nothing() -> None:
    repeats = Repeats(0)
    repeats.accepted(("A",), 5)
    assert not repeats.seen(("A",), 5)
