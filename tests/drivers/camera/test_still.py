from __future__ import annotations

import numpy
import pytest

from drivers.camera import zbar
from drivers.camera.still import Ballot, read_still
from drivers.camera.symbol import Symbol
from drivers.camera.views import View
from tests.drivers.camera import drawing

GS1_TEXT = "(01)09521234543213(10)L1(21)SN-1"
GS1_RAW = b"010952123454321310L1\x1d21SN-1"


def seen(text: str, symbology: str = "EAN-13", y: float = 0.0, x: float = 0.0) -> Symbol:
    box = ((x, y), (x + 100, y), (x + 100, y + 30), (x, y + 30))
    return Symbol(raw=text.encode(), text=text, symbology=symbology, symbology_id="]X0", position=box)


def texts(found: list[Symbol]) -> list[str]:
    return [symbol.text for symbol in found]


@pytest.mark.parametrize(
    ("name", "aim"), [("Code128", "]C1"), ("DataMatrix", "]d2"), ("QRCode", "]Q3")], ids=str
)
def test_a_gs1_symbol_comes_with_its_exact_bytes_and_aim_id(name: str, aim: str) -> None:
    picture = drawing.placed(drawing.symbol(GS1_TEXT, name, 2, gs1=True))
    (found,) = read_still(picture)
    assert (found.raw, found.symbology_id, found.text) == (GS1_RAW, aim, GS1_RAW.decode())


def test_bytes_that_are_no_text_stay_as_they_are() -> None:
    raw = bytes(range(256))
    picture = drawing.placed(drawing.symbol(raw, "DataMatrix", 4))
    assert [symbol.raw for symbol in read_still(picture)] == [raw]


@pytest.mark.parametrize("degrees", [5, 15, 30, 45, 75, 90, 200])
def test_a_turned_linear_code_is_read_and_found_where_it_lies(degrees: int) -> None:
    picture = drawing.turned(drawing.placed(drawing.symbol("SN-004712", "Code128")), degrees)
    (found,) = read_still(picture)
    assert found.text == "SN-004712"
    assert found.centre == pytest.approx((320, 240), abs=12)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda picture: drawing.blurred(picture, 2.0),
        lambda picture: drawing.dimmed(picture, 0.07),
        lambda picture: drawing.grainy(picture, 45),
        lambda picture: 255 - picture,
    ],
    ids=["soft", "dim", "grainy", "light on dark"],
)
def test_a_spoilt_linear_code_is_read_by_one_of_the_slow_looks(spoil: object) -> None:
    assert callable(spoil)
    picture = drawing.placed(drawing.symbol("4006381333931", "EAN13"))
    assert texts(read_still(spoil(picture))) == ["4006381333931"]


def test_every_code_of_a_label_is_read() -> None:
    wanted = ["SN-004712", "4006381333931", "LOT-26-114"]
    codes = [
        drawing.symbol(wanted[0], "Code128", 2),
        drawing.symbol(wanted[1], "EAN13", 2),
        drawing.symbol(wanted[2], "QRCode", 4),
    ]
    assert sorted(texts(read_still(drawing.placed(*codes)))) == sorted(wanted)


def test_a_picture_without_a_code_gives_none() -> None:
    assert read_still(drawing.textured()) == []


def test_only_the_formats_asked_for_are_read() -> None:
    picture = drawing.placed(drawing.symbol("SN-1", "Code128", 2), drawing.symbol("SN-2", "DataMatrix", 4))
    assert texts(read_still(picture, ("DataMatrix",))) == ["SN-2"]


def test_a_weak_code_needs_two_looks_and_a_strong_one_does_not() -> None:
    ballot = Ballot()
    ballot.count([seen("4006381333931"), seen("SN-1", "Code128", y=300)])
    assert texts(ballot.elected()) == ["SN-1"]
    assert not ballot.settled()
    ballot.count([seen("4006381333931", y=4)])
    assert texts(ballot.elected()) == ["4006381333931", "SN-1"]
    assert ballot.settled()


def test_of_two_texts_on_one_spot_the_one_that_more_looks_saw_is_believed() -> None:
    ballot = Ballot()
    for text in ("0049040000014", "0049000006346", "0049040000014", "0049000006346", "0049000006346"):
        ballot.count([seen(text, "UPC-E")])
    assert texts(ballot.elected()) == ["0049000006346"]


def test_half_of_an_itf_is_not_an_itf() -> None:
    ballot = Ballot()
    for text in ("301810", "301810", "3018108390", "3018108390"):
        ballot.count([seen(text, "ITF")])
    assert texts(ballot.elected()) == ["3018108390"]


def test_a_misread_in_another_stripe_of_the_same_ean_is_outvoted() -> None:
    ballot = Ballot()
    for _ in range(5):
        ballot.count([seen("9780441014989")])
    for _ in range(2):
        ballot.count([seen("8788141014989", y=50)])
    assert texts(ballot.elected()) == ["9780441014989"]


def test_the_same_text_at_two_places_is_two_codes() -> None:
    ballot = Ballot()
    ballot.count([seen("SN-1", "Code128"), seen("SN-1", "Code128", y=300)])
    assert len(ballot.elected()) == 2


def test_a_second_opinion_is_asked_where_the_first_saw_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def look(view: View) -> list[Symbol]:
        asked.append(view.name)
        return []

    monkeypatch.setattr(zbar, "look", look)
    read_still(drawing.textured())
    assert asked


@pytest.mark.parametrize("degrees", [20, 30, 40, 55])
def test_every_code_of_a_label_that_lies_askew_is_found(degrees: float) -> None:
    texts = [
        ("SN-004712", "Code128"),
        ("4006381333931", "EAN13"),
        ("00012345600012", "ITF"),
        ("PUMP-100", "Code39"),
    ]
    texts += [("LOT-26-114", "DataMatrix"), ("https://example.com/u/1", "QRCode")]
    columns = [
        drawing.placed(*(drawing.symbol(text, name, 2) for text, name in part), size=(620, 440), ground=255)
        for part in (texts[::2], texts[1::2])
    ]
    label = numpy.hstack(columns)
    picture = drawing.placed(label, size=(1240, 1240), ground=190)
    found = read_still(drawing.blurred(drawing.turned(picture, degrees), 0.8))
    assert {symbol.text for symbol in found} == {text for text, _ in texts}


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (8, 8), (8, 40_000), (40_000, 9), (12, 12)])
@pytest.mark.parametrize("grey", ["plain", "noise"])
def test_a_picture_of_any_shape_is_looked_at(size: tuple[int, int], grey: str) -> None:
    gray = numpy.full(size, 200, numpy.uint8)
    if grey == "noise":
        gray = numpy.random.default_rng(1).integers(0, 255, size).astype(numpy.uint8)
    assert read_still(gray) == []
