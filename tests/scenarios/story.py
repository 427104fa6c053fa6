"""Reads and plays a scenario: a replay script whose comments tell the story and say what else must hold.

A scenario is what ``scanner replay`` plays, with ``expect`` for the codes. Beside it the comments may say:

=============================================  =============================================================
``# Site: staffed``                            plays on ``sites/staffed.json`` instead of ``sites/warehouse.json``
``# Policy: over_receipt=note``                with this policy of the site; a list as ``print_labels=[]``
``# At work: dock-1 OP-8 receiving PO-1, 5 minutes``  another handheld is at it; ``place P`` behind the paper
``#> 2 of 3`` or ``#> no count``               the count after the line above
``#> asks: Scan the SERIAL``                   the prompt after it
``#> says: SN-000001``                         its message contains this
``#> hides: 17``                               neither its message, prompt nor count contains this
``#> notes: receiving, completing``            its events, in order; ``undo receiving`` is a cancellation,
                                               ``nothing`` for none)
``#> prints: unit SN-000001``                   the labels that are wanted, each by its template and what it names, a
                                               new carton by what is in it (``sscc with 2 x PUMP-100``); ``nothing``
                                               for none
``#> unit PUMP-100 SN-000001: received held``  what is known of the unit now: status, then flags
``#> then: the disk is full``                   what happens next, until ``then: the disk has room``; also ``then: the
                                               journal cannot be written`` and ``then: the journal can be written``
=============================================  =============================================================
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from drivers.replay_lines import AnyLine, Expect
from drivers.replay_script import parse_script
from scanner_app.cache_feed import load_site
from scanner_app.replay import Replay
from scanner_app.session import SessionSettings
from sync.work_wire import TaskRow, task_id
from tracking.site import Policy, Site, load

FOLDER = Path(__file__).parent
PAGES_MAX = 1_000_000_000


class Story(NamedTuple):
    """A scenario file, read."""

    site: Site
    script: tuple[AnyLine, ...]
    checks: dict[int, list[str]]
    """Number of the answered line -> what must hold after it."""
    at_work: tuple[str, ...]
    """What others are at: handheld, badge, task and paper, and for how many minutes."""


def files() -> list[Path]:
    """Every scenario."""
    return sorted(FOLDER.glob("*/*.txt"))


def read_story(path: Path, policy: Mapping[str, Any] | None = None) -> Story:
    """The scenario of a file, under another policy than it says. Raises ``ValueError`` for a check without a line."""
    text = path.read_text("utf-8")
    script = parse_script(text)
    site_name, said_policy = "warehouse", dict[str, Any]()
    checks: dict[int, list[str]] = {}
    for number, row in enumerate(text.splitlines(), 1):
        said = row.strip()
        if said.startswith("# Site:"):
            site_name = said.partition(":")[2].strip()
        elif said.startswith("# Policy:"):
            said_policy = dict(_setting(word) for word in said.partition(":")[2].split())
        elif said.startswith("#>"):
            above = [line for line in script if line.line < number and not isinstance(line, Expect)]
            if not above:
                raise ValueError(f"{path.name}:{number}: no line above to check")
            checks.setdefault(above[-1].n, []).append(said[2:].strip())
    written = json.loads((FOLDER / "sites" / f"{site_name}.json").read_text("utf-8"))
    written["policy"] = written.get("policy", {}) | said_policy | dict(policy or {})
    at_work = [
        row.partition(":")[2] for row in map(str.strip, text.splitlines()) if row.startswith("# At work:")
    ]
    return Story(load(json.dumps(written).encode(), site_name), script, checks, tuple(at_work))


def _setting(word: str) -> tuple[str, Any]:
    name, _, value = word.partition("=")
    if value.startswith("["):
        return name, json.loads(value)
    if type(getattr(Policy(), name, "")) is int:
        return name, int(value)
    return name, {"true": True, "false": False}.get(value, value)


def play(story: Story, folder: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Plays it on a new data directory; returns the output rows and everything that did not hold."""
    replay = Replay(folder, SessionSettings(), today=story.site.today, timezone=story.site.timezone)
    load_site(replay.handheld.cache, story.site)
    _send_to_work(replay, story.at_work)
    replay.renew()
    rows: list[dict[str, Any]] = []
    wrong: list[str] = []

    def answered(row: dict[str, Any]) -> None:
        rows.append(row)
        for check in story.checks.get(row["n"], ()):
            why = _fault(check, row, replay)
            if why:
                wrong.append(f"after {row['input']!r}: {check!r}, but {why}")

    replay.play(story.script, answered)
    rows.append(replay.summary())
    replay.handheld.close()
    return rows, replay.failed + wrong


def _send_to_work(replay: Replay, at_work: tuple[str, ...]) -> None:
    """The server has told that these tasks are in progress elsewhere."""
    now_ms = replay.clock.wall_ms()
    cache = replay.handheld.cache
    with cache.transaction():
        for told in at_work:
            what, minutes = told.split(",")
            device, badge, task, document, *place = what.split()
            since_ms = now_ms - int(minutes.split()[0]) * 60_000
            row = TaskRow(device=device, name=device, operator=badge, task=task, subject=document, document=document,
                          place=place[1] if place else "", since_ms=since_ms, heard_ms=since_ms)  # fmt: skip
            cache.put_record("task", task_id(device, row), msgspec.json.encode(row))


def _fault(check: str, row: dict[str, Any], replay: Replay) -> str:
    """What is so instead of what the check says; empty where it holds."""
    kind, _, wanted = check.partition(":")
    wanted = wanted.strip()
    if kind == "then":
        _happens(wanted, replay)
        return ""
    if kind.startswith("unit "):
        _, item, serial = kind.split(None, 2)
        unit = replay.handheld.session.knows.unit(item, serial)
        found = " ".join((unit.status, *unit.flags))
        return "" if found == wanted else f"it is {found!r}"
    if kind == "asks":
        return "" if row["prompt"] == wanted else f"it asks {row['prompt']!r}"
    if kind == "says":
        return "" if wanted in row["message"] else f"it says {row['message']!r}"
    if kind == "hides":
        shown = f"{row['message']} {row['prompt']} {row['progress']}"
        return "" if wanted not in shown else f"it shows {shown!r}"
    if kind == "notes":
        written = ", ".join(_steps(row)) or "nothing"
        return "" if written == wanted else f"it notes {written!r}"
    if kind == "prints":
        printed = ", ".join(_labels(row)) or "nothing"
        return "" if printed == wanted else f"it prints {printed!r}"
    count = "no count" if row["progress"] is None else "{} of {}".format(*row["progress"])
    return "" if count == check else f"it counts {count!r}"


def _happens(what: str, replay: Replay) -> None:
    run = replay.handheld.journal.connection.execute
    pages = run("PRAGMA page_count").fetchone()[0]
    done = {
        "the disk is full": f"max_page_count={pages}",
        "the disk has room": f"max_page_count={PAGES_MAX}",
        "the journal cannot be written": "query_only=ON",
        "the journal can be written": "query_only=OFF",
    }
    run(f"PRAGMA {done[what]}")


def _labels(row: dict[str, Any]) -> Iterator[str]:
    for label in row.get("labels", ()):
        values = label["values"]
        named = next((values[name] for name in ("serial", "container") if values.get(name)), "")
        yield f"{label['template']} {named or 'with ' + values['contents']}"


def _steps(row: dict[str, Any]) -> Iterator[str]:
    for event in row["events"]:
        yield f"undo {event['step']}" if event.get("cancels") else event["step"]
