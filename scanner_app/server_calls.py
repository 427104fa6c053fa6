"""Calls that a person makes to a server from the command line: enrol, import, trace, recall."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from sync.agent import Line, Unreachable, understood
from sync.audit_wire import Chains, Links
from sync.outbox import Delivered
from sync.wire import Code, Enroll, Enrolled, HighWater, Imported, NewCode, Problem
from sync.work_wire import Block, WantedBlock
from tracking.phrases import Said, phrase
from tracking.printable import printable
from tracking.recall import Recall, Wanted

Reply = TypeVar("Reply")
TIMEOUT_S = 60.0


class CallRefused(Exception):
    """The server was not reached, or said no; one plain sentence."""

    def __init__(self, sentence: str, status: int = 0, why: Said = "") -> None:
        super().__init__(sentence)
        self.why = why or sentence
        """The same for the screen, in whichever language."""
        self.status = status
        """Of the answer that said no; 0 where it did not come to that."""


def _ask(
    url: str,
    token: str,
    method: str,
    path: str,
    kind: type[Reply],
    body: bytes = b"",
    ca: str = "",
    **params: Any,
) -> Reply:
    if not url.startswith(("https://", "http://")):
        raise CallRefused(f"{printable(url)} is no server's address: it begins with https:// or http://")
    with ExitStack() as life:
        line = Line(url, token, TIMEOUT_S, _file_with(life, ca) if ca else "")
        life.callback(line.close)
        return _asked(line, url, method, path, kind, body, **params)


def _file_with(life: ExitStack, text: str) -> str:
    """A file for as long as the call lasts: connections take a certificate as a file only."""
    file = life.enter_context(tempfile.NamedTemporaryFile("w", suffix=".pem"))  # noqa: SIM115 - the stack closes it
    file.write(text)
    file.flush()
    return file.name


def _asked(
    line: Line, url: str, method: str, path: str, kind: type[Reply], body: bytes, **params: Any
) -> Reply:
    try:
        status, data = line.ask(method, path, body=body, **params)
        if status < 300:
            return understood(data, kind)
        said = understood(data, Problem)
    except Unreachable as error:
        if error.status in {401, 403} and not line.token:
            raise CallRefused(
                f"{url} refuses: {error.detail or 'the code is wrong, used or too old'}",
                why=phrase("enroll_code"),
            ) from error
        if error.status in {401, 403}:
            raise CallRefused(f"{url} does not accept this token: give the right one with --token") from error
        if isinstance(error.__cause__, OSError) and type(error.__cause__).__name__ == "SSLError":
            raise CallRefused(
                f"nobody who is trusted here vouches for {url}: name the site's own authority with --ca FILE, "
                "at an enrolment its --pin"
            ) from error
        raise CallRefused(str(error), why=error.why) from error
    raise CallRefused(said.detail or said.error or f"HTTP {status}", status)


def enroll(url: str, code: str, name: str, site: str, *, public_key: str = "", ca: str = "") -> Enrolled:
    """Exchanges a one-time code for an identity; ``ca`` (PEM) is whom to trust. Raises :class:`CallRefused`."""
    body = msgspec.json.encode(Enroll(code=code, name=name, site=site, public_key=public_key))
    return _ask(url, "", "POST", "/v1/enroll", Enrolled, body, ca)


def new_code(url: str, office_token: str, site: str) -> str:
    """A one-time code, as the office. Raises :class:`CallRefused`."""
    body = msgspec.json.encode(NewCode(site=site))
    return _ask(url, office_token, "POST", "/v1/enrollment-codes", Code, body).code


def import_site(url: str, office_token: str, site: str, data: bytes, ca: str = "") -> Imported:
    """Loads a site file. Raises :class:`CallRefused`."""
    return _ask(url, office_token, "POST", f"/v1/sites/{site}/import", Imported, data, ca)


def lend_block(url: str, token: str, device: str, wanted: WantedBlock, ca: str = "") -> Block:
    """Sequence numbers for this handheld alone. Raises :class:`CallRefused`."""
    body = msgspec.json.encode(wanted)
    return _ask(url, token, "POST", f"/v1/devices/{device}/blocks", Block, body, ca)


def deliver_outbox(url: str, office_token: str, ca: str, data: bytes) -> Delivered:
    """Hands in the file of a handheld without a network. Raises :class:`CallRefused`."""
    return _ask(url, office_token, "POST", "/v1/outbox", Delivered, data, ca)


def events_held(url: str, token: str, device: str) -> int:
    """How many events of a device the server holds, over all epochs. Raises :class:`CallRefused`."""
    high = _ask(url, token, "GET", f"/v1/devices/{device}/hwm", HighWater)
    return sum((high.epochs or {high.epoch: high.hwm}).values())


def units(
    url: str, office_token: str, serial: str, item: str = "", at: str = "", ca: str = ""
) -> dict[str, Any]:
    """What the server knows of a serial number, in the shape of ``scanner trace``. Raises :class:`CallRefused`."""
    params: dict[str, Any] = (
        {"serial": serial} | ({"item": item} if item else {}) | ({"at": at} if at else {})
    )
    found: dict[str, Any] = _ask(url, office_token, "GET", "/v1/units", dict, ca=ca, **params)
    return found


def chains(url: str, token: str, ca: str, after: str) -> Chains:
    """The hash chains that the server holds, behind ``DEVICE/EPOCH``. Raises :class:`CallRefused`."""
    asked: dict[str, Any] = {"after": after} if after else {}
    return _ask(url, token, "GET", "/v1/chains", Chains, ca=ca, **asked)


def links(url: str, token: str, ca: str, device: str, epoch: int, since: int) -> Links:
    """The events of one chain behind ``since``. Raises :class:`CallRefused`."""
    return _ask(url, token, "GET", f"/v1/chains/{quote(device, safe='')}/{epoch}", Links, ca=ca, since=since)


def recall(url: str, office_token: str, ca: str, question: Wanted) -> Recall | None:
    """What the server knows to be affected; None where it knows nothing of that. Raises :class:`CallRefused`."""
    asked = {
        "lot": question.lot,
        "supplier": question.supplier,
        "component": question.component,
        "item": question.item,
        "from": question.first,
        "to": question.last,
    }
    params: dict[str, Any] = {name: value for name, value in asked.items() if value}
    try:
        return _ask(url, office_token, "GET", "/v1/recall", Recall, ca=ca, **params)
    except CallRefused as refused:
        if refused.status == 404:
            return None
        raise
