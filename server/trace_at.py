"""What was in a product at a moment in the past, of any depth, and in what it was: from the events, not the states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from server import ledger
from server.storage import Reader
from server.subjects import INSIDE, LEFT
from tracking.events import Event
from tracking.genealogy import (
    DEPTH_MAX,
    FOR_EVER_MS,
    Genealogy,
    Link,
    Name,
    links_of_quantities,
    links_of_unit,
)

PARTS_MAX = 10_000
NOW_MS = FOR_EVER_MS - 1


def genealogy_at(reader: Reader, item: str, serial: str, at_ms: int) -> Genealogy:
    """The links of everything that was in a unit then, at any depth."""
    links: list[Link] = []
    open_names, seen = [Name(item, serial)], {Name(item, serial)}
    for _ in range(DEPTH_MAX):
        found = [link for name in open_names for link in _links_into(reader, name)]
        links += found
        inner = dict.fromkeys(link.part for link in found if link.part.serial and link.stands(at_ms))
        open_names = [name for name in inner if name not in seen]
        seen.update(open_names)
        if not open_names or len(links) > PARTS_MAX:
            break
    return Genealogy(links)


def path_at(reader: Reader, item: str, serial: str, at_ms: int) -> tuple[Name, ...]:
    """In what a unit was then, step by step to the outermost product."""
    path: list[Name] = []
    name = Name(item, serial)
    while len(path) < DEPTH_MAX:
        links = links_of_unit(*name, _events(reader, "unit", *name))
        whole = next((link.whole for link in links if link.stands(at_ms)), None)
        if whole is None or whole in path or whole == (item, serial):
            break
        path.append(whole)
        name = whole
    return tuple(path)


def _links_into(reader: Reader, whole: Name) -> Iterator[Link]:
    """Every stretch of time that something spent in a product: what is in it now, what left it, and quantities."""
    sql = "SELECT item, serial FROM unit WHERE parent_item = ? AND parent_serial = ? AND parent_serial <> ''"
    now = [Name(*row) for row in reader.rows(sql, *whole)]
    left = [Name(event.item, event.serial) for event in _events(reader, LEFT, *whole)]
    for part in dict.fromkeys((*now, *left)):
        for link in links_of_unit(*part, _events(reader, "unit", *part)):
            if link.whole == whole:
                yield link
    yield from links_of_quantities(_events(reader, INSIDE, *whole))


def _events(reader: Reader, kind: str, name: str, part: str) -> list[Event]:
    entries: Iterable[ledger.Entry] = ledger.of_subject(reader, kind, name, part)
    return [event for entry in entries if isinstance(event := ledger.event_of(entry), Event)]
