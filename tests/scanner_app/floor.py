"""A handheld for tests of the session: the warehouse of the scenarios, real files, a clock that moves when told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drivers.scan import Burst, Scan
from scanner_app.answer import Answer
from scanner_app.cache_feed import load_site
from scanner_app.clockwork import ReplayClock, start_of, zone
from scanner_app.export import event_row
from scanner_app.handheld import Handheld
from scanner_app.inputs import Command, Input, Typed
from scanner_app.presenter import Presenter
from scanner_app.session import Session, SessionSettings
from tests.scenarios.story import FOLDER
from tracking.events import Event
from tracking.site import Site, load

SETTINGS = SessionSettings(app="test")


def site_named(name: str = "warehouse", **changes: Any) -> Site:
    """A site of the scenarios, with some of its top-level fields replaced."""
    written = json.loads((FOLDER / "sites" / f"{name}.json").read_text("utf-8"))
    return load(json.dumps(written | changes).encode(), name)


class Floor:
    """One handheld on one data directory."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.folder, self.site = folder, site
        self.clock = ReplayClock(start_of(site.today or "2026-11-23", zone(site.timezone)))
        self._open()
        load_site(self.handheld.cache, site)
        self.handheld.renew_session()
        self.presenter = Presenter(self.session)

    def _open(self) -> None:
        self.handheld = Handheld(self.folder, self.clock, SETTINGS)
        self.presenter = Presenter(self.session)

    @property
    def session(self) -> Session:
        return self.handheld.session

    def give(self, given: Input) -> Answer:
        """One input, a moment after the last."""
        self.clock.advance()
        return self.session.handle(given)

    def scan(self, *codes: str | bytes, symbology_id: str = "") -> Answer:
        """One gesture; several codes are one label."""
        scans = tuple(
            Scan(raw=code.encode() if isinstance(code, str) else code, symbology_id=symbology_id)
            for code in codes
        )
        return self.give(scans[0] if len(scans) == 1 else Burst(scans=scans))

    def command(self, name: str, argument: str = "") -> Answer:
        return self.give(Command(name=name, argument=argument))

    def type(self, text: str) -> Answer:
        return self.give(Typed(text=text))

    def wait(self, ms: int = 2000) -> None:
        self.clock.advance(ms)

    def crash(self) -> None:
        """The process is gone without a goodbye, then a new start on the same files."""
        self.handheld.crash()
        self._open()

    def close(self) -> None:
        self.handheld.close()

    # -- what is in the files -----------------------------------------------------------------------------------------

    def events(self) -> list[Event]:
        """Every event of the journal, oldest first."""
        journal = self.handheld.journal
        found = (journal.event(epoch, seq) for epoch, seq, _, _ in list(journal.rows()))
        return [event for event in found if event is not None]

    def rows(self) -> list[Mapping[str, Any]]:
        return [event_row(event) for event in self.events()]

    def status(self, item: str, serial: str) -> str:
        """Status and flags of a unit."""
        self.session.knows.forget_scan()
        unit = self.session.knows.unit(item, serial)
        return " ".join((unit.status, *unit.flags))
