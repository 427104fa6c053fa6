"""How a browser reached this server, also where a proxy ends TLS for it."""

from __future__ import annotations

import ipaddress

from starlette.requests import Request


def scheme_of(request: Request) -> str:
    """``https`` where the browser spoke TLS, to this server or to a proxy that says so; else ``http``.

    Whoever makes the proxy's header up gets a cookie that only TLS carries, or a picture for a handheld that finds
    nobody: it is believed for nothing else.
    """
    said = request.headers.get("x-forwarded-proto", "").strip().lower()
    return "https" if said == "https" else request.url.scheme


def on_this_machine(request: Request) -> bool:
    """True where the browser asked for this machine by its own name or number.

    A page on the internet may have its name lead here (DNS rebinding) and then read what needs no sign-in.
    """
    try:
        host = request.url.hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:  # neither a number, nor perhaps a host at all
        return False
