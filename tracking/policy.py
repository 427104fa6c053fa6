"""What of the policy is the site's word and what is the handheld's setting.

A site file states some of it, and an explicit word counts even where it is the shipped one. So what is kept of a site's
policy is exactly what its file states; the rest is left to ``[policy]`` of each handheld.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from tracking.site import Policy, Site

NAMES = Policy.__struct_fields__
"""Every policy there is."""


class _KnownPolicy(Policy, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """A newer server may state what this version does not know."""


RECORD: msgspec.json.Decoder[Policy] = msgspec.json.Decoder(_KnownPolicy)
"""Reads a record; what it does not state is the shipped value."""


def stated(site: Site) -> dict[str, Any]:
    """What a site file says of its policy, by name: the record that handhelds keep of it."""
    usual = Policy()
    return {
        name: msgspec.to_builtins(value)
        for name in NAMES
        if (value := getattr(site.policy, name)) != getattr(usual, name) or name in site.stated_policy
    }


def named(record: bytes) -> tuple[str, ...]:
    """The names that a record states. Raises :class:`msgspec.MsgspecError` for bytes that are none."""
    said = msgspec.json.decode(record, type=dict[str, msgspec.Raw])
    return tuple(name for name in NAMES if name in said)


def over(default: Policy, record: bytes) -> Policy:
    """The policy that holds: the site's word over the handheld's settings. Raises like :func:`named`."""
    if not record:
        return default
    said = RECORD.decode(record)
    return msgspec.structs.replace(default, **_fields(said, named(record)))


def _fields(policy: Policy, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in names}
