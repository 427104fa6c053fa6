"""The calibration card: one scan teaches a scanner, and what it sends afterwards is read as its labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from config.keyboard_text import RETYPINGS, Retyping, typed
from drivers.scan import Scan
from scanner_app.answer import Answer
from scanner_app.doctor import learned_scanners
from scanner_app.scanners import card
from scanner_app.scanners.learned import SCANNERS_FILE, LearnedScanners
from tests.scanner_app.floor import Floor, site_named

WAYS = [Retyping(), *RETYPINGS, Retyping("de", "us"), Retyping("fr", "de"), Retyping("es", "fr", caps=True)]
GERMAN = Retyping("us", "de")
LABEL = "]C10109521234543213\x1d21SN-004711"


def name(way: Retyping) -> str:
    return f"{way.scanner}-{way.host}{'-caps' if way.caps else ''}"


def sent(
    text: str, way: Retyping, *, gs: str = "{GS}", aim: str = "]d2", prefix: str = "", suffix: str = ""
) -> str:
    """What arrives of a code whose separators the scanner writes out."""
    return typed(prefix, way) + typed(aim + text.replace("\x1d", gs), way) + typed(suffix, way)


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path / "data", site_named("warehouse", operators=[]))
    yield made
    made.close()


def scan(floor: Floor, text: str, *, source: str = "wedge", terminator: str = "\r") -> Answer:
    return floor.give(Scan(raw=text.encode(), source=source, terminator=terminator))


@pytest.mark.parametrize("printed", card.CARDS, ids=["square", "line"])
@pytest.mark.parametrize("way", WAYS, ids=name)
def test_the_card_tells_everything_of_a_scanner(way: Retyping, printed: tuple[str, str]) -> None:
    text = sent(card.text_of(printed), way, prefix="<", suffix="#")
    assert card.is_card(text)
    learned = card.learn(text + "\r").profile
    assert learned is not None
    # The line has not every sign: two pairs of layouts that it cannot tell apart type all of it alike.
    assert sent(card.text_of(printed), learned.way) == sent(card.text_of(printed), way)
    if way.scanner == "us":
        assert learned.way == way
    assert (learned.gs, learned.aim, learned.terminator) == (typed("{GS}", way), True, "\r")
    assert (learned.prefix, learned.suffix) == (typed("<", way), typed("#", way))


@pytest.mark.parametrize("gs", ["\x1d", "", "<GS>", "[GS]", "\u241d", "|", "~d029", "Alt029", "^]", "è"])
def test_the_separator_is_learned_in_any_form(gs: str) -> None:
    learned = card.learn(sent(card.text_of(card.SQUARE), GERMAN, gs=gs)).profile
    assert learned is not None
    assert learned.gs_lost is (gs == "")
    assert learned.gs == ("" if gs in {"", "\x1d"} else typed(gs, GERMAN))


def test_without_aim_identifiers_or_anything_else() -> None:
    learned = card.learn(card.text_of(card.SQUARE)).profile
    assert learned is not None
    assert msgspec.to_builtins(learned) == {"aim": False}


def test_a_card_that_cannot_teach_says_why() -> None:
    whole = sent(card.text_of(card.SQUARE), GERMAN)
    assert card.learn(whole[:70]).fault == "card_half"
    assert card.is_card(whole[40:])
    assert card.learn(whole[40:]).fault == "card_half"
    assert card.learn(whole.replace("´", "")).fault == "card_swallowed"
    french = sent(card.text_of(card.SQUARE), Retyping("us", "fr"), gs="").replace("çé", "èçé")
    assert card.learn(french).fault == "card_separator"


@pytest.mark.parametrize("text", ["SN-000123", "%CMD:UNDO", "%CMD:QUANTITY=12", "SIMCARD%", "", "]C191CARD"])
def test_other_codes_are_no_card(text: str) -> None:
    assert not any(card.is_card(typed(text, way)) for way in WAYS)


def test_a_scanner_is_taught_once_and_read_from_then_on(floor: Floor) -> None:
    floor.command("workflow", "receiving")
    floor.scan("PO-1")
    answer = scan(floor, sent(card.text_of(card.SQUARE), GERMAN))
    assert (answer.verdict.level, answer.verdict.code) == ("ok", "command")
    assert "us > de" in answer.message
    assert "ÜGS*" in answer.message
    label = sent(LABEL[3:], GERMAN, aim="]C1")
    received = scan(floor, label)
    assert (received.verdict.code, received.verdict.serial) == ("received", "SN-004711")
    assert received.events[0].raw == label
    floor.crash()
    assert floor.session.scanners.of("wedge").host == "de"
    assert scan(floor, label).verdict.code in {"repeat", "already_received"}


def test_each_source_has_its_own_profile_and_a_second_scan_replaces_the_first(floor: Floor) -> None:
    scan(floor, sent(card.text_of(card.SQUARE), GERMAN))
    scan(floor, card.text_of(card.SQUARE), source="serial:dock")
    assert floor.session.scanners.of("wedge").host == "de"
    assert floor.session.scanners.of("serial:dock").host == "us"
    scan(floor, sent(card.text_of(card.SQUARE), Retyping("us", "fr", caps=True)))
    assert (floor.session.scanners.of("wedge").host, floor.session.scanners.of("wedge").caps) == ("fr", True)
    told = " ".join(check.name + check.detail for check in learned_scanners(floor.folder))
    assert "wedge" in told
    assert "us > fr" in told
    assert "serial:dock" in told


def test_half_a_card_changes_nothing_and_says_what_to_do(floor: Floor) -> None:
    scan(floor, sent(card.text_of(card.SQUARE), GERMAN))
    answer = scan(floor, sent(card.text_of(card.SQUARE), Retyping("us", "fr"))[:60])
    assert (answer.verdict.code, floor.session.scanners.of("wedge").host) == ("unreadable", "de")
    assert "scan it again" in answer.message


def test_a_card_behind_a_stop_is_held_and_taught_after_it(floor: Floor) -> None:
    floor.scan("no such code at all")
    assert floor.session.state.stopped is not None
    scan(floor, sent(card.text_of(card.SQUARE), GERMAN))
    assert floor.session.scanners.of("wedge").host == "us"
    answer = floor.command("ack")
    assert answer.verdict.code == "command"
    assert floor.session.scanners.of("wedge").terminator == "\r"


def test_what_was_learned_survives_a_damaged_file_and_a_full_one(tmp_path: Path) -> None:
    known = LearnedScanners(tmp_path)
    for number in range(70):
        known.keep(f"serial:{number}", card.learn(card.text_of(card.LINE)).profile or pytest.fail("no card"))
    assert len(LearnedScanners(tmp_path).all()) == 64
    (tmp_path / SCANNERS_FILE).write_text("{")
    damaged = LearnedScanners(tmp_path)
    assert damaged.damaged
    assert damaged.of("wedge").way.harmless
