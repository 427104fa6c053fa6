"""Where the sample company works and who works there: sites with areas and bins, people with badges."""

from __future__ import annotations

from scanner_app.sample.catalogue import Json, gln13

TIMEZONES = {"HAM": "Europe/Berlin", "MEM": "America/Chicago"}

# site -> area -> number of bins. The area's letter says what it is for; see AREA_FOR.
_AREAS: dict[str, dict[str, int]] = {
    "HAM": {"IN": 3, "A": 18, "B": 18, "M": 6, "F": 12, "Q": 2, "R": 2},
    "MEM": {"IN": 2, "A": 16, "M": 4, "F": 12, "Q": 1, "R": 2},
}
_GLN_BASE = {"HAM": 100, "MEM": 200}
BINS_PER_RACK = 3

_OPERATORS: dict[str, list[Json]] = {
    "HAM": [
        {"badge": "OP-7", "name": "Ida Petersen", "roles": ["operator"], "pin": ""},
        {"badge": "OP-8", "name": "Jannik Brandt", "roles": ["operator"], "pin": ""},
        {"badge": "OP-11", "name": "Marek Nowak", "roles": ["operator"], "pin": "1357"},
        {"badge": "OP-2", "name": "Fatma Yildiz", "roles": ["operator", "supervisor"], "pin": "2468"},
    ],
    "MEM": [
        {"badge": "OP-31", "name": "Denise Walker", "roles": ["operator"], "pin": ""},
        {"badge": "OP-32", "name": "Luis Ortega", "roles": ["operator"], "pin": ""},
        {"badge": "OP-35", "name": "Tom Nguyen", "roles": ["operator"], "pin": "9021"},
        {"badge": "OP-30", "name": "Carol Hughes", "roles": ["operator", "supervisor"], "pin": "7788"},
    ],
}


def locations(site: str) -> list[Json]:
    """The site, its areas (both with a GLN) and their bins: ``HAM-A-01-2`` is rack 1, shelf 2 of area A."""
    rows: list[Json] = [{"location": site, "gln": gln13(_GLN_BASE[site]), "parent": ""}]
    for number, (area, bins) in enumerate(_AREAS[site].items(), start=1):
        rows.append({"location": f"{site}-{area}", "gln": gln13(_GLN_BASE[site] + number), "parent": site})
        rows += [
            {"location": bin_name(site, area, index), "gln": "", "parent": f"{site}-{area}"}
            for index in range(bins)
        ]
    return rows


def bin_name(site: str, area: str, index: int) -> str:
    """The name of the bin with this index (from 0) in an area."""
    return f"{site}-{area}-{index // BINS_PER_RACK + 1:02d}-{index % BINS_PER_RACK + 1}"


def bins(site: str, area: str) -> list[str]:
    """Every bin of an area, in order."""
    return [bin_name(site, area, index) for index in range(_AREAS[site][area])]


def area_for(site: str, item: str, status: str) -> str:
    """Which area keeps a unit: products in F, meters in M, returns in R, bulky parts in A, the rest in B."""
    if status == "produced":
        return "F"
    if status == "returned":
        return "R"
    if item.startswith("METER"):
        return "M"
    return "A" if site == "MEM" or item.startswith(("MOTOR", "DRIVE", "PUMP", "GEAR")) else "B"


def operators(site: str) -> list[Json]:
    """The people of a site, fresh dicts. The supervisor and one operator have a PIN."""
    return [dict(one) for one in _OPERATORS[site]]
