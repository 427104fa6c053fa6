"""A notice of many serials is asked, not walked through: ten thousand names cost what ten do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tracking.documents import Document, Line


class Watched(str):  # noqa: SLOT000 - counts on the class
    """A serial number that counts how often it is compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Watched.compared += 1
        return str.__eq__(self, other)


NOTICE = Document(
    type="asn",
    number="N-1",
    lines=tuple(
        Line(line=k, item=f"ITEM-{k}", serials=tuple(Watched(f"{k}-{n}") for n in range(1000)))
        for k in range(1, 4)
    ),
)
QUESTIONS: list[Callable[[], object]] = [
    lambda: NOTICE.names("3-999"),
    lambda: NOTICE.names("nobody"),
    lambda: NOTICE.line_expecting("ITEM-3", "3-999"),
    lambda: NOTICE.line_expecting("ITEM-3", "nobody"),
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_compares_a_few_names_only(question: Callable[[], object]) -> None:
    question()  # the first one may look at all of them
    Watched.compared = 0
    question()
    assert Watched.compared <= 2


def test_the_answers_are_right() -> None:
    assert NOTICE.names("1-0")
    assert not NOTICE.names("9-0")
    found = NOTICE.line_expecting("ITEM-2", "2-500")
    assert found is not None
    assert found.line == 2
    assert NOTICE.line_expecting("ITEM-1", "2-500") is None
