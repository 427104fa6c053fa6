"""The protocol's messages: what is one, what is not, and that nothing is lost between bytes and value."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import wire
from tracking import chain
from tracking.events import Event, encode_body

LINK = chain.first_link("D", 1, "n")


def test_a_batch_carries_the_very_bytes_and_their_chain() -> None:
    bodies = [encode_body(Event(step="receiving", serial=text)) for text in ("a", "ü\u2028", "\x1b", '"\\')]
    batch = wire.batch_of(epoch=2, first=7, prev_chain=LINK, bodies=bodies, pending=3)
    back = wire.decode_batch(msgspec.json.encode(batch))
    assert wire.bodies_of(back) == bodies
    assert (back.epoch, back.first, back.last, back.pending, back.orphan) == (2, 7, 10, 3, False)
    assert wire.link_of(back.last_chain) == chain.follow(LINK, bodies)


def test_bytes_survive_as_they_are_written_even_with_blanks() -> None:
    data = b'{"epoch":1,"first":1,"prev_chain":"","last_chain":"","events":[ {"a" : 1,"a":2}  ,3]}'
    assert wire.bodies_of(wire.decode_batch(data)) == [b'{"a" : 1,"a":2}', b"3"]


def test_what_a_newer_program_adds_is_passed_over() -> None:
    data = b'{"epoch":1,"first":1,"prev_chain":"","last_chain":"","events":[1],"newer":{"x":[1,2]}}'
    assert wire.decode_batch(data).last == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[" * 50_000,
        b'{"epoch":1}',
        b'{"epoch":1,"first":1,"prev_chain":"","last_chain":"","events":[]}',
        b'{"epoch":0,"first":1,"prev_chain":"","last_chain":"","events":[1]}',
        b'{"epoch":1,"first":0,"prev_chain":"","last_chain":"","events":[1]}',
        b'{"epoch":1,"first":1,"prev_chain":"","last_chain":"","events":[1],"pending":-1}',
        b'{"epoch":1,"first":%d,"prev_chain":"","last_chain":"","events":[1]}' % (2**53 + 1),
        b'{"epoch":1,"first":1,"prev_chain":"\xff","last_chain":"","events":[1]}',
    ],
)
def test_what_is_no_batch_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(wire.WireError) as refused:
        wire.decode_batch(data)
    assert not isinstance(refused.value, wire.TooLargeError)


def test_what_is_too_large_is_named_so_that_a_smaller_one_is_tried() -> None:
    head = b'{"epoch":1,"first":1,"prev_chain":"","last_chain":"","events":['
    with pytest.raises(wire.TooLargeError):
        wire.decode_batch(head + b",".join([b"1"] * (wire.BATCH_EVENTS_MAX + 1)) + b"]}")
    with pytest.raises(wire.TooLargeError):
        wire.decode_batch(b" " * (wire.BATCH_BYTES_MAX + 1))
    assert wire.decode_batch(head + b",".join([b"1"] * wire.BATCH_EVENTS_MAX) + b"]}").last == 1000


@pytest.mark.parametrize("text", ["", "00", "zz" * 32, "0" * 63, "0" * 66, "é" * 64])
def test_a_chain_value_has_32_bytes(text: str) -> None:
    with pytest.raises(wire.WireError):
        wire.link_of(text)


@given(st.text(), st.text())
def test_any_item_and_name_make_one_key(item: str, name: str) -> None:
    if item.isprintable() and name.isprintable():
        assert wire.pair_of_key(wire.pair_key(item, name)) == (item, name)


@pytest.mark.parametrize("key", ["", "A", '["A"]', '["A","B","C"]', '["A",1]', "{}"])
def test_other_keys_are_none_of_a_unit(key: str) -> None:
    with pytest.raises(wire.WireError):
        wire.pair_of_key(key)


def test_a_batch_takes_as_many_as_fit_and_always_one() -> None:
    assert wire.fits([b"x" * 300_000, b"x"]) == 1
    assert wire.fits([b"x"] * 5000) == wire.BATCH_EVENTS_MAX
    assert wire.fits([b"x"] * 5000, events_max=7) == 7
    assert wire.fits([]) == 0


def test_a_full_batch_with_the_longest_head_passes() -> None:
    most, body = wire.COUNT_MAX, b"1" * 299
    bodies = [body] * wire.fits([body] * wire.BATCH_EVENTS_MAX)
    assert len(bodies) * (len(body) + 1) > wire.BATCH_BYTES_MAX - wire.BATCH_HEAD_BYTES - 300, "it is full"
    word = wire.Receipt(
        device="D-" + "W" * 30,
        epoch=most,
        hwm=most,
        chain=LINK.hex(),
        received_ms=253_402_300_799_999,
        signature="f" * 64,
    )
    batch = msgspec.structs.replace(
        wire.batch_of(
            epoch=most,
            first=most,
            prev_chain=LINK,
            bodies=bodies,
            pending=most,
            lost=most - 1,
            proof=word,
        ),
        signature="f" * 128,
    )
    data = msgspec.json.encode(batch)
    assert len(data) - len(bodies) * (len(body) + 1) <= wire.BATCH_HEAD_BYTES
    assert wire.decode_batch(data) == batch
    bodies = [b"x" * 65_000] * 10
    count = wire.fits(bodies)
    batch = wire.batch_of(epoch=1, first=1, prev_chain=LINK, bodies=[b'"' + b"x" * 64_998 + b'"'] * count)
    assert wire.decode_batch(msgspec.json.encode(batch)).last == count == 4


def test_the_signed_text_of_a_receipt_has_one_reading() -> None:
    text = wire.receipt_text("D", 1, 23, "ab", 4)
    assert text == b"scanner-receipt/1\nD\n1\n23\nab\n4"
    assert wire.receipt_text("D", 12, 3, "ab", 4) != text


def test_a_tombstone_and_a_row_read_back() -> None:
    page = wire.FeedPage(
        generation="g",
        rows=[
            wire.FeedRow(seq=1, table="unit", key=wire.pair_key("A", "1"), op="del"),
            wire.FeedRow(seq=2, table="item", key="A", row=msgspec.Raw(b'{"item":"A"}')),
        ],
        next=2,
        more=False,
        applied={"D": (1, 5)},
        server_ms=9,
    )
    back = msgspec.json.decode(msgspec.json.encode(page), type=wire.FeedPage)
    assert [(row.op, bytes(row.row)) for row in back.rows] == [("del", b"null"), ("put", b'{"item":"A"}')]
    assert back.applied == {"D": (1, 5)}
