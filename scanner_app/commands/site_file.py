"""A site file that a command is given: read as a server takes it in, so that both refuse the same."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from scanner_app.clockwork import zone_known
from scanner_app.commands.call import USAGE, Refusal, read_file
from tracking.refused_rows import without_refused
from tracking.site import SITE_BYTES_MAX, Site, SiteError, load

REFUSED_SHOWN_MAX = 50
"""Rows that are told on the terminal."""


def read_site(path: str) -> tuple[Site, tuple[str, ...]]:
    """The site without the rows that are refused, and a sentence for each of those. Raises :class:`Refusal`."""
    try:
        site = load(read_file(path, SITE_BYTES_MAX), path)
    except SiteError as error:
        raise Refusal(str(error), USAGE) from error
    if not zone_known(site.timezone):
        raise Refusal(
            f"{path}: timezone {site.timezone[:60]!r} is not known, use one like Europe/Berlin", USAGE
        )
    return without_refused(site)


def site_of(path: str) -> Site:
    """The site; what of the file is refused is told. Raises :class:`Refusal`."""
    site, refused = read_site(path)
    tell(path, refused)
    return site


def tell(path: str, refused: Sequence[str]) -> None:
    """The rows that are refused, on standard error."""
    for row in refused[:REFUSED_SHOWN_MAX]:
        sys.stderr.write(f"{path}: {row}\n")
