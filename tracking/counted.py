"""One piece, two pieces: how a number and what is said of it go together, in each language.

A text of the catalogue names both forms behind the field, the number itself as ``#``:
``{quantity:# piece/# pieces}``, ``{count:it stays/they stay}``. What people write in English only (the office's pages,
the command line) says :func:`counted`.
"""

from __future__ import annotations

from typing import Self

_ONE: dict[str, frozenset[str]] = {"fr": frozenset({"0", "1"})}
"""Numbers that take the singular, where they are not 1 alone: French has *0 pièce*."""
_ONE_ALONE = frozenset({"1"})


class Counted(str):
    """A field's text, which chooses between two forms where a template has a stroke behind it."""

    __slots__ = ("_language",)
    _language: str

    def __new__(cls, text: str, language: str = "en") -> Self:
        """``text``: a number in digits, or any other text; that takes the form of many."""
        one = super().__new__(cls, text)
        one._language = language
        return one

    def __format__(self, spec: str) -> str:
        """The form of one or of many, where ``spec`` is both with a stroke between them.

        >>> "{n:# piece/# pieces}".format(n=Counted("1")), "{n:# pièce/# pièces}".format(n=Counted("0", "fr"))
        ('1 piece', '0 pièce')
        """
        one, stroke, many = spec.partition("/")
        if not stroke:
            return super().__format__(spec)
        singular = str(self) in _ONE.get(self._language, _ONE_ALONE)
        return (one if singular else many).replace("#", str(self))


def counted(count: int, one: str, many: str = "") -> str:
    """A count with its noun, in English.

    >>> counted(1, "event"), counted(0, "event"), counted(2, "copy", "copies")
    ('1 event', '0 events', '2 copies')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"
