"""One piece, two pieces: every text with a count says it right of one and of many, in every language."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

import pytest

from tracking import catalogue
from tracking.catalogue import de, de_words, en, en_words, es, es_words, fr, fr_words
from tracking.counted import Counted, counted

TEXTS = {"en": (en, en_words), "de": (de, de_words), "fr": (fr, fr_words), "es": (es, es_words)}
COUNTS = {
    "count", "counted", "done", "left", "minutes", "missing", "others", "quantity", "seconds", "things", "total",
}  # fmt: skip
"""Fields that may be a 1. What else has digits is a name (a line, an event's number) or a limit far above 1."""
SAME: dict[str, set[str]] = {
    "en": {
        "document_opened {missing} to go", "location_selected {counted} counted at {before}: shelf empty now?",
        "container_selected {count} inside", "container_closed {count} inside", "received {quantity} from {first}",
        "packed {box} with {count} inside", "installed {missing} to go", "completed {missing} missing",
        "completed {counted} counted", "being_done and {others} more",
        "confirm_required {document}: {counted} counted", "range_proof Open it: scan ANY {left} inside",
        "lacks {document} lacks {missing} of {total}", "counted_on {counted} counted on {document}",
        "state_counted {done} counted", "state_done {done} of {total} done",
        "held_first {count} scanned behind the stop: acknowledge it first",
        "held_behind HELD: {count} waiting behind the stop", "order_complete order complete: {done} of {total}",
        "scan_again {count} to scan again", "left_out {count} left out beyond {most} bytes",
        "lookup_more and {count} more: the same key", "lookup_orders open: {count} ({orders})",
        "units_not_carried {count} of its units not known here before sync",
    },
    "de": {
        "document_opened noch {missing} offen",
        "location_selected {counted} gezählt auf {before}: Platz jetzt leer?", "container_selected {count} darin",
        "container_closed {count} darin", "received {quantity} ab {first}", "packed {box} mit {count} darin",
        "unpacked {quantity} Stück", "moved {quantity} Stück", "installed {quantity} Stück", "installed noch {missing}",
        "hold_placed {quantity} Stück", "released {quantity} Stück", "collected {quantity} Stück",
        "returned {quantity} Stück", "scrapped {quantity} Stück", "destroyed {quantity} Stück",
        "completed {counted} gezählt", "being_done {others} mehr", "in_hand {quantity} Stück",
        "unexpected {quantity} Stück", "confirm_required {document}: {counted} gezählt",
        "counted_on {counted} gezählt auf {document}", "thing_units {count} Stück: {units}",
        "state_counted {done} gezählt", "state_done {done} von {total} fertig",
        "held_behind WARTET: {count} hinter dem Halt", "order_complete Auftrag komplett: {done} von {total}",
        "scan_again {count} neu scannen", "left_out {count} ausgelassen über {most} Bytes",
        "lookup_items {count} Artikel: {items} - Artikelnummer scannen", "lookup_orders offen: {count} ({orders})",
        "units_not_carried {count} Stück davon hier erst nach dem Abgleich bekannt",
    },
    "fr": {
        "document_opened reste {missing}", "container_selected {count} dedans", "container_closed {count} dedans",
        "received {quantity} à partir de {first}", "packed {box} avec {count} dedans", "installed reste {missing}",
        "range_proof Ouvrez : scannez-en {left} AU HASARD", "lacks {document} : il manque {missing} sur {total}",
        "held_behind EN ATTENTE : {count} derrière l'arrêt", "order_complete commande complète : {done} sur {total}",
        "scan_again {count} à rescanner", "lookup_more et {count} de plus : même touche",
        "lookup_orders en cours : {count} ({orders})",
    },
    "es": {
        "container_selected {count} dentro", "container_closed {count} dentro", "received {quantity} desde {first}",
        "packed {box} con {count} dentro", "being_done y {others} más", "held_behind EN ESPERA: {count} tras la parada",
        "order_complete pedido completo: {done} de {total}", "scan_again {count} por repetir",
        "lookup_more y {count} más: la misma tecla", "over_quantity la línea {line} de {document} ya tiene {total}",
    },
}  # fmt: skip
"""Texts that are right of one as of many. One that comes new has its two forms, or its place here."""
LABELS = {
    "{done} of {total}", "{done} von {total}", "{done} sur {total}", "{done} de {total}", "{missing}",
    "{quantity} x {item}", "{count} s", "{count} min", "{count} h",
}  # fmt: skip
"""Texts that are a figure and its unit, or a figure of another."""
FIGURES = {
    "card_quantity", "have_quantity", "lookup_cartons", "over_receipt_noted", "resume_count", "symbol_of",
    "what_symbols",
}  # fmt: skip
"""Texts that name a figure: ``Quantity 1``, ``cartons: 1``, ``line 1 has 1 of 3``."""


def phrases(language: str) -> Iterator[tuple[str, str]]:
    """Every text that is shown as a whole, with its name: a message by its clauses."""
    said, words = TEXTS[language]
    for code, parts in said.MESSAGES.items():
        for part in parts:
            yield from ((code, clause) for clause in part.split("|"))
    yield from said.PROMPTS.items()
    yield from words.WORDS.items()


def fields(text: str) -> set[str]:
    # A field cut to no character only says whether its clause is shown.
    return {name for _, name, spec, _ in string.Formatter().parse(text) if name and spec != ".0"}


def filled(text: str, number: str, language: str) -> str:
    return text.format_map({name: Counted(number, language) for name in fields(text)} | {"held": Counted("")})


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_text_with_a_count_has_its_two_forms_or_needs_none(language: str) -> None:
    alike = set()
    for name, text in phrases(language):
        if not fields(text) & COUNTS or text in LABELS or name in FIGURES:
            continue
        of_one, of_many = filled(text, "1", language), filled(text, "5", language)
        if of_one.replace("1", "5") == of_many:
            alike.add(f"{name} {text}")
    assert alike - SAME[language] == set(), (
        "give it a form for one and one for many: {count:# piece/# pieces}"
    )
    assert SAME[language] - alike == set(), "no such text any more"


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_what_has_two_forms_somewhere_stands_bare_behind_no_field(language: str) -> None:
    """Finds ``{some_new_field} pieces`` whatever the field is called."""
    many = {
        word
        for _, text in phrases(language)
        for word in re.findall(r"\{\w+:[^/}]*/# (\w+)", text)
    }  # fmt: skip
    assert len(many) > 5
    bare = re.compile(rf"\{{\w+\}} (?:{'|'.join(sorted(many))})\b")
    assert [(name, text) for name, text in phrases(language) if bare.search(text)] == []


def test_both_forms_are_there_and_as_long_as_a_screen() -> None:
    for language in catalogue.LANGUAGES:
        for name, text in phrases(language):
            for _, field, spec, _ in string.Formatter().parse(text):
                if field and spec and spec != ".0":
                    assert re.fullmatch(r"[^/]+/[^/]+", spec), f"{name}: {spec}"
                    assert field in COUNTS, f"{name}: {field} is no count"


@pytest.mark.parametrize(
    ("language", "none", "one", "many"),
    [
        ("en", "0 pieces", "1 piece", "12 pieces"),
        ("fr", "0 pièce", "1 pièce", "12 pièces"),
        ("es", "0 piezas", "1 pieza", "12 piezas"),
    ],
)
def test_nought_one_and_many(language: str, none: str, one: str, many: str) -> None:
    for number, text in (("0", none), ("1", one), ("12", many)):
        said = catalogue.message("released", {"quantity": number}, language)
        assert said.clauses == (text,)


def test_a_field_that_is_no_number_takes_the_form_of_many_and_stays_data() -> None:
    said = catalogue.message("completed", {"missing": "{x}#/\x1b"}, "de")
    assert said.clauses == ("{x}#/␛ fehlen",)
    assert catalogue.word("unsent", "en", count="1").startswith("1 not yet sent: it stays")
    assert catalogue.prompt("move_place", "es", count="1") == "Escanee la UBICACIÓN de esta pieza"


def test_what_people_read_in_english_alone() -> None:
    assert [counted(number, "event") for number in (0, 1, 2)] == ["0 events", "1 event", "2 events"]
    assert counted(2, "copy", "copies") == "2 copies"
    assert f"{Counted('SN-1', 'fr'):.2}" == "SN"
