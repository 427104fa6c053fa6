"""The wrong-label guard in every language, and that it names only what would be refused anyway."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from drivers.scan import Scan
from scanner_app.answer import plain, words
from tests.scanner_app.floor import Floor, site_named
from tracking.catalogue import LANGUAGES
from tracking.verdicts import Verdict

PATTERNED = {"item": "PUMP-100", "gtins": ["09521234543213"], "serial_pattern": "^SN-\\d{6}$"}
SHAPELESS = {"item": "BOX-1", "gtins": ["09521234543220"]}
HEADLINES = {
    "1TLOT7": ("THAT IS A LOT", "DAS IST EINE CHARGE", "C'EST UN LOT", "ES UN LOTE"),
    "14D20271130": ("THAT IS A DATE", "DAS IST EIN DATUM", "C'EST UNE DATE", "ES UNA FECHA"),
    "Q12": ("THAT IS A QUANTITY", "DAS IST EINE MENGE", "C'EST UNE QUANTITÉ", "ES UNA CANTIDAD"),
    "AC:DE:48:00:00:01": (
        "THAT IS A MAC ADDRESS",
        "DAS IST EINE MAC-ADRESSE",
        "C'EST UNE ADRESSE MAC",
        "ES UNA DIRECCIÓN MAC",
    ),
    "9521234543213": (
        "THAT IS THE PART NUMBER",
        "DAS IST DIE ARTIKELNUMMER",
        "C'EST LA RÉFÉRENCE",
        "ES LA REFERENCIA",
    ),
}


def at_the_order(folder: Path, item: dict[str, Any]) -> Floor:
    order = {"type": "purchase_order", "number": "PO-1", "lines": [{"item": item["item"], "quantity": 9}]}
    floor = Floor(folder, site_named(items=[item], documents=[order], units=[], locations=[]))
    floor.command("workflow", "receiving")
    floor.scan("PO-1")
    return floor


def said(floor: Floor, code: str) -> Verdict:
    """What the task says, before it is put into a language."""
    return floor.session.foreseen(floor.session.read_scans((Scan(raw=code.encode()),))).verdict


@pytest.mark.parametrize("code", HEADLINES)
def test_it_says_what_the_code_is_in_every_language(tmp_path: Path, code: str) -> None:
    floor = at_the_order(tmp_path, PATTERNED)
    for language, headline in zip(LANGUAGES, HEADLINES[code], strict=True):
        message = words(plain(said(floor, code), language), language)
        assert message.word == headline
        assert any(code in clause for clause in message.clauses)
    floor.close()


def test_it_costs_an_acknowledgement_only_where_nothing_was_gained(tmp_path: Path) -> None:
    floor = at_the_order(tmp_path, PATTERNED)
    assert floor.scan("9521234543213").verdict.level == "ok"
    assert floor.scan("1TLOT7").verdict.stops
    floor.close()


@pytest.mark.parametrize("code", ["1TLOT7", "Q12", "AC:DE:48:00:00:01", "2027-11-30"])
def test_where_serial_numbers_may_look_like_anything_nothing_is_denied(tmp_path: Path, code: str) -> None:
    floor = at_the_order(tmp_path, SHAPELESS)
    answer = floor.scan(code)
    assert answer.verdict.code == "received", answer.message
    floor.close()


@pytest.mark.parametrize("code", ["SN-12", "P-0001", "S12345", "T-77", "ABC-1", "Q123456"])
def test_a_misprinted_serial_number_is_never_called_something_else(tmp_path: Path, code: str) -> None:
    """Half of all serial numbers begin with a letter that is a data identifier as well."""
    floor = at_the_order(tmp_path, PATTERNED)
    assert said(floor, code).code == "unknown_code"
    floor.scan("9521234543213")
    assert said(floor, code).code == "serial_pattern"
    floor.close()


def test_a_lot_is_known_by_a_paper_a_carton_a_hold_or_the_order_and_by_nothing_less(tmp_path: Path) -> None:
    order = {
        "type": "purchase_order",
        "number": "PO-1",
        "lines": [{"item": "PUMP-100", "quantity": 9}, {"item": "SEAL", "quantity": 5}],
    }
    second = order | {"number": "PO-2", "lines": [{"item": "SEAL", "quantity": 5, "lot": "PAPER-1"}]}
    seal = {"item": "SEAL", "tracking": "lot"}
    unit = {"item": "PUMP-100", "serial": "SN-000001", "lot": "ORDER-1", "document": "PO-1"}
    site = site_named(items=[PATTERNED, seal], documents=[order, second], units=[unit], locations=[])
    floor = Floor(tmp_path, site)
    with floor.handheld.cache.transaction():
        floor.handheld.cache.put_record("lot", '["SEAL","HELD-1"]', b'{"flags":["held"]}')
        floor.handheld.cache.put_record(
            "inside", '["","BOX"]', b'{"of":{"D/1":[["SEAL","BOX-LOT-1","A9",3]]}}'
        )
    knows = floor.session.knows
    for lot in ("PAPER-1", "HELD-1", "BOX-LOT-1"):
        assert knows.is_lot(lot, ""), lot
    assert knows.is_lot("ORDER-1", "PO-1")
    floor.command("workflow", "receiving")
    floor.scan("PO-1")
    floor.scan("SEAL")
    floor.scan("HERE-1")
    assert floor.command("quantity", "2").events
    assert knows.is_lot("HERE-1", "PO-1")
    assert not knows.is_lot("ORDER-1", "")
    for other in ("APER-1", "PO-1", "SEAL", "ELD-1", 'PAPER-1"', "", "PUMP-100", "A9", "3"):
        assert not knows.is_lot(other, "PO-1"), other
    floor.close()


def test_a_person_who_types_a_count_is_not_told_what_a_count_is(tmp_path: Path) -> None:
    floor = at_the_order(tmp_path, PATTERNED)
    assert floor.scan("12").verdict.code == "wrong_kind"
    floor.command("ack")
    assert floor.type("12").verdict.code == "unknown_code"
    floor.close()
