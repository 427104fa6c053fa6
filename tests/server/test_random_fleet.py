"""A seeded fleet on a bad network: replies swallowed, batches repeated and mixed up, the server restarted.

Whatever happens, the ledger ends as exactly what was written, each event once.
"""

from __future__ import annotations

import random
from collections import Counter

import httpx
import pytest

from server.main import Running, serve
from server.open_storage import Database
from tests.server.fleet import Handheld, Office, receiving

STEPS = 60


def disturb(rnd: random.Random, each: Handheld, sent: dict[str, int]) -> str:
    """One thing that a device does; what the server answered."""
    known, all_written = sent[each.device], len(each.bodies)
    act = rnd.choice(["next", "next", "next", "swallowed", "old", "overlap", "ahead", "ask"])
    if act == "ask":
        where = each.hwm()
        sent[each.device] = where.hwm
        return "asked"
    first = {
        "old": rnd.randint(1, max(1, known)),
        "overlap": rnd.randint(1, known + 1),
        "ahead": known + 3,
    }.get(act, known + 1)
    last = min(all_written, first + rnd.randint(0, 9))
    if act == "old":
        last = min(max(known, 1), last)
    if first > last:
        each.write(
            *(receiving(f"{each.device}-{all_written + number}") for number in range(rnd.randint(1, 8)))
        )
        return "wrote"
    answer = each.send(each.batch(first, last))
    assert answer.status_code in {200, 409}, answer.text
    if act != "swallowed":
        sent[each.device] = answer.json()["hwm"]
    return str(answer.json().get("status") or answer.json()["error"])


@pytest.mark.parametrize("seed", range(4))
def test_the_ledger_ends_as_exactly_what_was_written(database: Database, seed: int) -> None:
    rnd = random.Random(seed)
    running: Running = serve(database)
    http = httpx.Client(base_url=running.url, trust_env=False, timeout=60)
    office = Office(running, http)
    fleet = [office.handheld(f"Dock {number}") for number in range(3)]
    sent = {each.device: 0 for each in fleet}
    seen: Counter[str] = Counter()
    for step in range(STEPS):
        seen[disturb(rnd, rnd.choice(fleet), sent)] += 1
        if step % 25 == 24:
            http.close()
            running.stop()
            running = serve(database)
            http = httpx.Client(base_url=running.url, trust_env=False, timeout=60)
            office = Office(running, http)
            for each in fleet:
                each.http = http
    for each in fleet:
        where = each.hwm()
        if where.hwm < len(each.bodies):
            assert each.send(each.batch(where.hwm + 1)).status_code == 200
    by_device: dict[str, list[bytes]] = {each.device: [] for each in fleet}
    for device, epoch, seq, body in office.ledger():
        by_device[device].append(body)
        assert (epoch, seq) == (1, len(by_device[device]))
    assert by_device == {each.device: each.bodies for each in fleet}
    assert {"stored", "duplicate", "gap", "wrote", "asked"} <= seen.keys(), seen
    assert all(each.hwm().chain == each.link(len(each.bodies)).hex() for each in fleet)
    http.close()
    running.stop()
