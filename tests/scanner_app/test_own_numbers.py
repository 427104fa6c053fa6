"""Numbers that a task gives: out of this handheld's own, each once, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from scanner_app import leasing, own_numbers
from scanner_app.own_numbers import LOW_SHARE, block_size
from scanner_app.storage_errors import StoreFull
from sync.work_wire import Block
from tests.scanner_app.floor import Floor, site_named
from tests.scanner_app.test_hand_over import hand_over
from tracking.phrases import Phrase
from tracking.site import Item

TEMPLATE = "G-{seq:4}"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    opened = Floor(tmp_path / "data", site_named("numbered"))
    yield opened
    opened.close()


def _item(floor: Floor) -> Item:
    item = floor.session.knows.item("GEAR-500")
    assert item is not None
    return item


def _next(floor: Floor, count: int = 1) -> tuple[str, ...]:
    return floor.session.knows.next_serials(_item(floor), count).serials


def _under_a_server(floor: Floor) -> None:
    """The cache comes from a server's feed from now on."""
    with floor.handheld.cache.transaction():
        floor.handheld.cache.put_meta("cursor", "7")


def _why(floor: Floor) -> str:
    why = floor.session.knows.next_serials(_item(floor), 1).why
    assert isinstance(why, Phrase)
    return why.name


def _open_order(floor: Floor) -> None:
    floor.command("workflow", "production")
    floor.scan("WO-1")


def test_looking_gives_nothing_and_giving_never_comes_back(floor: Floor) -> None:
    assert _next(floor) == _next(floor) == ("G-0000",)
    assert _next(floor, 3) == ("G-0000", "G-0002", "G-0003"), "G-0001 is on a pump already"
    _open_order(floor)
    floor.command("number")
    floor.command("undo")
    assert floor.status("GEAR-500", "G-0000") == "unknown"
    assert _next(floor) == ("G-0002",)
    floor.crash()
    assert _next(floor) == ("G-0002",)


def test_a_number_that_was_scanned_off_a_label_is_passed_over_and_used_up(floor: Floor) -> None:
    _open_order(floor)
    floor.scan("G-0000")
    assert _next(floor) == ("G-0002",)
    floor.command("undo")
    assert _next(floor) == ("G-0002",), "the label is on paper: its number is used up"
    floor.scan("G-0005")
    floor.command("undo")
    assert _next(floor) == ("G-0002",), "numbers ahead are left to be given"


def test_where_a_server_counts_only_what_it_lent_is_given(floor: Floor) -> None:
    _under_a_server(floor)
    assert _next(floor) == ()
    assert _why(floor) == "why_numbers_lent"
    _open_order(floor)
    assert floor.command("number").verdict.code == "no_numbers"
    floor.command("ack")
    numbers = floor.session.knows.numbers
    assert numbers.short == {"GEAR-500"}
    numbers.take(Block(item="GEAR-500", pattern=TEMPLATE, first=40, last=41))
    assert numbers.short == frozenset()
    floor.command("number")
    assert floor.status("GEAR-500", "G-0040") == "planned"
    floor.command("undo")
    assert _next(floor) == ("G-0041",)
    floor.crash()
    assert _next(floor) == ("G-0041",)
    assert _next(floor, 2) == (), "all of them or none"


def test_the_counter_and_the_command_line_count_the_same_numbers(floor: Floor) -> None:
    journal = floor.handheld.journal
    _open_order(floor)
    floor.command("number")
    assert journal.meta(f"counter GEAR-500 {TEMPLATE}") == "1"
    journal.put_meta(f"counter GEAR-500 {TEMPLATE}", "8000")
    assert _next(floor) == ("G-8000",)


def test_a_number_that_could_not_be_written_is_not_given_and_no_label_is_printed(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    _open_order(floor)

    def full(*_: object, **__: object) -> None:
        raise StoreFull

    with monkeypatch.context() as disk:
        disk.setattr(floor.handheld.journal, "append", full)
        answer = floor.command("number")
        assert (answer.verdict.code, answer.labels) == ("disk_full", ())
    floor.command("ack")
    answer = floor.command("number")
    assert (answer.verdict.serial, len(answer.labels)) == ("G-0000", 1)


def test_a_label_that_waits_behind_a_hand_over_is_verified_on_the_other_handheld(
    floor: Floor, tmp_path: Path
) -> None:
    """The number was given here; the other one knows it by what was handed over, and gives the next."""
    _open_order(floor)
    floor.command("number")
    other = Floor(tmp_path / "other", site_named("numbered"))
    assert hand_over(floor, other).verdict.code == "taken_over"
    assert other.session.prompt_text() == "Scan the NEW LABEL"
    assert other.scan("G-0000").verdict.code == "product_selected"
    assert other.command("number").verdict.serial == "G-0002"
    other.close()


def test_an_older_copy_of_the_handheld_gives_nothing_of_what_was_lent_to_it(floor: Floor) -> None:
    _under_a_server(floor)
    floor.session.knows.numbers.take(Block(item="GEAR-500", pattern=TEMPLATE, first=0, last=99))
    assert _next(floor) == ("G-0000",)
    floor.handheld.journal.begin_epoch(2)
    assert _next(floor) == ()


def test_more_is_wanted_where_little_is_left_and_from_where_the_own_counter_stood(floor: Floor) -> None:
    _open_order(floor)
    floor.command("number")
    numbers = floor.session.knows.numbers
    _under_a_server(floor)
    item_of = floor.session.knows.item
    wanted = {one.item: one for one in numbers.wanted(item_of)}["GEAR-500"]
    assert (wanted.item, wanted.pattern, wanted.at_least) == ("GEAR-500", TEMPLATE, 1)
    assert wanted.size == 100, "of ten thousand that all handhelds share"
    numbers.take(Block(item="GEAR-500", pattern=TEMPLATE, first=1, last=wanted.size // LOW_SHARE + 1))
    assert [one.item for one in numbers.wanted(item_of)] == ["KNOB-1"], "enough is held of the other"
    floor.command("scrap")
    floor.command("number")
    assert [one.item for one in numbers.wanted(item_of)] == ["GEAR-500", "KNOB-1"]


@pytest.mark.parametrize(
    ("template", "size"),
    [("K{seq:1}", 10), ("{seq:4}", 100), ("{seq:9}", leasing.BLOCK_NUMBERS), ("{moon}", 0)],
)
def test_a_block_leaves_numbers_for_the_others(template: str, size: int) -> None:
    assert block_size(Item(item="I", numbering=template)) == size


def test_a_template_that_a_newer_server_sent_and_nobody_here_can_read_is_said(floor: Floor) -> None:
    item = msgspec.structs.replace(_item(floor), numbering="{moon}{seq:4}")
    found = floor.session.knows.next_serials(item, 1)
    assert found.serials == ()
    assert "moon" in str(found.why)


def test_the_day_and_the_site_are_in_the_number(floor: Floor) -> None:
    item = msgspec.structs.replace(
        _item(floor), numbering="{site:3}{yy}{ww}{seq:5}{check}", serial_pattern=""
    )
    assert floor.session.knows.next_serials(item, 1).serials[0][:12] == "HAM264800000"


def test_a_carton_number_that_is_known_is_passed_over(floor: Floor) -> None:
    journal = floor.handheld.journal
    first = own_numbers.new_sscc(journal, "4012345", lambda code: False)
    assert own_numbers.new_sscc(journal, "4012345", lambda code: code == first) not in {first, ""}
    assert own_numbers.new_sscc(journal, "", lambda code: False) == ""
