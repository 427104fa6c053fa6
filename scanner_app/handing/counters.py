"""Who counted a sheet on other handhelds, as the server's list told it when the count was taken over from there.

The goods that they counted come with the feed. Who counted does not, and whoever counted first may not count second.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

import msgspec

from sync.work_wire import TASK_PEOPLE_MAX

if TYPE_CHECKING:
    from scanner_app.journal import Journal
    from scanner_app.session import Session
    from scanner_app.workflows.flow import State

Rounds = dict[int, tuple[str, ...]]
"""Round -> badges."""
SHEETS_MAX = 16
"""Remembered; the oldest goes first."""
_META = "counters"
_SHEETS = dict[str, Rounds]


def kept(journal: Journal) -> dict[str, Rounds]:
    """Sheet -> who counted it elsewhere; the sheet that was last taken over is the last."""
    text = journal.meta(_META)
    try:
        return msgspec.msgpack.decode(base64.b64decode(text), type=_SHEETS) if text else {}
    except (binascii.Error, msgspec.MsgspecError):
        return {}


def keep(journal: Journal, number: str, recount: int, people: tuple[str, ...]) -> None:
    """Remembers that these counted in a round of a sheet, durably."""
    if not people:
        return
    sheets = kept(journal)
    rounds = sheets.pop(number, {})
    sheets[number] = rounds | {recount: tuple(sorted({*rounds.get(recount, ()), *people}))}
    newest = dict(list(sheets.items())[-SHEETS_MAX:])
    journal.put_meta(_META, base64.b64encode(msgspec.msgpack.encode(newest)).decode())


def reported(session: Session, name: str, state: State) -> tuple[str, ...]:
    """Of a task in progress here, for the list; empty where it is no count."""
    if name != "stocktake":
        return ()
    people = session.knows.counted(state.document, recount_of(state)).people
    return tuple(sorted(people - {""}))[:TASK_PEOPLE_MAX]


def recount_of(state: State) -> int:
    """The round that a count is in."""
    return int(getattr(state, "recount", 0))
