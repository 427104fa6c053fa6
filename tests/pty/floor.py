"""A handheld on a terminal of its own, with an order large enough for a flood of scans."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scanner_app.clockwork import SystemClock
from scanner_app.handheld import JOURNAL_FILE, Handheld
from scanner_app.session import SessionSettings
from tests.tui.pseudo_terminal import PseudoTerminal
from tracking.events import Event, decode_body

ORDER = "PO-1"
QUANTITY = 5000
LONG = bool(os.environ.get("SCANNER_LONG"))
"""Set to play the full length of what the suite plays in short."""


def serials(first: int, count: int) -> list[str]:
    """Serial numbers of the order's item."""
    return [f"SN-{number:06d}" for number in range(first, first + count)]


def site_file(folder: Path, **more: Any) -> Path:
    """A site where nobody needs to sign in; its item with ``more`` fields."""
    site: dict[str, Any] = {
        "site": "HAM",
        "timezone": "Europe/Berlin",
        "items": [{"item": "PUMP-100", "gtins": ["09521234543213"], "serial_pattern": "^SN-\\d{6}$", **more}],
        "documents": [
            {"type": "purchase_order", "number": ORDER, "lines": [{"item": "PUMP-100", "quantity": QUANTITY}]}
        ],
    }
    path = folder / "site.json"
    path.write_text(json.dumps(site))
    return path


class Floor:
    """A running handheld."""

    def __init__(
        self,
        folder: Path,
        *,
        serial_port: str = "",
        columns: int = 40,
        rows: int = 20,
        requires: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        settings = folder / "scanner.toml"
        ports = f'[serial]\nports = [{{ name = "gun", path = "{serial_port}" }}]\n' if serial_port else ""
        settings.write_text(ports)
        arguments = ["-m", "scanner_app", "run", "--data", str(self.data), "--config", str(settings)]
        if not self.data.exists():
            arguments += ["--site", str(site_file(folder, requires=list(requires)))]
        self.terminal = PseudoTerminal(arguments, columns=columns, rows=rows)
        self.terminal.wait_output("Scan anything" if "--site" in arguments else "Scan")

    def scan(self, text: str) -> None:
        """What a keyboard wedge sends."""
        self.terminal.send(text.encode() + b"\r")

    def open_order(self) -> None:
        """The order is on the screen."""
        self.scan(ORDER)
        self.terminal.wait_output("OPENED")

    def journal(self) -> list[Event]:
        """What is in the journal now, read by a connection of its own that changes nothing."""
        path = self.data / JOURNAL_FILE
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            rows = connection.execute("SELECT epoch, seq, body FROM event ORDER BY epoch, seq").fetchall()
        finally:
            connection.close()
        return [decode_body(body, device="test", epoch=epoch, seq=seq) for epoch, seq, body in rows]

    def received(self) -> list[str]:
        """Serial numbers received, in the order of the journal."""
        return [event.serial for event in self.journal() if event.step == "receiving"]

    def wait_received(self, count: int) -> None:
        """Until the journal has so many receipts."""
        self.terminal.wait(lambda: len(self.received()) >= count, f"{count} receipts")

    def resumed(self) -> Handheld:
        """The data directory after the program is gone."""
        return Handheld(self.data, SystemClock(), SessionSettings())
