"""A small site, and what its people do in a shift: the inputs that the durability tests play."""

from __future__ import annotations

import json
from typing import Any

from drivers.scan import Scan
from scanner_app.cache import Cache
from scanner_app.cache_feed import load_site
from scanner_app.inputs import Command, Input
from tracking.site import load

SETTLED_MS = 1_795_000_000_000
"""Where the tests' clocks begin: a Monday in November 2026."""


def serial(number: int) -> str:
    """The serial number of a pump."""
    return f"SN-{number:06}"


def site_file(pumps: int = 40, code: str = "HAM") -> dict[str, Any]:
    """One item by serial number, one by lot; orders to receive and to ship them."""
    return {
        "site": code,
        "timezone": "Europe/Berlin",
        "items": [
            {"item": "PUMP", "description": "Pump", "serial_pattern": "^SN-\\d{6}$", "warranty_months": 24},
            {"item": "SEAL", "tracking": "lot", "gtins": ["09521234543213"]},
        ],
        "parties": [
            {"party": "ACME", "name": "Acme", "role": "supplier"},
            {"party": "CITY", "name": "City Waterworks", "role": "customer"},
        ],
        "locations": [{"location": f"{code}-A"}],
        "operators": [
            {"badge": "OP-7", "name": "Ida", "roles": ["operator", "supervisor"]},
            {"badge": "OP-8", "name": "Bo", "roles": ["operator"]},
        ],
        "documents": [
            {
                "type": "purchase_order",
                "number": f"PO-{code}",
                "party": "ACME",
                "lines": [{"line": 1, "item": "PUMP", "quantity": pumps}],
            },
            {
                "type": "sales_order",
                "number": f"SO-{code}",
                "party": "CITY",
                "lines": [{"line": 1, "item": "PUMP", "quantity": 3}],
            },
        ],
        "policy": {"complete_on_last_scan": True},
    }


def fill(cache: Cache, file: dict[str, Any]) -> None:
    """The site's data, as it comes without a server."""
    load_site(cache, load(json.dumps(file).encode()))


def scan(text: str | bytes, source: str = "replay") -> Scan:
    """One pull of the trigger."""
    return Scan(raw=text.encode() if isinstance(text, str) else text, source=source)


def shift(code: str = "HAM") -> list[Input | str]:
    """Inputs, and between them what the network and the clock do: ``idle``, ``send``, ``fetch``."""
    take = [scan(serial(number)) for number in range(1, 13)]
    return [
        scan("OP-7"),
        scan(f"PO-{code}"),
        *take[:4],
        "send",
        *take[4:6],
        Command(name="undo"),
        "fetch",
        take[5],
        "idle",
        scan("no such thing"),
        take[6],
        take[7],
        Command(name="ack"),
        "send",
        Command(name="look_up"),
        scan(serial(2)),
        Command(name="back"),
        take[8],
        Command(name="hold", argument="dented"),
        "fetch",
        "idle",
        *take[9:],
        Command(name="undo"),
        take[11],
        "send",
        Command(name="workflow", argument="shipping"),
        scan(f"SO-{code}"),
        scan(serial(1)),
        "fetch",
        scan(serial(9)),
        Command(name="ack"),
        scan(serial(2)),
        "idle",
        scan(serial(3)),
        "send",
        "fetch",
    ]
