"""Enrolment: the office makes a one-time code, a handheld exchanges it for an identity and a token."""

from __future__ import annotations

from server import access, devices, signatures
from server.storage import Storage
from server.wrong_secrets import WrongSecrets
from sync.wire import Code, Enroll, Enrolled, NewCode
from tracking.site import refuse_name

VALID_S_MAX = 7 * 24 * 3600
WRONG_CODES_MAX = 20
"""So many in a minute, and nobody may try any more until it is over."""


class EnrollmentError(Exception):
    """The code, the name or the site cannot be taken; one plain sentence."""


class WrongCodeError(EnrollmentError):
    """There is no such code, or no more."""


class Guesses(WrongSecrets):
    """Counts wrong codes, of whoever: there are never so many honest ones."""

    def __init__(self) -> None:
        super().__init__("enrollment", WRONG_CODES_MAX, "too many wrong codes: wait a minute")


def new_code(storage: Storage, wanted: NewCode, now_ms: int) -> Code:
    """Make a code. Raises :class:`EnrollmentError`."""
    if not 0 < wanted.valid_s <= VALID_S_MAX:
        raise EnrollmentError(f"a code is valid for 1 to {VALID_S_MAX} seconds")
    if wanted.site:
        _check("the site", wanted.site)
    code = access.new_code()
    expires_ms = now_ms + wanted.valid_s * 1000
    with storage.write() as tx:
        if wanted.device:
            device = devices.by_id(tx, wanted.device)
            if wanted.device == devices.OFFICE or (device is None and not _may_be_lost(wanted)):
                raise EnrollmentError(f"there is no device {wanted.device[:60]!r}")
        tx.run("DELETE FROM enrollment WHERE expires_ms < ?", now_ms - VALID_S_MAX * 1000)
        tx.run(
            "INSERT INTO enrollment (code_hash, site, device, expires_ms) VALUES (?, ?, ?, ?)",
            access.code_hash(code),
            wanted.site,
            wanted.device,
            expires_ms,
        )
    return Code(code=code, site=wanted.site, device=wanted.device, expires_ms=expires_ms)


def enroll(storage: Storage, asked: Enroll, guesses: Guesses, now_ms: int) -> Enrolled:
    """Exchange a code. Raises :class:`EnrollmentError`, and :class:`server.pace.TooFastError` for whoever guesses."""
    guesses.check(storage, "", now_ms)
    try:
        return _exchanged(storage, asked, now_ms)
    except WrongCodeError:
        guesses.wrong(storage, "", now_ms)
        raise


def _exchanged(storage: Storage, asked: Enroll, now_ms: int) -> Enrolled:
    """The code is used up in the transaction that makes the identity."""
    if asked.public_key and not signatures.is_key(asked.public_key):
        raise EnrollmentError("the device's key is none: 32 bytes, in hexadecimal")
    token = access.new_token()
    with storage.write() as tx:
        row = tx.row(
            "SELECT site, device FROM enrollment WHERE code_hash = ? AND used_ms = 0 AND expires_ms > ?",
            access.code_hash(asked.code),
            now_ms,
        )
        if row is None:
            raise WrongCodeError("this code is wrong, used or too old: ask the office for a new one")
        site, device = str(row[0]) or asked.site, str(row[1])
        if row[0] and asked.site and asked.site != row[0]:
            raise EnrollmentError(
                f"this code is for site {row[0]}: set that site, or ask the office for a code of yours"
            )
        known = devices.by_id(tx, device) if device else None
        if known is not None:
            site = known.site
            devices.renew_token(tx, device, access.token_hash(token), asked.public_key)
        else:
            _check("the site", site)
            device = device or access.new_device_id()
            name = asked.name.strip()[:80] or device
            devices.add(tx, device, name, site, access.token_hash(token), now_ms, asked.public_key)
        tx.run("UPDATE enrollment SET used_ms = ? WHERE code_hash = ?", now_ms, access.code_hash(asked.code))
    return Enrolled(device=device, token=token, site=site, generation=storage.generation, server_ms=now_ms)


def _may_be_lost(wanted: NewCode) -> bool:
    """A device that a backup does not know yet: it keeps its name, or its events could never be handed in again."""
    return bool(wanted.site) and access.is_device_id(wanted.device)


def _check(what: str, name: str) -> None:
    why = refuse_name(name)
    if why:
        raise EnrollmentError(f"{what} {name[:60]!r} {why}")
