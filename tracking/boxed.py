"""In which container a unit was, and when: read off the fold that gives the unit its state, so the two agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from tracking.events import Event
from tracking.units import unfolded


class Boxed(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of time that a unit spent in a carton or on a pallet."""

    container: str
    since: str = ""
    """Time of the event that put it in, ISO 8601; empty where that is not known."""
    until: str = ""
    """Time of the event that took it out, or with which it left the house; empty while it is in."""
    document: str = ""
    """The document that it was put in for, where there was one."""


def boxed(item: str, serial: str, events: Iterable[Event]) -> Iterator[Boxed]:
    """The stretches of one unit from its events, in any order; oldest first."""
    since: Event | None = None
    state = None
    for event, before, after, *_ in unfolded(item, serial, events):
        state = after
        taken_out = event.parent_container if event.step == "unpacking" else ""
        if taken_out and taken_out != before.container:
            yield Boxed(container=taken_out, until=event.at)  # nobody told how it came into it
        if before.container == after.container:
            continue
        if before.container:
            yield _stretch(before.container, since, event.at)
        since = event
    if state is not None and state.container:
        yield _stretch(state.container, since, "")


def _stretch(container: str, since: Event | None, until: str) -> Boxed:
    if since is None:
        return Boxed(container=container, until=until)
    return Boxed(container=container, since=since.at, until=until, document=since.document)


def container_after(item: str, serial: str, events: Iterable[Event]) -> dict[str, str]:
    """Reference of an event that stands -> the container that the unit was in after it."""
    return {event.ref: after.container for event, _, after, *_ in unfolded(item, serial, events)}
