"""Who guesses has so many tries at a database, however many processes serve it, and no address is kept for that."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.enrollment import WRONG_CODES_MAX, Guesses
from server.open_storage import Database, is_postgres
from server.pace import TooFastError
from server.storage import Storage, StorageError
from server.wrong_secrets import WRONG_MAX, WRONG_MS, WrongSecrets, forget_old
from tests.server.fleet import Office
from tests.server.test_production import Process, client, server

NOW_MS = 1_795_000_000_000
ADDRESS = "192.0.2.77"


class Doors:
    """Two server processes over one database: at once on PostgreSQL; on SQLite, which has one at a time, in turn."""

    def __init__(self, life: ExitStack, database: Database, tmp_path: Path) -> None:
        self._life, self._database, self._folder = life, database, tmp_path
        self.first = self._open()
        self._second = self._open() if is_postgres(database) else None

    def _open(self) -> Process:
        return self._life.enter_context(server(self._database, self._folder))

    @property
    def second(self) -> Process:
        if self._second is None:
            assert self.first.end() == 0
            self._second = self._open()
        return self._second


def sign_in(process: Process, token: str = "guess") -> httpx.Response:
    with client(process) as http:
        return http.post("/sign-in", data={"token": token})


def enroll(process: Process, code: str = "WRONG") -> httpx.Response:
    with client(process) as http:
        return http.post("/v1/enroll", json={"code": code, "name": "Dock"})


@pytest.mark.parametrize(("tried", "most"), [(sign_in, WRONG_MAX), (enroll, WRONG_CODES_MAX)])
def test_a_second_process_gives_no_more_tries(
    database: Database, tmp_path: Path, tried: Any, most: int
) -> None:
    with ExitStack() as life:
        doors = Doors(life, database, tmp_path)
        with client(doors.first) as http:
            code = doors.first.office(http).code(site="HAM")
        right = {sign_in: doors.first.token, enroll: code}[tried]
        assert [tried(doors.first).status_code for _ in range(most - 1)] == [403] * (most - 1)
        assert tried(doors.second).status_code == 403, "one was left"
        refused = [tried(doors.second), tried(doors.second, right)]
        if is_postgres(database):
            refused += [tried(doors.first), tried(doors.first, right)]
        assert {answer.status_code for answer in refused} == {429}
        assert all(0 < int(answer.headers["retry-after"]) <= WRONG_MS // 1000 for answer in refused)


def shut(storage: Storage, one: WrongSecrets, now_ms: int, who: str = ADDRESS) -> int:
    """How long it says to wait; 0 where a try is welcome."""
    try:
        one.check(storage, who, now_ms)
    except TooFastError as error:
        return error.retry_s
    return 0


def test_another_process_counts_with_and_forgets_after_a_minute(storage: Storage) -> None:
    here, there = WrongSecrets(), WrongSecrets()
    for number in range(WRONG_MAX):
        assert (shut(storage, here, NOW_MS), shut(storage, there, NOW_MS)) == (0, 0), number
        (here, there)[number % 2].wrong(storage, ADDRESS, NOW_MS + 1000 * number)
    last_ms = NOW_MS + 1000 * WRONG_MAX
    assert (shut(storage, here, last_ms), shut(storage, there, last_ms)) == (51, 51)
    assert shut(storage, there, last_ms, "192.0.2.78") == 0, "that is somebody else"
    assert shut(storage, there, NOW_MS + WRONG_MS - 1) == 1
    for one in (here, there, WrongSecrets()):
        assert shut(storage, one, NOW_MS + WRONG_MS) == 0, "the first of them is a minute ago"
        assert shut(storage, one, NOW_MS + WRONG_MS - 1) > 0


def test_codes_and_tokens_are_counted_apart(storage: Storage) -> None:
    tokens, codes = WrongSecrets(), Guesses()
    for _ in range(WRONG_CODES_MAX):
        codes.wrong(storage, "", NOW_MS)
    assert shut(storage, Guesses(), NOW_MS, "") > 0
    assert shut(storage, tokens, NOW_MS) == shut(storage, WrongSecrets(), NOW_MS) == 0


def kept(storage: Storage) -> list[tuple[Any, ...]]:
    with storage.read() as reader:
        return reader.rows("SELECT * FROM wrong_try")


def test_what_is_kept_says_nothing_of_whoever_tried_and_goes_with_its_minute(storage: Storage) -> None:
    one = WrongSecrets()
    for number in range(3):
        one.wrong(storage, ADDRESS, NOW_MS + number)
    assert len(kept(storage)) == 3
    assert not any(ADDRESS in str(value) for row in kept(storage) for value in row)
    one.wrong(storage, "192.0.2.78", NOW_MS + WRONG_MS)
    assert len(kept(storage)) == 3, "the first went with the next wrong one, whoever's that was"
    forget_old(storage, NOW_MS + 2 * WRONG_MS - 1)
    assert len(kept(storage)) == 1
    forget_old(storage, NOW_MS + 2 * WRONG_MS)
    assert kept(storage) == []


def test_the_servers_upkeep_removes_them_where_nobody_guesses_on(office: Office) -> None:
    central = office.running.central
    central.wrong_secrets.wrong(central.storage, ADDRESS, central.now_ms() - WRONG_MS)
    central.upkeep.once()
    assert kept(central.storage) == []


def test_a_clock_that_was_years_ahead_keeps_nobody_out(storage: Storage) -> None:
    for _ in range(WRONG_MAX):
        WrongSecrets().wrong(storage, ADDRESS, NOW_MS + 1000 * WRONG_MS)
    assert shut(storage, WrongSecrets(), NOW_MS) == 0
    forget_old(storage, NOW_MS)
    assert kept(storage) == []


def test_a_right_secret_writes_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    central = office.running.central
    writes: list[str] = []
    write = type(central.storage).write

    def counted(storage: Storage, device: str = "") -> Any:
        writes.append(device)
        return write(storage, device)

    code = office.code(site="HAM")
    central.folder.catch_up()
    monkeypatch.setattr(type(central.storage), "write", counted)
    answer = office.http.post("/sign-in", data={"token": office.running.office_token})
    assert (answer.status_code, len(writes)) == (303, 0)
    assert office.http.post("/v1/enroll", json={"code": code}).status_code == 200
    assert len(writes) == 1, "the identity, and nothing else"
    office.http.post("/sign-in", data={"token": "guess"})
    assert len(writes) == 2


def test_where_nothing_can_be_written_the_process_counts_by_itself(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Any:
        raise StorageError("the disk is full")

    monkeypatch.setattr(type(storage), "write", full)
    one = WrongSecrets()
    for _ in range(WRONG_MAX):
        assert shut(storage, one, NOW_MS) == 0
        one.wrong(storage, ADDRESS, NOW_MS)
    assert shut(storage, one, NOW_MS) > 0
