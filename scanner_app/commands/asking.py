"""The options of a verb that asks a server: its address, a token, and who may vouch for it."""

from __future__ import annotations

import argparse
import contextlib
import re
from typing import NamedTuple

from config.paths import data_dir
from scanner_app.commands.call import Call, read_file, usage
from scanner_app.identity import known
from scanner_app.storage_errors import StoreError

CA_BYTES_MAX = 1 << 20
TOKEN_BYTES_MAX = 4000
OF_FILE = "@"
"""In front of a file's name in place of a token: what stands on a command line, everybody on the machine can read."""


class Asked(NamedTuple):
    """A server, and how it is asked."""

    url: str
    token: str
    ca: str
    """PEM of the only certificate authority that may vouch for it; empty: those of the system."""


def add(parser: argparse.ArgumentParser, server: str, token: str = "the office token") -> None:  # noqa: S107 - a help text
    """The three options; ``server`` and ``token`` are the help of two of them."""
    parser.add_argument("--server", metavar="URL", help=server)
    parser.add_argument("--token", default="", help=f"{token}; @FILE: the one in this file")
    parser.add_argument(
        "--ca",
        metavar="FILE",
        help="certificate of the site's own authority (PEM); default: this handheld's, else the system's",
    )


def token_of(call: Call) -> str:
    """The token that was named, or the one line of the file that was."""
    named = str(call.options.token)
    if not named.startswith(OF_FILE):
        return named
    path = named.removeprefix(OF_FILE)
    token = read_file(path, TOKEN_BYTES_MAX).strip()
    if not re.fullmatch(rb"[\x21-\x7e]{1,%d}" % TOKEN_BYTES_MAX, token):
        usage(f"{path} does not hold one token on one line")
    return token.decode("ascii")


def asked(call: Call, url: str) -> Asked:
    """How this server is asked. A handheld that is enrolled there knows who vouches for it."""
    options, token = call.options, token_of(call)
    if options.ca:
        try:
            ca = read_file(options.ca, CA_BYTES_MAX).decode("ascii")
        except UnicodeDecodeError:
            ca = ""
        if "-----BEGIN CERTIFICATE-----" not in ca:
            usage(f"{options.ca} is no certificate in PEM")
        return Asked(url, token, ca)
    with contextlib.suppress(StoreError):
        identity = known(data_dir(call.loaded.settings))
        if identity is not None and identity.url.rstrip("/") == url.rstrip("/"):
            return Asked(url, token, identity.ca)
    return Asked(url, token, "")
