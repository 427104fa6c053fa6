"""Tokens and the cookie of a signed-in browser."""

from __future__ import annotations

import pytest

from server import access

KEY = bytes(32)
NOW_MS = 1_795_000_000_000


MINE, OTHER = access.token_hash("mine"), access.token_hash("other")


def test_a_cookie_holds_for_half_a_day_and_for_this_server_only() -> None:
    value = access.cookie(KEY, MINE, NOW_MS)
    last_ms = NOW_MS + access.COOKIE_S * 1000
    assert access.cookie_token(KEY, value, [OTHER, MINE], NOW_MS) == MINE
    assert access.cookie_token(KEY, value, [MINE], last_ms - 1) == MINE
    assert access.cookie_token(KEY, value, [MINE], last_ms) == ""
    assert access.cookie_token(b"1" * 32, value, [MINE], NOW_MS) == ""


def test_a_cookie_ends_with_the_token_that_it_was_given_for() -> None:
    value = access.cookie(KEY, MINE, NOW_MS)
    assert access.cookie_token(KEY, value, [], NOW_MS) == ""
    assert access.cookie_token(KEY, value, [OTHER], NOW_MS) == ""


def test_a_cookie_cannot_be_made_to_last_longer() -> None:
    until, _, rest = access.cookie(KEY, MINE, NOW_MS).partition(".")
    assert access.cookie_token(KEY, f"{int(until) + 1}.{rest}", [MINE], NOW_MS) == ""


def test_a_cookie_cannot_be_made_to_be_anothers() -> None:
    until, mark, signature = access.cookie(KEY, MINE, NOW_MS).split(".")
    others = access.cookie(KEY, OTHER, NOW_MS).split(".")[1]
    for forged in (
        f"{until}.{others}.{signature}",
        f"{until}.{signature}",
        f"{until}..{signature}",
        f"{until}.{mark}",
        "\u00e9.\u00e9.\u00e9",
    ):
        assert access.cookie_token(KEY, forged, [MINE, OTHER], NOW_MS) == ""


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ("Basic abc", ""),
        ("abc", ""),
        ("", ""),
        ("Bearer", ""),
    ],
)
def test_a_token_is_read_from_its_header(header: str, token: str) -> None:
    assert access.bearer(header) == token


def test_no_token_is_nobodys_token() -> None:
    assert not access.same_token("", access.token_hash(""))
    assert access.same_token("x", access.token_hash("x"))


def test_codes_and_ids_are_never_alike() -> None:
    assert len({access.new_code() for _ in range(500)}) == 500
    assert len({access.new_device_id() for _ in range(200)}) == 200
    assert access.code_hash("7kqm 2xwd-r9") == access.code_hash("7KQM-2XWD-R9")


def test_a_token_can_be_typed_behind_an_option() -> None:
    assert not [token for token in (access.new_token() for _ in range(2000)) if token.startswith("-")]
