"""Who may do what on the server: the roles, and the one table that every address is held to.

For the interface the table is :data:`server.openapi.CALLS` (its column ``who``): the guard below reads it, the
description is made from it, and the attack tests try every role against every line of it. An address that is not in
it is answered to nobody. For the pages it is :data:`PAGE_FORMS`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from server.devices import Device

OFFICE, SUPERVISOR, OPERATOR, AUDITOR, DEVICE = "office", "supervisor", "operator", "auditor", "device"
STAFF = (OFFICE, SUPERVISOR, OPERATOR, AUDITOR)
"""Roles that a person's token may have. A handheld has its own."""

READERS = (OFFICE, SUPERVISOR, AUDITOR)
"""Who may look at everything."""

PAGE_FORMS: dict[str, tuple[str, ...]] = {
    "/counts/decision": (OFFICE, SUPERVISOR),
    "/exceptions/settle": (OFFICE, SUPERVISOR),
}
"""Who may send the form of a page, where that is not the office alone."""


class Caller(NamedTuple):
    """Who sent a request, by what was shown."""

    role: str
    """One of :data:`STAFF`, or ``device``; empty for nobody."""
    name: str = ""
    """Of the token, or the device's id."""
    device: Device | None = None

    @property
    def signs(self) -> str:
        """How an event in the office's name says who it was: no badge reads so. Empty with the office's own token."""
        return f"office/{self.name}" if self.name else ""


NOBODY = Caller("")


def may_open(role: str, path: str, method: str) -> bool:
    """True where a person of this role may open the page, or send its form."""
    if method in {"GET", "HEAD"}:
        return role in READERS
    return role in PAGE_FORMS.get(path, (OFFICE,))


def line_of(pattern: str) -> str:
    """The address of a route as the table writes it: ``{number:path}`` is ``{number}``."""
    return pattern.replace(":path}", "}").replace("{names}", "{item}/{serial}")


def unlisted(routes: Iterable[tuple[str, str]], listed: Iterable[tuple[str, str]]) -> list[str]:
    """The routes that the table forgot, as ``METHOD /path``: the application does not start with one."""
    return sorted(f"{method} {path}" for path, method in set(routes) - set(listed))
