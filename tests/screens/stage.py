"""Plays the scripts of ``scripts/`` on the worst-case site and catches the screens that they point at.

A script is what ``scanner replay`` plays. Beside it its comments may say:

======================================  ==========================================================================
``#= NAME``                             the screen after the line above, by this name
``#= NAME main``                        one of those that the guide shows in every language
``#= NAME page=list entry=12``          with what the screens know by themselves: a page, a typed line, ``refused=3``
``#= NAME unsynced=1204 clock=14:02``   with this in the session's view, a number where it is one
``#= NAME camera=read``                  what the camera sees in front of it, by its name in :mod:`tests.screens.sights`
``#! new``                              the handheld belongs to no server yet; before the first line
``#! tells NAME server=URL``            what the handheld says of itself in the hint, see ``_phrase``
``#! confirmed 840``                    the server confirmed the cache so many seconds ago
``#! full``                             the disk is full from the next line on; ``#! room`` ends it
``#! policy over_receipt=note``         with this policy of the site; before the first line
``#! command workflow home``            a command that no script's line gives
``#! others``                           two other handhelds are at work on tasks of their own
``#! driver lost gun: unplugged``       news of a driver: its state, its name, what it says
======================================  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from drivers.replay_lines import AnyLine, Expect
from drivers.replay_script import parse_script
from scanner_app.cache_feed import load_site
from scanner_app.clockwork import ReplayClock
from scanner_app.handheld import Handheld
from scanner_app.inputs import Command, DeviceNews
from scanner_app.replay import Replay
from scanner_app.session import SessionSettings
from scanner_app.storage_errors import StoreFull
from scanner_app.tui.local import Local
from scanner_app.view import ScreenView
from sync.work_wire import TaskRow
from tests.durability.disks import MEMORY
from tracking.phrases import Phrase, Said, phrase
from tracking.site import Policy, Site, load

FOLDER = Path(__file__).parent
CLOCK = "14:02"
DEVICE = "hh-07"
"""Of the handheld; one that works alone would draw it by chance."""


class Mark(NamedTuple):
    """A screen that a script points at."""

    name: str
    main: bool
    changes: dict[str, str]


class Shown(NamedTuple):
    """A screen that was reached."""

    name: str
    main: bool
    view: ScreenView
    local: Local
    code: str
    """Verdict code of the line that led to it, or empty."""
    camera: str = ""
    """What the camera sees, where its picture is in front; or empty."""


class Script(NamedTuple):
    """A script, read."""

    lines: tuple[AnyLine, ...]
    told: dict[int, list[Mark | str]]
    """Number of the answered line -> marks and orders behind it, as they come; 0 stands before the first."""

    def marks(self) -> Iterator[Mark]:
        """All marks."""
        for there in self.told.values():
            yield from (mark for mark in there if isinstance(mark, Mark))

    @property
    def is_new(self) -> bool:
        """True where no site was ever loaded."""
        return "new" in self.told.get(0, ())

    def policy(self) -> dict[str, str | bool]:
        """What the script's site allows, where that is not the usual."""
        orders = [order for order in self.told.get(0, ()) if isinstance(order, str)]
        rules = dict(order.split()[1].split("=", 1) for order in orders if order.startswith("policy "))
        return {name: {"true": True, "false": False}.get(value, value) for name, value in rules.items()}


def scripts() -> list[Path]:
    """Every script."""
    return sorted((FOLDER / "scripts").glob("*.txt"))


def read(path: Path) -> Script:
    """A script with its marks."""
    text = path.read_text("utf-8")
    lines = parse_script(text)
    told: dict[int, list[Mark | str]] = {}
    for number, row in enumerate(text.splitlines(), 1):
        if not row.startswith(("#=", "#!")):
            continue
        above = [line.n for line in lines if line.line < number]
        there = told.setdefault(above[-1] if above else 0, [])
        there.append(row[2:].strip() if row.startswith("#!") else _mark(row[2:].split()))
    return Script(lines, told)


def _mark(words: Sequence[str]) -> Mark:
    name, *options = words
    changes = dict(option.split("=", 1) for option in options if "=" in option)
    return Mark(name, "main" in options, changes)


def reached(path: Path, language: str) -> list[Shown]:
    """Every screen that a script points at, in a language. Raises ``AssertionError`` where an ``expect`` fails."""
    script = read(path)
    site = _site(script)
    settings = SessionSettings(language=language, place="dock 2")
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        data = Path(folder) / "data"
        # Numbers of new cartons come from the handheld's name: the same on every picture.
        Handheld(data, ReplayClock(0), settings, device=DEVICE).close()
        replay = Replay(data, settings, today=site.today, timezone=site.timezone)
        if not script.is_new:
            load_site(replay.handheld.cache, site)
        replay.renew()
        found = list(_played(replay, script))
        replay.handheld.close()
    assert not replay.failed, f"{path.name}: {replay.failed}"
    return found


def _site(script: Script) -> Site:
    """The worst-case site, with the policy that the script begins with."""
    site = load((FOLDER / "site.json").read_bytes())
    return msgspec.structs.replace(
        site, policy=msgspec.convert(msgspec.to_builtins(site.policy) | script.policy(), Policy)
    )


def _played(replay: Replay, script: Script) -> Iterator[Shown]:
    yield from _caught(replay, script.told.get(0, ()), "")
    for line in script.lines:
        codes: list[str] = []
        replay.play([line], lambda row, codes=codes: codes.append(row["code"] or ""))  # type: ignore[misc]
        if not isinstance(line, Expect):
            yield from _caught(replay, script.told.get(line.n, ()), codes[0])


def _caught(replay: Replay, told: Sequence[Mark | str], code: str) -> Iterator[Shown]:
    for there in told:
        if isinstance(there, Mark):
            yield _shown(there, replay.presenter.view(), code)
        else:
            _obey(replay, there)


def _shown(mark: Mark, view: ScreenView, code: str) -> Shown:
    types = {"refused": int, "cursor": int, "unsynced": int, "cache_age_s": int}
    changes = {name: types.get(name, str)(value) for name, value in mark.changes.items()}
    ours = {name: value for name, value in changes.items() if name in Local.__struct_fields__}
    camera = mark.changes.get("camera", "")
    theirs = {name: value for name, value in changes.items() if name not in ours and name != "camera"}
    view = msgspec.structs.replace(view, **theirs)
    # The light before: a repeated label leaves it as it was.
    local = msgspec.structs.replace(Local(light="ok", clock=CLOCK, cache_age_s=view.cache_age_s), **ours)
    return Shown(mark.name, mark.main, view, local, code, camera)


def _obey(replay: Replay, order: str) -> None:
    """Something that happens to the handheld, and no operator does."""
    session = replay.handheld.session
    word, _, rest = order.partition(" ")
    if word == "confirmed":
        with session.cache.transaction():
            session.cache.put_meta("confirmed_ms", str(replay.clock.wall_ms() - 1000 * int(rest)))
    elif word == "command":
        name, _, argument = rest.partition(" ")
        session.handle(Command(name=name, argument=argument))
    elif word == "tells":
        session.trouble = _phrase(rest)
    elif word == "others":
        session.knows.tasks_elsewhere = lambda: tuple(_others(replay))  # type: ignore[method-assign]
    elif word == "full":
        session.journal.append = session.journal.save_session = _no_room  # type: ignore[method-assign,assignment]
    elif word == "room":
        del session.journal.append, session.journal.save_session
    elif word == "driver":
        state, _, news = rest.partition(" ")
        name, _, detail = news.partition(": ")
        session.handle(DeviceNews(name=name, state=state, detail=detail))
    else:
        assert word in {"policy", "new"}, order


def _phrase(told: str) -> Phrase:
    """``NAME field=value  field=value``; a value ``@NAME`` is a phrase too, filled with the same fields."""
    name, _, rest = told.partition(" ")
    fields = dict(field.split("=", 1) for field in rest.split("  ") if field)
    said: dict[str, Said] = dict(fields)
    inner = {key: value[1:] for key, value in fields.items() if value.startswith("@")}
    said |= {key: phrase(value, **fields) for key, value in inner.items()}
    return phrase(name, **said)


def _others(replay: Replay) -> list[TaskRow]:
    now_ms = replay.clock.wall_ms()
    return [
        TaskRow(device=f"D-{n}", name=f"Hall 2 handheld {n}", task="receiving", subject=document, document=document,
                operator=who, heard_ms=now_ms, since="2026-11-23T07:40:00.000+01:00", since_ms=now_ms)
        for n, document, who in ((1, "PO-2026-004713", "OP-8"), (2, "PO-2026-004711", "SV-2"))
    ]  # fmt: skip


def _no_room(*_args: object, **_named: object) -> None:
    raise StoreFull
