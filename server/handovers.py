"""The hand-over projection: which task went from which handheld to which.

One row a hand-over, named by the event that gave the task away, or by the task where nobody gave it. It is fed to the
handhelds of the site: the giver learns who has its task, and whoever took it learns that everything which the giver did
before is in its cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from server.replica import Feed
from tracking.events import Event
from tracking.units import without_cancelled

KIND = "handover"
"""Of the subject, and the table of the feed."""
STEP = "handing_over"


class HandOver(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row of the feed's ``handover`` table."""

    device: str = ""
    """Who gave it; empty while that has not been reported."""
    to: str = ""
    """Who has it; empty as long as nobody has said so."""
    document: str = ""
    task: str = ""
    operator: str = ""
    """Who has it, or gave it."""
    at: str = ""


class HandOverPlan(NamedTuple):
    """One row as it is to be, and the sites that see it; None where nothing of it stands."""

    id: str
    sites: tuple[str, ...]
    row: HandOver | None


def fold(name: str, events: Iterable[Event]) -> HandOverPlan:
    """Who has the task, from everything that was said of this hand-over; the last word counts."""
    found = list(events)
    standing = [event for event in without_cancelled(found) if event.step == STEP]
    sites = tuple(sorted({event.site for event in found}))
    if not standing:
        return HandOverPlan(name, sites, None)
    given = next((event for event in standing if event.ref == name), None)
    taken = [event for event in standing if event.follows == name]
    last = taken[-1] if taken else standing[-1]
    row = HandOver(
        device=given.device if given is not None else "",
        to=taken[-1].device if taken else "",
        document=last.document,
        task=last.task,
        operator=last.operator,
        at=last.at,
    )
    return HandOverPlan(name, sites, row)


def store(feed: Feed, plans: Iterable[HandOverPlan]) -> None:
    """Tell the sites."""
    for plan in plans:
        for site in plan.sites:
            if plan.row is None:
                feed.delete(KIND, plan.id, site)
            else:
                feed.put(KIND, plan.id, msgspec.json.encode(plan.row), site)
