"""An office and handhelds that talk to a real server over real sockets, with a journal as plain lists."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from server.main import Running
from sync import wire
from tracking import chain, clock
from tracking.events import Event, encode_body

START_MS = 1_695_000_000_000


@dataclass
class Handheld:
    """A device with its journal: what it has written, and how to hand it in."""

    http: httpx.Client
    device: str
    token: str
    site: str
    epoch: int = 1
    bodies: list[bytes] = field(default_factory=list)
    nonce: str = "n"

    def write(self, *events: Event) -> None:
        """Write events down, each a second after the one before."""
        for event in events:
            ms = START_MS + 1000 * len(self.bodies)
            stamped = msgspec.structs.replace(
                event,
                hlc=event.hlc or clock.pack(ms),
                at=event.at or "2026-11-23T10:00:00.000+01:00",
                site=self.site,
            )
            self.bodies.append(encode_body(stamped))

    def link(self, seq: int) -> bytes:
        """The chain after event ``seq``."""
        return chain.follow(chain.first_link(self.device, self.epoch, self.nonce), self.bodies[:seq])

    def batch(self, first: int = 1, last: int | None = None, **more: Any) -> wire.Batch:
        """The events ``first`` to ``last``, both included."""
        chosen = self.bodies[first - 1 : last]
        return wire.batch_of(
            epoch=self.epoch, first=first, prev_chain=self.link(first - 1), bodies=chosen, **more
        )

    def post(self, body: bytes, **headers: str) -> httpx.Response:
        """Send bytes as a batch."""
        return self.http.post(
            f"/v1/devices/{self.device}/events", content=body, headers={**self.auth, **headers}
        )

    def send(self, batch: wire.Batch | None = None) -> httpx.Response:
        """Send a batch, the whole journal by default."""
        return self.post(msgspec.json.encode(batch or self.batch()))

    @property
    def auth(self) -> dict[str, str]:
        """Its token."""
        return {"Authorization": f"Bearer {self.token}"}

    def hwm(self, **query: int) -> wire.HighWater:
        """Where the server stands."""
        answer = self.http.get(f"/v1/devices/{self.device}/hwm", headers=self.auth, params=query)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=wire.HighWater)

    def feed(self, since: int = 0, **query: Any) -> wire.FeedPage:
        """One page of its site's feed."""
        answer = self.feed_answer(since, **query)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=wire.FeedPage)

    def feed_answer(self, since: int = 0, **query: Any) -> httpx.Response:
        """The same, before it is read."""
        site = query.pop("site", self.site)
        params = {"since": since, **query}
        return self.http.get(f"/v1/sites/{site}/feed", headers=self.auth, params=params)

    def replica(self, limit: int = 5000) -> dict[tuple[str, str], Any]:
        """(table, key) -> row: the whole feed applied page by page."""
        held: dict[tuple[str, str], Any] = {}
        since, more = 0, True
        while more:
            page = self.feed(since, limit=limit)
            for row in page.rows:
                if row.op == "put":
                    held[row.table, row.key] = msgspec.json.decode(row.row)
                else:
                    held.pop((row.table, row.key), None)
            since, more = page.next, page.more
        return held


@dataclass
class Office:
    """The office's side of a server."""

    running: Running
    http: httpx.Client

    @property
    def auth(self) -> dict[str, str]:
        """The office's token."""
        return {"Authorization": f"Bearer {self.running.office_token}"}

    def code(self, **wanted: Any) -> str:
        """A one-time code."""
        answer = self.http.post("/v1/enrollment-codes", json=wanted, headers=self.auth)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["code"])

    def handheld(self, name: str = "Dock 1", site: str = "HAM") -> Handheld:
        """A newly enrolled device."""
        answer = self.http.post("/v1/enroll", json={"code": self.code(), "name": name, "site": site})
        assert answer.status_code == 200, answer.text
        given = msgspec.json.decode(answer.content, type=wire.Enrolled)
        return Handheld(self.http, given.device, given.token, given.site)

    def load(self, site: dict[str, Any]) -> wire.Imported:
        """Import a site file."""
        answer = self.http.post(f"/v1/sites/{site['site']}/import", json=site, headers=self.auth)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=wire.Imported)

    def settle(self) -> None:
        """Until the projections show everything."""
        folder = self.running.central.folder
        folder.catch_up()
        while self.http.get("/v1/health").json()["lag"]:
            time.sleep(0.01)

    def ledger(self) -> list[tuple[str, int, int, bytes]]:
        """(device, epoch, seq, body) of every event of a handheld, in commit order."""
        with self.running.central.storage.read() as reader:
            rows = reader.rows(
                "SELECT device, epoch, seq, body FROM ledger WHERE device <> 'office' ORDER BY position"
            )
        return [(row[0], row[1], row[2], bytes(row[3])) for row in rows]


def receiving(serial: str, **more: Any) -> Event:
    """One unit comes in."""
    return Event(
        step="receiving", item="PUMP", serial=serial, document="PO-1", line=1, operator="OP-7", **more
    )


def site_file(**more: Any) -> dict[str, Any]:
    """A small site."""
    return {
        "site": "HAM",
        "timezone": "Europe/Berlin",
        "items": [
            {"item": "PUMP", "description": "Pump", "warranty_months": 24},
            {"item": "SEAL", "tracking": "lot"},
        ],
        "parties": [{"party": "ACME", "name": "Acme", "role": "supplier"}],
        "locations": [{"location": "HAM-A"}],
        "operators": [{"badge": "OP-7", "name": "Ada", "roles": ["operator"], "pin": "1234"}],
        "documents": [
            {
                "type": "purchase_order",
                "number": "PO-1",
                "party": "ACME",
                "lines": [{"item": "PUMP", "quantity": 3}, {"item": "SEAL", "quantity": 50}],
            }
        ],
        **more,
    }
