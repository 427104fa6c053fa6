from __future__ import annotations

import sys

from drivers.camera import views
from drivers.camera.zbar import DEATHS_MAX, SecondOpinion
from tests.drivers.camera import drawing


def test_it_reads_an_ean_and_says_where() -> None:
    opinion = SecondOpinion()
    try:
        view = views.scaled(views.whole(drawing.placed(drawing.symbol("4006381333931", "EAN13"))), 2.0)
        (found,) = opinion.look(view)
    finally:
        opinion.close()
    assert (found.raw, found.symbology_id) == (b"4006381333931", "]E0")
    assert 200 < found.centre[0] < 440


def test_a_process_that_dies_costs_only_its_opinion_and_is_given_up_after_a_while() -> None:
    view = views.whole(drawing.textured())
    opinion = SecondOpinion((sys.executable, "-c", "import os; os.abort()"))
    answers = [opinion.look(view) for _ in range(DEATHS_MAX + 2)]
    assert answers == [[]] * (DEATHS_MAX + 2)
    assert opinion.deaths == DEATHS_MAX


def test_a_process_that_says_nonsense_is_not_believed() -> None:
    view = views.whole(drawing.textured())
    opinion = SecondOpinion(
        (sys.executable, "-c", "import sys; sys.stdout.write('no such thing'); sys.stdin.read()")
    )
    assert opinion.look(view) == []
    assert opinion.deaths == 1
