"""The cache's small records: kind -> how its JSON is read. Fields that this version does not know are passed over."""

from __future__ import annotations

from typing import Any, get_args

import msgspec

from sync.wire import SiteRow
from sync.work_wire import TaskRow
from tracking.containers import ContainerState
from tracking.documents import Document, Tally
from tracking.exceptions import ExceptionRecord
from tracking.loose import LooseRow
from tracking.people import KnownOperator
from tracking.policy import RECORD as POLICY
from tracking.prefix_rules import PrefixRule, RuleKind
from tracking.site import Item, Location, Party


class HandOver(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A task that went from one handheld to another."""

    device: str = ""
    """Who gave it."""
    to: str = ""
    """Who has it; empty as long as nobody has said so."""
    document: str = ""
    task: str = ""
    operator: str = ""
    at: str = ""


class LotRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a whole lot."""

    flags: tuple[str, ...] = ()
    supplier: str = ""
    expiry: str = ""


# A site file may not have a field that nobody knows; a newer server may.
class _Item(Item, frozen=True, kw_only=True, forbid_unknown_fields=False):
    pass


class _Party(Party, frozen=True, kw_only=True, forbid_unknown_fields=False):
    pass


class _Location(Location, frozen=True, kw_only=True, forbid_unknown_fields=False):
    pass


class _Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A prefix rule; a newer server may have kinds that this version does not know."""

    prefix: str
    kind: str
    strip: bool = False
    chars: int = 0


class _Rules(msgspec.Struct, frozen=True, kw_only=True):
    rules: tuple[_Rule, ...] = ()


ITEM: msgspec.json.Decoder[Item] = msgspec.json.Decoder(_Item)
PARTY: msgspec.json.Decoder[Party] = msgspec.json.Decoder(_Party)
LOCATION: msgspec.json.Decoder[Location] = msgspec.json.Decoder(_Location)
OPERATOR = msgspec.json.Decoder(KnownOperator)
DOCUMENT = msgspec.json.Decoder(Document)
TALLY = msgspec.json.Decoder(Tally)
LOT = msgspec.json.Decoder(LotRecord)
SITE = msgspec.json.Decoder(SiteRow)
CONTAINER = msgspec.json.Decoder(ContainerState)
PREFIX_RULES = msgspec.json.Decoder(_Rules)
TASK = msgspec.json.Decoder(TaskRow)
INSIDE = msgspec.json.Decoder(LooseRow)
HAND_OVER = msgspec.json.Decoder(HandOver)
EXCEPTION = msgspec.json.Decoder(ExceptionRecord)

KINDS: dict[str, msgspec.json.Decoder[Any]] = {
    "site": SITE,
    "item": ITEM,
    "party": PARTY,
    "location": LOCATION,
    "operator": OPERATOR,
    "document": DOCUMENT,
    "tally": TALLY,
    "lot": LOT,
    "policy": POLICY,
    "container": CONTAINER,
    "exception": EXCEPTION,
    "prefix_rules": PREFIX_RULES,
    "handover": HAND_OVER,
    "inside": INSIDE,
    "task": TASK,
}


def prefix_rules(body: bytes) -> tuple[PrefixRule, ...]:
    """The site's prefix rules of their record. A rule of a kind that is not known here still keeps its codes from
    the rules behind it.
    """
    known = get_args(RuleKind)
    return tuple(
        PrefixRule(
            prefix=rule.prefix,
            kind=rule.kind if rule.kind in known else "ignore",  # type: ignore[arg-type]
            strip=rule.strip,
            chars=rule.chars,
        )
        for rule in PREFIX_RULES.decode(body).rules
    )
