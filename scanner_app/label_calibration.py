"""The calibration card as labels: the same two elements in every symbol that scanners are set to read."""

from __future__ import annotations

from scanner_app.label_symbols import GS1_DATA_MATRIX, can_draw_data_matrix
from scanner_app.labels import GS1_128, Label
from scanner_app.scanners import card

CALIBRATION = "calibration card"
HOW_TO = "scan one of these once with each scanner"


def calibration_labels() -> list[Label]:
    """The card: a line for laser guns, squares for imagers. Data Matrix is left out where nothing here draws it."""
    made = [_label("line, for any gun", GS1_128 + card.text_of(card.LINE), "gs1-128")]
    if can_draw_data_matrix():
        square = GS1_DATA_MATRIX + card.text_of(card.SQUARE)
        made.append(_label("Data Matrix, for imagers", square, "datamatrix"))
    # A QR code of ours has no FNC1: its separator is the plain control character, which wedges treat alike.
    made.append(_label("QR, for imagers", card.text_of(card.SQUARE), "qr"))
    return made


def _label(title: str, text: str, symbology: str) -> Label:
    return Label(kind="card", title=title, human_readable=HOW_TO, text=text, symbology=symbology)
