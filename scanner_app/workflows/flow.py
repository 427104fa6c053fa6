"""The shape of every workflow: states, inputs, steps, and the knowledge that a workflow may ask.

A workflow is ``initial()`` and ``advance(state, input, knowledge) -> Step``. It is pure and total: the same inputs
give the same step, and an operator's mistake is a verdict, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple, Protocol

import msgspec

from scanner_app.workflows.gathered import Gathered
from tracking.assembly import Inside
from tracking.containers import ContainerState
from tracking.documents import Document, Tally
from tracking.events import Event
from tracking.exceptions import ExceptionRecord
from tracking.identifiers.reading import Reading
from tracking.people import KnownOperator
from tracking.phrases import Said
from tracking.prefix_rules import PrefixRule
from tracking.site import Item, Location, Party, Policy
from tracking.units import UnitState
from tracking.verdicts import NOTHING, Verdict


class Scanned(NamedTuple):
    """One scan, or the codes of one label, as readings. ``readings[k]`` are those of code k, best first."""

    readings: tuple[tuple[Reading, ...], ...]
    texts: tuple[str, ...]
    typed: bool = False


class Asked(NamedTuple):
    """A command, from a card, a soft key or a script."""

    name: str
    argument: str = ""


Input = Scanned | Asked


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """What the screen asks for: names of the catalogue's prompts, and what fills them."""

    name: str
    more: Said = ""
    """Under the prompt: the item, the line; words of ours as a phrase."""
    fields: dict[str, Said] = {}
    wants_text: bool = False
    secret: bool = False
    choices: tuple[str, ...] = ()
    """Commands that fit here beside a scan: each gets a digit, a touch and its words from the catalogue."""
    keys: tuple[str, ...] = ()
    """Commands for the soft keys F4 and F5; empty where the usual ones fit."""
    here: int = -1
    """What is counted here, in big figures, where the document tells none; below 0 where there is nothing to tell."""


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a workflow remembers between two inputs: small, and written with every scan."""

    document: str = ""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """One label that a task wants on paper: the name of a template, and the values on it."""

    template: str
    values: dict[str, str]
    again: bool = False
    """It was printed before, and is wanted once more."""


LAST_LABEL = Label(template="", values={}, again=True)
"""Whatever was printed last."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What an input led to."""

    state: State
    verdict: Verdict = NOTHING
    events: tuple[Event, ...] = ()
    quiet: bool = False
    """True when the input belongs to the session, not to this workflow."""
    afresh: bool = False
    """True where a label that was just taken means something else from now on: another unit, another place."""
    leave: bool = False
    """True when the task is left for the start screen."""
    labels: tuple[Label, ...] = ()
    """Labels to be printed now, where there is a printer."""


class Counted(NamedTuple):
    """What this handheld counted on a sheet, in one round."""

    here: Mapping[str, int]
    """Location -> units and pieces counted there."""
    people: frozenset[str] = frozenset()
    """Badges of those who counted."""
    closed: bool = False
    """True where this round was brought to its end."""
    empty: frozenset[str] = frozenset()
    """Locations of which somebody said that nothing is there."""

    @property
    def total(self) -> int:
        """Counted at all locations."""
        return sum(self.here.values())


class NextSerials(NamedTuple):
    """Serial numbers that this handheld may give next; nothing is given by knowing them."""

    serials: tuple[str, ...]
    why: Said
    """Why there are none."""


class Knowledge(Protocol):
    """The handheld's picture of the world: cache plus overlay. Read only."""

    @property
    def who(self) -> str:
        """Badge of the person at work; empty where nobody signs in."""
        ...

    @property
    def today(self) -> date:
        """The date at the site."""
        ...

    @property
    def site(self) -> str:
        """Code of the site."""
        ...

    @property
    def policy(self) -> Policy:
        """What the site allows."""
        ...

    @property
    def waived(self) -> frozenset[str]:
        """Stop codes that a supervisor takes upon himself for this one scan."""
        ...

    @property
    def prefix_rules(self) -> tuple[PrefixRule, ...]:
        """What plain codes are by how they begin, in the site's order."""
        ...

    @property
    def expires_soon_days(self) -> int:
        """How many days ahead an expiry is worth a note."""
        ...

    def item(self, number: str) -> Item | None:
        """The item with this number."""
        ...

    def items_of_gtin(self, gtin: str) -> tuple[Item, ...]:
        """The items with this GTIN, compared at 14 digits; several where two revisions share one."""
        ...

    def items_fitting(self, serial: str) -> tuple[Item, ...]:
        """Serial-tracked items that have a pattern which this text fits."""
        ...

    def inside(self, item: str, serial: str) -> tuple[UnitState, ...]:
        """Units directly in a product; with an empty item, in the container of this code."""
        ...

    def quantities_in(self, item: str, serial: str) -> tuple[Inside, ...]:
        """Lots and untracked parts in a product, or with an empty item in a container."""
        ...

    def container(self, code: str) -> ContainerState:
        """A container; not ``known`` where nobody has seen it."""
        ...

    def boxes_in(self, code: str) -> tuple[str, ...]:
        """Containers that stand in this one."""
        ...

    def containers_picked(self, number: str) -> tuple[str, ...]:
        """Containers that lie ready for this order."""
        ...

    def announced(self, container: str) -> str:
        """The number of the notice that names this container; empty for none."""
        ...

    def new_sscc(self) -> str:
        """An SSCC that nobody has given yet; empty where the site has no company prefix."""
        ...

    def next_serials(self, item: Item, count: int) -> NextSerials:
        """The next serial numbers that this handheld may give to an item; all of them or none."""
        ...

    def exceptions_of(self, item: str, serial: str) -> tuple[ExceptionRecord, ...]:
        """What the server found contradictory about a unit, oldest first."""
        ...

    def unit(self, item: str, serial: str) -> UnitState:
        """The unit, with status ``unknown`` where nobody has seen it."""
        ...

    def own_history(self, item: str, serial: str) -> tuple[Event, ...]:
        """What this handheld did with a unit, oldest first, taken back or not."""
        ...

    def units_of_serial(self, serial: str) -> tuple[UnitState, ...]:
        """Every unit known with this serial number, under whatever item."""
        ...

    def units_ending(self, tail: str) -> tuple[UnitState, ...]:
        """Units whose serial ends so; empty for fewer than four characters."""
        ...

    def units_of_document(self, number: str) -> tuple[UnitState, ...]:
        """Units that got their status on this document."""
        ...

    def document(self, number: str) -> Document | None:
        """A document of this site."""
        ...

    def tally(self, number: str) -> Tally:
        """How much of a document is done, own scans included."""
        ...

    def location(self, code: str) -> Location | None:
        """A place of this site."""
        ...

    def party(self, code: str) -> Party | None:
        """A supplier, customer or owner."""
        ...

    def operator(self, badge: str) -> KnownOperator | None:
        """The person with this badge."""
        ...

    def counted(self, number: str, recount: int) -> Counted:
        """What was counted here on a sheet in one round: the first is 0, a recount has a higher number."""
        ...

    def inspected(self, number: str) -> int:
        """How many units of a document were inspected here."""
        ...

    def is_lot(self, text: str, document: str) -> bool:
        """True for a lot that a paper here names, or that units of this document have."""
        ...

    def lot_flags(self, item: str, lot: str) -> tuple[str, ...]:
        """Flags that lie on a whole lot."""
        ...

    @property
    def together(self) -> Gathered:
        """Everything of a lot, at a place, for a party. Slow."""
        ...


class ListLine(NamedTuple):
    """One line of a task's list."""

    text: Said
    state: str
    """``done``, ``now`` (what is asked for), ``open``, or ``told`` where nothing is to be done."""


class Workflow(NamedTuple):
    """One task: its name, its first state, and its handlers."""

    name: str
    """Its headline, its word on the menu and its help are the catalogue's, by this name."""
    state_type: type[State]
    initial: Callable[[], State]
    advance: Callable[[State, Input, Knowledge], Step]
    prompt: Callable[[State, Knowledge], Prompt]
    task: str = ""
    """A headline of its own, where the catalogue has none."""
    help: tuple[str, ...] = ()
    """Help of its own, where the catalogue has none."""
    document_types: tuple[str, ...] = ()
    """Documents that open it from the start screen."""
    own_commands: frozenset[str] = frozenset()
    """Commands of the session that mean something of its own here, unless the step is ``quiet``: ``remove`` of a part,
    ``hold`` and ``release`` of a whole lot.
    """
    listing: Callable[[State, Knowledge], tuple[ListLine, ...]] | None = None
    """What the screen lists beside the prompt: the positions of a bill, what is in a carton."""
