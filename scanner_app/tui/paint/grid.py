"""Fields to touch, in columns: the menu, and digits for a hand without a keyboard."""

from __future__ import annotations

from typing import NamedTuple

from scanner_app.tui.layout import Band
from scanner_app.tui.picture import Row, Touch, beside, centred, row
from tracking.catalogue import word

COLUMNS = 3
_ROWS_MAX = 3
EDGE = "▁"
"""The lower edge of a field that another one touches."""


class Field(NamedTuple):
    """One field: what it says and what a touch on it does."""

    label: str
    action: str


def digits(language: str) -> tuple[Field, ...]:
    """The digits, as a telephone has them, with the keys that take one back and end the line."""
    typed = {digit: Field(digit, f":type {digit}") for digit in "1234567890"}
    erase, enter = Field(word("key_erase", language), ":erase"), Field(word("key_enter", language), ":enter")
    return (*(typed[digit] for digit in "123456789"), erase, typed["0"], enter)


def grid(
    fields: tuple[Field, ...], band: Band, width: int, *, centre: bool = False
) -> tuple[list[Row], list[Touch]]:
    """The fields as high as the band allows, with a row between them where there is room."""
    rows = [row("", width)] * band.rows
    deep = -(-len(fields) // COLUMNS)
    if not deep or band.rows < deep:
        return rows, []
    apart = [high for high in range(_ROWS_MAX, 1, -1) if deep * (high + 1) - 1 <= band.rows]
    high = apart[0] if apart else min(band.rows // deep, _ROWS_MAX)
    step = high + bool(apart)
    edges = [round(at * width / COLUMNS) for at in range(COLUMNS + 1)]
    touches: list[Touch] = []
    for line in range(deep):
        shown = fields[line * COLUMNS : (line + 1) * COLUMNS]
        top = line * step
        for at in range(high):
            style = "field_edge" if at == high - 1 and high > 1 and not apart else "field"
            rows[top + at] = _row(shown, edges, width, centre, style, with_text=at == (high - 1) // 2)
        touches += [
            Touch(
                band.top + top, min(band.top + top + step, band.end), edges[at], edges[at + 1], field.action
            )
            for at, field in enumerate(shown)
        ]
    return rows, touches


def _row(
    shown: tuple[Field, ...], edges: list[int], width: int, centre: bool, style: str, *, with_text: bool
) -> Row:
    parts: list[tuple[str, int, str]] = []
    for at, field in enumerate(shown):
        columns = edges[at + 1] - edges[at] - (1 if at < COLUMNS - 1 else 0)
        text = (centred(field.label, columns) if centre else f" {field.label}") if with_text else ""
        if style == "field_edge":
            text = EDGE * columns
        parts += [(text, columns, style), ("", edges[at + 1] - edges[at] - columns, "plain")]
    return beside(*parts, ("", width - sum(part[1] for part in parts), "plain"))
