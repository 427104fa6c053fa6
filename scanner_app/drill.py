"""The drill: back up, go on scanning, lose the server, put the backup back, and see the handhelds bring the rest.

After the backup the handhelds also renew their tokens: the server that comes back does not know them, and only their
keys say who they are.

Everything is real: a server and handhelds that talk over sockets, with their own journals and agents. Nobody touches
a handheld after the server is lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from config.schema import Settings
from drivers.scan import Scan
from scanner_app import server_calls
from scanner_app.clockwork import SkippingClock
from scanner_app.identity import keep, server_of
from scanner_app.joining import join
from scanner_app.running import RunningHandheld
from scanner_app.sample import to_json
from scanner_app.session import Session, SessionSettings
from sync.credentials import Credentials
from sync.line import Line
from tracking.invitation import Invitation

SITE, ORDER, ITEM = "DRILL", "PO-DRILL", "DRILL-UNIT"
WAIT_S_MAX = 120.0
LOOK_S = 0.05
RETRY_S = 1


class DrillError(Exception):
    """The drill cannot go on; one plain sentence."""


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What it ends with."""

    handhelds: int
    events: int
    """That the handhelds wrote, over the whole drill."""
    backed_up: int
    """Of these, in the backup."""
    lost_with_server: int
    """On the server, but not in the backup, when it was lost."""
    scanned_meanwhile: int
    """While there was no server."""
    lost: int
    """That the server does not hold in the end."""
    doubled: int
    """That it holds more than once."""
    backup_s: float
    restore_s: float
    back_s: float
    """From the server's new start until it held everything."""

    @property
    def passed(self) -> bool:
        """Nothing is lost, nothing doubled, and there was something to bring back."""
        return not self.lost and not self.doubled and self.lost_with_server > 0


def quick(settings: Settings) -> Settings:
    """Handhelds that look for their server every second, so that the drill does not last."""
    sync = msgspec.structs.replace(settings.sync, url="", poll_s=1, timeout_s=5, retry_s_max=RETRY_S)
    return msgspec.structs.replace(settings, sync=sync)


class Crew:
    """The handhelds of the drill, each with a person who receives one unit after the other."""

    def __init__(self, folder: Path, settings: Settings, url: str, office_token: str, count: int) -> None:
        self.clock = SkippingClock()
        self.handhelds: list[RunningHandheld] = []
        self._scanned = 0
        self._credentials: list[tuple[str, Credentials]] = []
        session_settings = SessionSettings(app="drill", repeat_ms=0)
        for number in range(1, count + 1):
            code = server_calls.new_code(url, office_token, SITE)
            given = join(Invitation(url, code), f"drill {number}", SITE, self.clock.wall_ms())
            own = folder / f"handheld-{number}"
            own.mkdir()
            keep(own, given)
            server = server_of(own, settings)
            handheld = RunningHandheld(
                own, self.clock, session_settings, settings, server=server, device=given.device
            )
            if server is not None and server.credentials is not None:
                self._credentials.append((given.device, server.credentials))
            handheld.start()
            self.handhelds.append(handheld)
        self.wait(lambda session: session.knows.document(ORDER) is not None, "the order did not arrive")
        for handheld in self.handhelds:
            _scan(handheld, ORDER)

    def receive(self, units: int) -> None:
        """So many units on every handheld."""
        for _ in range(units):
            self._scanned += 1
            for number, handheld in enumerate(self.handhelds, 1):
                _scan(handheld, f"SN-{number}-{self._scanned:06}")

    def renew_tokens(self, url: str) -> None:
        """Every handheld takes another token, of which a backup made before knows nothing."""
        for device, credentials in self._credentials:
            line = Line(url, "", WAIT_S_MAX)
            try:
                if not credentials.renew(line, device):
                    raise DrillError(f"{device} got no new token")
            finally:
                line.close()
        self.all_sent()

    def wait(self, true: Callable[[Session], bool], otherwise: str) -> None:
        """Until it holds on every handheld. Raises :class:`DrillError`."""
        deadline = time.monotonic() + WAIT_S_MAX
        for handheld in self.handhelds:
            while not handheld.thread.run(true):
                if time.monotonic() > deadline:
                    raise DrillError(otherwise)
                time.sleep(LOOK_S)

    def all_sent(self) -> None:
        """Until everything is confirmed by the server."""
        self.wait(lambda session: not session.journal.pending(), "the handhelds could not send everything")

    def written(self) -> set[tuple[str, int, int, bytes]]:
        """(device, epoch, seq, bytes) of every event in every journal."""
        found: set[tuple[str, int, int, bytes]] = set()
        for handheld in self.handhelds:
            found |= handheld.thread.run(
                lambda session: {
                    (session.journal.device, epoch, seq, bytes(body))
                    for epoch, seq, body, _ in session.journal.rows()
                }
            )
        return found

    def close(self) -> None:
        """All of them."""
        for handheld in self.handhelds:
            handheld.close()


def _scan(handheld: RunningHandheld, text: str) -> None:
    answer = handheld.thread.run(lambda session: session.handle(Scan(raw=text.encode())))
    if answer.stopped:
        raise DrillError(f"a handheld stopped at {text}: {answer.message}")


def site_file() -> bytes:
    """One order that never ends."""
    line = {"item": ITEM, "quantity": 1_000_000}
    order = {"type": "purchase_order", "number": ORDER, "lines": [line]}
    return to_json({"site": SITE, "items": [{"item": ITEM}], "documents": [order]}).encode()


def drill(folder: Path, database: Path | str, settings: Settings, handhelds: int, units: int) -> Figures:
    """The whole of it on an empty database; ``units`` by every handheld in each of its three parts.

    Raises :class:`DrillError`, :class:`server_calls.CallRefused` and the server's own errors.
    """
    from server import backup, backup_note
    from server.main import serve
    from server.restore import restore

    clock = SkippingClock()
    server: Any = serve(database)
    crew = None
    try:
        server_calls.import_site(server.url, server.office_token, SITE, site_file())
        crew = Crew(folder, quick(settings), server.url, server.office_token, handhelds)
        crew.receive(units)
        crew.all_sent()
        kept = backup.back_up(database, folder, clock.wall_ms())
        backup_note.record(database, kept.checked, clock.wall_ms())
        crew.renew_tokens(server.url)
        crew.receive(units)
        crew.all_sent()
        held = len(_ledger(server))
        server.stop()
        _lose(database)
        crew.receive(units)
        restored_s = time.monotonic()
        restore(database, kept.path, clock.wall_ms())
        back_s = time.monotonic()
        server = serve(database, port=server.port, office_token=server.office_token)
        written = crew.written()
        rows = _wait_for(server, len(written))
        ended_s = time.monotonic()
        backed_up = sum(sum(kept.checked.marks.get(one, {}).values()) for one in {row[0] for row in written})
        return Figures(
            handhelds=handhelds,
            events=len(written),
            backed_up=backed_up,
            lost_with_server=held - backed_up,
            scanned_meanwhile=len(written) - held,
            lost=len(written - set(rows)),
            doubled=len(rows) - len(set(rows)),
            backup_s=round(kept.seconds, 2),
            restore_s=round(back_s - restored_s, 2),
            back_s=round(ended_s - back_s, 2),
        )
    finally:
        if crew is not None:
            crew.close()
        server.stop()


def _ledger(server: Any) -> list[tuple[str, int, int, bytes]]:
    """(device, epoch, seq, bytes) of every event of a handheld that the server holds."""
    with server.central.storage.read() as reader:
        rows = reader.rows("SELECT device, epoch, seq, body FROM ledger WHERE device <> 'office'")
    return [(row[0], row[1], row[2], bytes(row[3])) for row in rows]


def _wait_for(server: Any, events: int) -> list[tuple[str, int, int, bytes]]:
    """The ledger, once it holds so many events or the wait is over."""
    deadline = time.monotonic() + WAIT_S_MAX
    while len(rows := _ledger(server)) < events and time.monotonic() < deadline:
        time.sleep(LOOK_S)
    return rows


def _lose(database: Path | str) -> None:
    """As if the machine had burned: nothing of the database is left."""
    from server.losing import lose

    lose(database)
