r"""A scanner's profile: what it adds to a code, what it sends for separators, and through which layouts it types.

Profiles are learned from the calibration card, named (:data:`SHIPPED`), or given in a record of ``scanner read``.
They are undone before a code is read; the raw bytes of the scan stay as they came.

>>> undone(named("us-on-de+gs-braces"), "+C110LOTß7ÜGS*21SNß1").texts
(']C110LOT-7\x1d21SN-1',)
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from config.keyboard_layouts import LAYOUTS
from config.keyboard_text import Retyping, meant, typed
from tracking.identifiers.symbologies import COMPOSITE

TERMINATORS = "\r\n\t"
"""What a scanner may send after a code and no driver took off; never part of one."""
FORM_CHARS_MAX = 32
"""Longest text that a scanner sends in front of a code, behind it or for a separator."""

_SEPARATORS = (("eot", "\x04"), ("rs", "\x1e"), ("gs", "\x1d"))


class Profile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one scanner does to codes. The default is one that does nothing."""

    scanner: str = "us"
    """The keyboard layout whose keys it presses."""
    host: str = "us"
    """The layout by which this handheld reads them; the same one where the scanner does not type."""
    caps: bool = False
    """Caps Lock is on."""
    prefix: str = ""
    """What it sends in front of a code and of its AIM identifier, as it arrives here."""
    suffix: str = ""
    """What it sends behind a code, before the terminator, as it arrives here."""
    gs: str = ""
    """What arrives for a separator (GS, FNC1); empty where that is the separator itself, or unknown."""
    rs: str = ""
    eot: str = ""
    gs_lost: bool = False
    """Nothing arrives for a separator."""
    aim: bool | None = None
    """Whether it sends AIM identifiers in front of the data; None where that is not known."""
    terminator: str = ""
    """What ends its codes; empty where nothing does, or unknown."""
    burst_gap_ms: int = 0
    """Longest pause between the codes that it sends for one pull, milliseconds; 0 where it sends one."""

    @property
    def separates(self) -> bool:
        """True where it is known that separators arrive, so that none can be missing."""
        return not self.gs_lost and (bool(self.gs) or self.aim is not None)

    @property
    def way(self) -> Retyping:
        """What happens to the characters."""
        return Retyping(self.scanner, self.host, self.caps)


NOTHING_KNOWN = Profile()

GS_FORMS: Mapping[str, str] = MappingProxyType(
    {
        "braces": "{GS}",
        "angles": "<GS>",
        "squares": "[GS]",
        "picture": "\u241d",
        "e-grave": "\u00e8",
        "alt029": "Alt029",
        "pipe": "|",
        "tilde": "~d029",
        "caret": "^]",
    }
)
"""What scanners are known to send for a separator, by the names that profiles give it."""


def _shipped() -> dict[str, Profile]:
    found = {"gs-lost": Profile(gs_lost=True)}
    for host in LAYOUTS:
        found[f"us-on-{host}"] = Profile(host=host)
        found[f"us-on-{host}-caps"] = Profile(host=host, caps=True)
    return found | {f"gs-{name}": Profile(gs=form) for name, form in GS_FORMS.items()}


SHIPPED: Mapping[str, Profile] = MappingProxyType(_shipped())
"""Profiles by name; two of them are joined by ``+``, the layout first."""


def named(name: str) -> Profile | None:
    """The shipped profile of this name, also of names joined by ``+``; None where there is none."""
    fields: dict[str, Any] = {}
    for part in name.split("+"):
        if part not in SHIPPED:
            return None
        fields |= msgspec.structs.asdict(SHIPPED[part]) if not fields else _set_in(SHIPPED[part])
    return Profile(**fields)


def _set_in(profile: Profile) -> dict[str, Any]:
    values = msgspec.structs.asdict(profile)
    return {name: value for name, value in values.items() if value != getattr(NOTHING_KNOWN, name)}


def of_record(given: object, learned: Mapping[str, Profile] = MappingProxyType({})) -> Profile:
    """The profile that a record of ``scanner read`` names or spells out. What is not understood says nothing."""
    if isinstance(given, str):
        return learned.get(given) or named(given) or NOTHING_KNOWN
    if not isinstance(given, dict):
        return NOTHING_KNOWN
    texts = {
        name: given[name]
        for name in ("prefix", "suffix", "gs", "rs", "eot")
        if isinstance(given.get(name), str) and len(given[name]) <= FORM_CHARS_MAX
    }
    names = {name: given.get(name) for name in ("scanner", "host", "layout")}
    layouts = {name: value for name, value in names.items() if isinstance(value, str) and value in LAYOUTS}
    if "layout" in layouts:
        layout = layouts.pop("layout")
        layouts.setdefault("host", layout)
    flags = {name: given[name] for name in ("caps", "gs_lost", "aim") if isinstance(given.get(name), bool)}
    return replace(NOTHING_KNOWN, **texts, **layouts, **flags)


class Undone(NamedTuple):
    """What a code was before the scanner and its host changed it."""

    texts: tuple[str, ...]
    """The texts that it can have been, the likeliest first; the text as it came where the profile does not fit."""
    fits: bool = True
    """False when the profile cannot have led to this text: Caps Lock was pressed, or it is another scanner."""


def undone(profile: Profile, text: str) -> Undone:
    """The text as the label has it."""
    if profile is NOTHING_KNOWN:
        return Undone((text.rstrip(TERMINATORS),))
    body = text.rstrip(TERMINATORS).removeprefix(profile.prefix).removesuffix(profile.suffix)
    for name, separator in _SEPARATORS:
        form = getattr(profile, name)
        if form and form != separator:
            # A form that a person wrote down is what the scanner types, one that was learned is what arrives.
            body = body.replace(typed(form, profile.way), separator).replace(form, separator)
            body = body.replace(f"{separator}]e", COMPOSITE) if form == COMPOSITE[0] else body
    texts = meant(body, profile.way)
    return Undone(texts) if texts else Undone((body,), fits=False)
