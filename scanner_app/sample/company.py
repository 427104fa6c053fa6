"""The sample company: Alster Pumps, with its plant in Hamburg and its distribution centre in Memphis."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from random import Random

import msgspec

from scanner_app.sample.catalogue import Json, items, parties
from scanner_app.sample.orders import documents
from scanner_app.sample.places import TIMEZONES, locations, operators
from scanner_app.sample.stock import site_units
from tracking.site import Site

SEED = "alster-1"
SITES = ("HAM", "MEM")

COMPANY_PREFIX = "9521234"
"""Of GS1's range for examples: what the SSCCs of the sample's cartons begin with."""

_POLICY = {
    "HAM": {"over_receipt": "stop", "unknown_serial_at_shipping": "stop", "complete_on_last_scan": True},
    "MEM": {"over_receipt": "note", "unknown_serial_at_shipping": "stop", "complete_on_last_scan": True},
}


@dataclass(frozen=True)
class Company:
    """What both sites know on one day. Items and parties are shared, the rest belongs to a site."""

    today: date
    items: list[Json]
    parties: list[Json]
    sites: dict[str, Json]
    """Site code -> its site file, in the format of ``scanner replay --site``."""

    def site_file(self, code: str, *, whole_company: bool = False) -> Json:
        """The site file of one site, a copy that the caller may change. Raises KeyError for an unknown code.

        With *whole_company* the other sites' units are in it too, in the short form every handheld knows of
        them: item, serial, status, flags and customer, without places, which are not this site's.
        """
        site = deepcopy(self.sites[code])
        if whole_company:
            short = ("item", "serial", "status", "flags", "customer", "sold_on", "installed_in")
            site["units"] += [
                {key: deepcopy(unit[key]) for key in short if key in unit}
                for other in self.sites
                if other != code
                for unit in self.sites[other]["units"]
            ]
        return site

    def site(self, code: str) -> Site:
        """The same as a value, as labels and the shift want it. Raises KeyError for an unknown code."""
        return msgspec.convert(self.sites[code], Site)


def company(today: date) -> Company:
    """The sample company as of *today*: the same date gives the same company, byte for byte."""
    shared_items, shared_parties = items(), parties()
    sites: dict[str, Json] = {}
    for code in SITES:
        units = site_units(code, shared_items, today, Random(f"{SEED}:{code}"))  # noqa: S311 - sample data, no secret
        sites[code] = {
            "site": code,
            "timezone": TIMEZONES[code],
            "today": today.isoformat(),
            "items": shared_items,
            "parties": shared_parties,
            "locations": locations(code),
            "operators": operators(code),
            "documents": documents(code, units),
            "units": units,
            "policy": {**_POLICY[code], "company_prefix": COMPANY_PREFIX},
        }
    return Company(today=today, items=shared_items, parties=shared_parties, sites=sites)


def to_json(site_file: Json) -> str:
    """A site file as text, keys in the order of the format, indented so that a person can compare it."""
    return msgspec.json.format(msgspec.json.encode(site_file), indent=1).decode()
