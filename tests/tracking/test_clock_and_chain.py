"""The hybrid clock, the hash chain and the identity of events."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking import chain, clock
from tracking.events import Event, decode_body, encode_body, event_id, parse_ref

MS = st.integers(0, 2**45)


@given(st.lists(st.tuples(MS, st.none() | MS, st.booleans()), max_size=30))
def test_the_clock_never_goes_back(walls: list[tuple[int, int | None, bool]]) -> None:
    last = 0
    for wall_ms, server_ms, exact in walls:
        told = clock.believable(wall_ms, server_ms, exact=exact)
        new = clock.tick(last, told.unix_ms)
        assert new > last
        last = new


@given(MS, MS)
def test_a_clock_far_from_the_servers_is_marked_and_never_followed(wall_ms: int, server_ms: int) -> None:
    told = clock.believable(wall_ms, server_ms)
    assert told.suspect == (abs(wall_ms - server_ms) > clock.APART_MS_MAX)
    assert told.unix_ms == (server_ms if told.suspect else wall_ms)


@given(MS, MS)
def test_where_only_an_earlier_word_is_known_a_device_may_have_been_off_for_a_month(
    wall_ms: int, earliest_ms: int
) -> None:
    told = clock.believable(wall_ms, earliest_ms, exact=False)
    assert told.suspect == (not -clock.APART_MS_MAX <= wall_ms - earliest_ms <= clock.AWAY_MS_MAX)
    assert told.unix_ms == (earliest_ms if told.suspect else wall_ms)


def test_without_a_server_the_wall_is_believed() -> None:
    assert clock.believable(5000, None) == (5000, False)
    assert clock.tick(0, 5000) == clock.pack(5000)
    assert clock.tick(clock.pack(5000), 5000) == clock.pack(5000, 1)
    assert clock.tick(clock.pack(9000), 5000) == clock.pack(9000, 1), "a clock set back is stayed ahead of"


def test_after_a_reply_everything_sorts_behind_what_the_server_knows() -> None:
    merged = clock.merge(clock.pack(1000), 5000)
    assert clock.tick(merged, 1000) > clock.pack(5000)
    assert clock.merge(clock.pack(9000), 5000) == clock.pack(9000)


def test_the_chain_depends_on_everything_before() -> None:
    first = chain.first_link("hh-1", 1, "nonce")
    bodies = [b"one", b"two", b"three"]
    whole = chain.follow(first, bodies)
    assert whole == chain.next_link(chain.next_link(chain.next_link(first, b"one"), b"two"), b"three")
    assert len({
        whole,
        chain.follow(first, [b"one", b"TWO", b"three"]),
        chain.follow(first, [b"two", b"one", b"three"]),
        chain.follow(first, [b"onetwo", b"three"]),
        chain.follow(first, bodies[:2]),
        chain.follow(chain.first_link("hh-2", 1, "nonce"), bodies),
        chain.follow(chain.first_link("hh-1", 2, "nonce"), bodies),
        chain.follow(chain.first_link("hh-1", 1, "other"), bodies),
    }) == 8  # fmt: skip
    assert len(whole) == chain.HASH_BYTES


@given(st.text(max_size=20), st.integers(1, 99), st.integers(1, 10**9), st.integers(0, 2**48 - 1))
def test_an_event_id_is_a_uuid_of_version_7(device: str, epoch: int, seq: int, unix_ms: int) -> None:
    found = uuid.UUID(event_id(device, epoch, seq, unix_ms))
    assert (found.version, found.variant) == (7, uuid.RFC_4122)
    assert found.int >> 80 == unix_ms


def test_event_ids_sort_by_time_and_differ_by_identity() -> None:
    ids = [event_id("hh-1", 1, 1, ms) for ms in (1, 2, 10**12)]
    assert ids == sorted(ids)
    assert (
        len({event_id(device, epoch, seq, 5) for device in "ab" for epoch in (1, 2) for seq in (1, 2)}) == 8
    )


def test_canonical_bytes_leave_out_what_does_not_apply() -> None:
    assert encode_body(Event(step="receiving", item="A")) == b'{"step":"receiving","item":"A"}'
    with pytest.raises(ValueError, match="identity"):
        encode_body(Event(step="receiving", device="hh-1"))


@given(st.builds(Event, step=st.sampled_from(["receiving", "sighting"]), raw=st.text(), serial=st.text(), hlc=MS,
                 line=st.integers(0, 99), flags=st.tuples(st.text(max_size=5))))  # fmt: skip
def test_an_event_comes_back_from_its_bytes(event: Event) -> None:
    body = encode_body(event)
    again = decode_body(body, device="hh-1", epoch=2, seq=3)
    assert again.ref == "hh-1/2/3"
    assert parse_ref(again.ref) == ("hh-1", 2, 3)
    stripped = decode_body(body, device="", epoch=0, seq=0)
    assert stripped == event
    assert encode_body(stripped) == body


@pytest.mark.parametrize("ref", ["", "x", "a/1", "/1/2", "a/x/2", "a/1/x", "a/1/-2"])
def test_what_is_no_reference_is_none(ref: str) -> None:
    assert parse_ref(ref) is None


def test_a_device_name_may_have_strokes() -> None:
    assert parse_ref("ham/dock/7/1/2") == ("ham/dock/7", 1, 2)
