"""A token on a command line can be read by everybody on the machine, so it may stand in a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.main import serve
from tests.scanner_app.scanner_process import WAREHOUSE, scanner


def test_a_token_is_taken_from_a_file(tmp_path: Path) -> None:
    running = serve(tmp_path / "central.db")
    try:
        token = tmp_path / "token"
        token.write_text(f"{running.office_token}\n")
        there = ("--server", running.url, "--token")
        assert scanner("import", WAREHOUSE, *there, f"@{token}").code == 0
        beside = f"@{tmp_path / 'central.db.office-token'}"
        assert scanner("audit", "verify", "--json", *there, beside).rows[-1]["ok"] is True
        token.write_text("another")
        refused = scanner("import", WAREHOUSE, *there, f"@{token}")
        assert (refused.code, "does not accept this token" in refused.err) == (1, True)
    finally:
        running.stop()


@pytest.mark.parametrize("content", [b"", b"\n\n", b"two words", b"two\nlines", b"\xff", b"x" * 5000, None])
def test_a_file_without_one_token_is_named_and_never_quoted(tmp_path: Path, content: bytes | None) -> None:
    token = tmp_path / "token"
    if content is not None:
        token.write_bytes(content)
    ended = scanner("recall", "--lot", "L", "--server", "http://127.0.0.1:9", "--token", f"@{token}")
    assert ended.code == 2
    assert str(token) in ended.err
    assert "two" not in ended.err.replace(str(token), "")
    assert "xxx" not in ended.err
