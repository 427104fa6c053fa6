"""What comes into the session's queue beside scans: commands, typing, sign-ins, and news from the sync agent."""

from __future__ import annotations

import msgspec

from drivers.scan import Burst, Scan
from sync.wire import FeedPage
from tracking.phrases import Said


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command card, a soft key or a script's line: ``undo``, ``hold`` with a reason ..."""

    name: str
    argument: str = ""


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """A line that a person keyed in: a PIN, a quantity, a serial number whose label is gone."""

    text: str


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    """Badge and PIN in one go."""

    badge: str
    pin: str = ""


class LinkChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The sync agent reached the server, or lost it."""

    online: bool
    trouble: Said = ""
    """Why there is no server, in a sentence; empty where it is simply out of reach or all is well."""


class PageArrived(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the server's feed."""

    page: FeedPage


PRINTER = "printer"
"""The name under which the label printer gives its news."""


class DeviceNews(msgspec.Struct, frozen=True, kw_only=True):
    """A driver came, went, or threw something away."""

    name: str
    state: str
    detail: str = ""


class TimePassed(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing came for a while: the terminal may lock itself."""


Input = Scan | Burst | Command | Typed | SignIn | LinkChanged | PageArrived | DeviceNews | TimePassed
