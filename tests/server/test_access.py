"""Tokens and the cookie of a signed-in browser."""

from __future__ import annotations

import pytest

from server import access

KEY = bytes(32)
NOW_MS = 1_795_000_000_000


def test_a_cookie_holds_for_half_a_day_and_for_this_server_only() -> None:
    value = access.cookie(KEY, NOW_MS)
    last_ms = NOW_MS + access.COOKIE_S * 1000
    assert access.cookie_role(KEY, value, NOW_MS) == "office"
    assert access.cookie_role(KEY, value, last_ms - 1) == "office"
    assert access.cookie_role(KEY, value, last_ms) == ""
    assert access.cookie_role(b"1" * 32, value, NOW_MS) == ""


def test_a_cookie_cannot_be_made_to_last_longer() -> None:
    until, _, rest = access.cookie(KEY, NOW_MS).partition(".")
    assert access.cookie_role(KEY, f"{int(until) + 1}.{rest}", NOW_MS) == ""


def test_a_cookie_cannot_be_made_to_mean_more() -> None:
    until, role, signature = access.cookie(KEY, NOW_MS, "auditor").split(".")
    assert access.cookie_role(KEY, f"{until}.{role}.{signature}", NOW_MS) == "auditor"
    for forged in (
        f"{until}.office.{signature}",
        f"{until}.{signature}",
        f"{until}..{signature}",
        "\u00e9.é.é",
    ):
        assert access.cookie_role(KEY, forged, NOW_MS) == ""


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
