"""A product of six levels, built through the real session, traced on the handheld and on a server in its own process.

``SCANNER_LONG=1`` builds it of 2,000 parts; else of 80.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from scanner_app import server_calls
from scanner_app.cli import main
from tests.scanner_app.scanner_process import Ended, environment

PARTS_EACH = 50 if os.environ.get("SCANNER_LONG") else 2
BELOW = {"TOP": ("A", 2), "A": ("B", 2), "B": ("C", 2), "C": ("D", 5), "D": ("PART", PARTS_EACH)}
"""Item -> what it is built of, and how many: 40 D, so 80 or 2,000 parts."""
COUNTS = {"A": 2, "B": 4, "C": 8, "D": 40, "PART": 40 * PARTS_EACH}
SPARE = "PART-99901", "PART-99902"


def serial(item: str, number: int) -> str:
    return f"{item}-{number:05d}"


def site() -> dict[str, Any]:
    items = [{"item": item, "serial_pattern": f"^{item}-\\d{{5}}$"} for item in (*BELOW, "PART")]
    orders = [
        {
            "type": "work_order",
            "number": f"WO-{item}",
            "product": item,
            "lines": [{"item": item, "quantity": COUNTS.get(item, 1)}],
            "bom": [{"item": part, "quantity": count, "position": "P"}],
        }
        for item, (part, count) in BELOW.items()
    ]
    parts = [serial("PART", number) for number in range(COUNTS["PART"])]
    units = [{"item": "PART", "serial": name, "lot": "L-1", "supplier": "ACME"} for name in (*parts, *SPARE)]
    return {
        "site": "HAM",
        "parties": [{"party": "ACME", "role": "supplier"}],
        "items": items,
        "documents": orders,
        "units": units,
    }


def build() -> Iterator[str]:
    """From the inside out; two parts of the first D are swapped once it is finished, and one of them is scrapped."""
    for item in ("D", "C", "B", "A", "TOP"):
        part, each = BELOW[item]
        yield "workflow production"
        yield f"scan WO-{item}"
        for number in range(COUNTS.get(item, 1)):
            yield f"scan {serial(item, number)}"
            yield from (f"scan {serial(part, number * each + place)}" for place in range(each))
            yield "expect installed"
        if item == "D":
            yield from swap(serial("PART", 0), SPARE[0], "command scrap cracked")
            yield from swap(serial("PART", 1), SPARE[1], "wait 1s")


def swap(old: str, new: str, then: str) -> Iterator[str]:
    yield from ("command remove", f"scan {old}", "expect removed", then, f"scan {new}", "expect installed")


def scanner(*arguments: str) -> Ended:
    """The command line in this process: thirty starts of Python would be most of the test."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(arguments))
    return Ended(code, out.getvalue(), err.getvalue())


class Served(NamedTuple):
    url: str
    token: str
    data: Path


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The product, built on an enrolled handheld and synced to a server that is a process of its own."""
    folder = tmp_path
    (folder / "site.json").write_text(json.dumps(site()))
    (folder / "build.txt").write_text("\n".join(build()) + "\n")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "scanner_app",
            "server",
            "--database",
            str(folder / "server.db"),
            "--port",
            "0",
        ],
        env=environment(),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        url, token = told.split()[1], told.split()[-1]
        data = folder / "data"
        server_calls.import_site(url, token, "HAM", (folder / "site.json").read_bytes())
        code = server_calls.new_code(url, token, "HAM")
        for call in (
            ("enroll", "--server", url, "--code", code),
            ("sync",),
            ("replay", str(folder / "build.txt"), "--json"),
            ("sync",),
        ):
            ended = scanner(*call, "--data", str(data))
            assert ended.code == 0, (call, ended.out[-2000:], ended.err)
        yield Served(url, token, data)
    finally:
        process.kill()  # what it holds is thrown away
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


def trace(served: Served, name: str, *more: str, on_server: bool) -> dict[str, Any]:
    where = ("--server", served.url, "--token", served.token) if on_server else ("--data", str(served.data))
    ended = scanner("trace", name, "--json", *more, *where)
    assert ended.code == 0, ended.err
    (unit,) = json.loads(ended.out)["units"]
    return dict(unit)


def flat(parts: list[dict[str, Any]]) -> Iterator[str]:
    for part in parts:
        yield part["serial"]
        yield from flat(part["contains"])


def depth(parts: list[dict[str, Any]]) -> int:
    return 1 + max(map(depth, (part["contains"] for part in parts))) if parts else 0


def names(unit: dict[str, Any]) -> list[str]:
    return [whole["serial"] for whole in unit["within"]]


PARTS = {serial("PART", number) for number in range(COUNTS["PART"])}
SWAPPED = {serial("PART", 0), serial("PART", 1)}
NOW = (PARTS - SWAPPED) | set(SPARE)
UP = [serial(item, 0) for item in ("D", "C", "B", "A", "TOP")]


def test_a_product_of_six_levels_on_both_sides(served: Served) -> None:
    for on_server in (False, True):
        as_built_and_where_used(served, on_server=on_server)
    recalled(served)
    ended = scanner("trace", "TOP-00000", "--at", "yesterday", "--data", str(served.data))
    assert (ended.code, ended.err.count("\n")) == (2, 1)


def as_built_and_where_used(served: Served, *, on_server: bool) -> None:
    """Today, a moment before the swap, at the swap, on the day, and long before."""
    top = trace(served, "TOP-00000", on_server=on_server)
    within = list(flat(top["contains"]))
    assert {name for name in within if name.startswith("PART")} == NOW
    assert len(within) == sum(COUNTS.values())
    assert depth(top["contains"]) == 5, "five levels within the sixth"
    assert names(trace(served, SPARE[0], on_server=on_server)) == UP

    scrapped = trace(served, serial("PART", 0), on_server=on_server)
    assert (scrapped["status"], names(scrapped)) == ("written_off", [])
    removed_at = next(entry["at"] for entry in scrapped["history"] if entry["step"] == "removing")
    # A moment before it came out: the first D as it was then, and it was in nothing yet.
    built_at = next(
        entry["at"]
        for entry in trace(served, "D-00000", on_server=on_server)["history"]
        if entry["step"] == "assembling"
    )
    assert built_at < removed_at
    then = trace(served, "D-00000", "--at", built_at, on_server=on_server)
    assert set(flat(then["contains"])) == {serial("PART", number) for number in range(PARTS_EACH)}
    assert (then["status"], then["within"]) == ("produced", [])
    assert names(trace(served, serial("PART", 0), "--at", built_at, on_server=on_server)) == ["D-00000"]
    assert names(trace(served, serial("PART", 0), "--at", removed_at, on_server=on_server)) == []
    day = removed_at[:10]
    assert set(flat(trace(served, "TOP-00000", "--at", day, on_server=on_server)["contains"])) == set(within)
    assert trace(served, "TOP-00000", "--at", "2001-01-01", on_server=on_server)["contains"] == []


def recalled(served: Served) -> None:
    """One part that stayed, and one that was swapped out: that one taints nothing."""
    for where in (("--data", str(served.data)), ("--server", served.url, "--token", served.token)):
        ended = scanner("recall", "--json", "--component", f"PART/{SPARE[1]}", *where)
        found = json.loads(ended.out)["affected"]
        assert {one["serial"] for one in found} == {SPARE[1], *UP}
        ended = scanner("recall", "--json", "--component", "PART/PART-00001", *where)
        assert [one["serial"] for one in json.loads(ended.out)["affected"]] == ["PART-00001"]
