"""Requests that two readers could take for different ones, on a site's server: one answer, and never a second request.

With ``SCANNER_LONG=1`` also those that come without end, a byte at a time.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server.api.exchange import BODY_S_MAX
from server.production import HEADER_S_MAX
from tests.server.test_production import Process, server

LONG = os.environ.get("SCANNER_LONG") == "1"
WAIT_S = 0.5
HIDDEN = b"GET /v1/ca HTTP/1.1\r\nHost: hidden\r\n\r\n"
"""What must never be answered: of itself it is good."""
POST = b"POST /v1/enroll HTTP/1.1\r\nHost: x\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"

AMBIGUOUS = {
    "length and chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks and length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a list of lengths": POST + b"Content-Length: 0, %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a signed length": POST + b"Content-Length: +0\r\n\r\n" + HIDDEN,
    "a length below nothing": POST + b"Content-Length: -1\r\n\r\n" + HIDDEN,
    "a length beyond counting": POST + b"Content-Length: %d\r\n\r\n" % 2**70 + HIDDEN,
    "a hexadecimal length": POST + b"Content-Length: 0x0\r\n\r\n" + HIDDEN,
    "another coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks not last": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a blank before the colon": POST + b"Transfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
    "a folded line": POST + b"X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
    "a bare return": POST + b"X: a\rTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
    "a nul": POST + b"X: a\0b\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
    "a chunk beyond counting": POST + b"Transfer-Encoding: chunked\r\n\r\n%s\r\n" % (b"F" * 20) + HIDDEN,
    "a chunk that is cut": POST + b"Transfer-Encoding: chunked\r\n\r\nFFFF\r\n" + HIDDEN,
}
REFUSED_UNREAD = {
    "no token": b"POST /v1/devices/x/events",
    "no address": b"POST /nothing",
    "no method": b"POST /v1/ca",
    "a page": b"POST /devices/codes",
    "a sign-in": b"POST /sign-in",
    "a read": b"GET /healthz",
}
LARGE = {
    "a line of a megabyte": b"GET /v1/units?serial=" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header of two megabytes": GET + b"X: " + b"a" * 2_000_000 + b"\r\n\r\n",
    "two thousand headers": GET + b"".join(b"X%d: a\r\n" % number for number in range(2000)) + b"\r\n",
    "a chunk's remark of a megabyte": POST
    + b"Transfer-Encoding: chunked\r\n\r\n2;"
    + b"a" * 1_000_000
    + b"\r\n{}\r\n0\r\n\r\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A site's server in its own process."""
    folder: Path = tmp_path_factory.mktemp("site")
    with server(folder / "central.db", folder) as process:
        yield process


def sent(site: Process, data: bytes) -> list[bytes]:
    """The status lines that come back until it is closed, or nothing more comes."""
    where = urlsplit(site.url)
    said = b""
    with socket.create_connection((str(where.hostname), where.port or 0), timeout=30) as line:
        try:
            line.sendall(data)
            line.settimeout(WAIT_S)
            while part := line.recv(65536):
                said += part
        except (TimeoutError, ConnectionError):
            pass
    return [b"HTTP/1.1 " + rest[:3] for rest in said.split(b"HTTP/1.1 ")[1:]]


def well(site: Process) -> bool:
    return sent(site, GET + b"Connection: close\r\n\r\n") == [b"HTTP/1.1 200"]


def test_two_sound_requests_on_one_line_are_two(site: Process) -> None:
    """Else the tests below could not tell."""
    assert sent(site, GET + b"\r\n" + HIDDEN) == [b"HTTP/1.1 200", b"HTTP/1.1 404"]


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_could_be_two_requests_is_one_and_refused(site: Process, name: str) -> None:
    answers = sent(site, AMBIGUOUS[name])
    assert len(answers) <= 1, answers
    assert all(one == b"HTTP/1.1 400" for one in answers), answers
    assert well(site)


@pytest.mark.parametrize("size", [len(HIDDEN), 300_000])
@pytest.mark.parametrize("name", REFUSED_UNREAD)
def test_a_body_that_nobody_read_is_no_request(site: Process, name: str, size: int) -> None:
    head = REFUSED_UNREAD[name] + b" HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size
    answers = sent(site, head + HIDDEN + b"x" * (size - len(HIDDEN)))
    assert len(answers) == 1, answers
    assert well(site)


@pytest.mark.parametrize("name", LARGE)
def test_what_is_too_large_before_the_body_is_refused(site: Process, name: str) -> None:
    answers = sent(site, LARGE[name])
    assert len(answers) <= 1, answers
    assert all(one[-3:] in {b"400", b"413", b"414", b"431"} for one in answers), answers
    assert well(site)


def test_those_who_never_come_to_an_end_keep_nobody_from_an_answer(site: Process) -> None:
    where = urlsplit(site.url)
    lines = [socket.create_connection((str(where.hostname), where.port or 0)) for _ in range(200)]
    try:
        for number, line in enumerate(lines):
            line.sendall(
                (GET + b"X: ", POST + b"Content-Length: 900\r\n\r\n{", b"", GET + b"\r\n")[number % 4]
            )
        assert well(site)
    finally:
        for line in lines:
            line.close()


@pytest.mark.skipif(not LONG, reason="takes two minutes: SCANNER_LONG=1")
@pytest.mark.parametrize(("begun", "drop", "seconds"), [
    (GET, b"X: a\r\n", HEADER_S_MAX + 15),
    (POST + b"Content-Length: 100000\r\n\r\n", b" ", BODY_S_MAX + 15),
])  # fmt: skip
def test_a_request_that_drips_is_given_up(site: Process, begun: bytes, drop: bytes, seconds: int) -> None:
    where, deadline = urlsplit(site.url), time.monotonic() + seconds
    with socket.create_connection((str(where.hostname), where.port or 0)) as line:
        line.sendall(begun)
        line.settimeout(1)
        while time.monotonic() < deadline:
            try:
                line.sendall(drop)
                if not line.recv(1000):
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                return
    pytest.fail(f"still open after {seconds} s")
