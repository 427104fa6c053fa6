"""Renders a page. Every value is made printable and escaped on its way in, whatever a template says."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response

from server.api.exchange import Refusal, central_of
from tracking.counted import counted
from tracking.printable import printable

FOLDER = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_SHORT = {"asn": "ASN", "rma": "RMA"}
_AGES = ((60, "s"), (60, "min"), (24, "h"), (10**6, "d"))


def _finalize(value: Any) -> Any:
    """What a template's expression comes to: text only ever in its printable form."""
    if value is None:
        return ""
    return printable(value, None) if isinstance(value, str) and not isinstance(value, Markup) else value


def words(text: str) -> Markup:
    """A name or a description: printable, but with the combining marks that many scripts are written with."""
    text = unicodedata.normalize("NFC", text)
    shown = "".join(
        char if unicodedata.category(char).startswith("M") else printable(char, None) for char in text
    )
    return escape(shown)


def moment(at: str) -> str:
    """An event's wall time as its device wrote it: ``23 Nov 2026, 10:00:03``."""
    try:
        parsed = datetime.fromisoformat(at)
    except ValueError:
        return at
    return f"{parsed.day} {parsed:%b %Y, %H:%M:%S}"


def utc(unix_ms: int) -> str:
    """A server time."""
    return (
        datetime.fromtimestamp(unix_ms / 1000, UTC).strftime("%d %b %Y, %H:%M:%S UTC") if unix_ms else "never"
    )


def ago(unix_ms: int, now_ms: int) -> str:
    """How long ago: ``4 min ago``, or ``never``."""
    if not unix_ms:
        return "never"
    amount = max(0, now_ms - unix_ms) // 1000
    for size, unit in _AGES:
        if amount < size:
            return f"{amount} {unit} ago" if amount or unit != "s" else "now"
        amount //= size
    return "long ago"


def plain(name: str) -> str:
    """A code word as people say it: ``in_service`` is ``In service``."""
    text = _SHORT.get(name) or name.replace("_", " ")
    return text[:1].upper() + text[1:]


def kind(name: str) -> str:
    """An exception's kind as people say it: ``shipping_while_unknown`` is ``Shipping, never received``."""
    step, found, status = name.partition("_while_")
    return plain(f"{step}, never received" if found and status in {"unknown", "planned"} else name)


def grouped(count: int) -> str:
    """A count with thin groups of thousands."""
    return f"{count:,}".replace(",", "'")


def noun(count: int, one: str, many: str = "") -> str:
    """What is counted, without its number: ``unit`` of 1, ``units`` of any other."""
    return counted(count, one, many).partition(" ")[2]


def unit_url(item: str, serial: str) -> str:
    """Address of a unit's page."""
    return f"/units/{quote(item, safe='')}/{quote(serial, safe='')}"


def document_url(number: str) -> str:
    """Address of a document's page."""
    return f"/documents/{quote(number, safe='')}"


def count_url(number: str) -> str:
    """Address of a count's page."""
    return f"/counts/{quote(number, safe='')}"


_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    finalize=_finalize,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters.update(
    words=words,
    kind=kind,
    moment=moment,
    utc=utc,
    ago=ago,
    plain=plain,
    grouped=grouped,
    noun=noun,
    document_url=document_url,
    count_url=count_url,
)
_ENVIRONMENT.globals.update(unit_url=unit_url)


def page(request: Request, template: str, status: int = 200, **values: object) -> Response:
    """A page, with the headers that keep it harmless."""
    central = central_of(request)
    shown = {
        "here": request.url.path,
        "now_ms": central.now_ms(),
        "signs_in": not central.open_pages,
        "query": "",
        **values,
    }
    text = _ENVIRONMENT.get_template(template).render(shown)
    return Response(text.encode("utf-8", "replace"), status, HEADERS, "text/html; charset=utf-8")


def _sentence(text: str) -> str:
    """What is said to a program, as a person reads it."""
    return text[:1].upper() + text[1:].rstrip(".") + "."


def trouble(request: Request, refusal: Refusal) -> Response:
    """A page that says why there is no page."""
    response = page(
        request, "trouble.html", refusal.status, title=plain(refusal.error), detail=_sentence(refusal.detail)
    )
    response.headers.update(refusal.headers)
    return response
