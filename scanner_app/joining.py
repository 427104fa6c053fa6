"""Joining a server: the key is made here, the server's authority is checked against the pin, the code is exchanged."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ssl
from urllib.parse import urlsplit

import msgspec

from scanner_app import server_calls
from scanner_app.identity import Identity
from scanner_app.server_calls import CallRefused
from sync.credentials import new_key, public_key
from sync.wire import Authority
from tracking.invitation import Invitation
from tracking.phrases import phrase

ANSWER_BYTES_MAX = 64 * 1024
TIMEOUT_S = 10.0


def join(invitation: Invitation, name: str, site: str, now_ms: int) -> Identity:
    """The identity that the server gave. Whoever calls keeps it. Raises :class:`CallRefused`."""
    ca = authority(invitation.url, invitation.pin) if invitation.pin else ""
    key = new_key()
    given = server_calls.enroll(
        invitation.url, invitation.code, name, site, public_key=public_key(key), ca=ca
    )
    return Identity(
        device=given.device,
        token=given.token,
        site=given.site,
        url=invitation.url,
        key=key,
        token_ms=now_ms,
        ca=ca,
    )


def authority(url: str, pin: str) -> str:
    """The authority (PEM) behind a server, which must have this pin. Raises :class:`CallRefused`.

    Whom to trust is not known yet, so anybody may answer; but nobody else's certificate has the pin.
    """
    address = urlsplit(url)
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    try:
        line = http.client.HTTPSConnection(
            address.hostname or "", address.port or 443, timeout=TIMEOUT_S, context=trusting
        )
        try:
            line.request("GET", "/v1/ca")
            said = msgspec.json.decode(line.getresponse().read(ANSWER_BYTES_MAX), type=Authority)
        finally:
            line.close()
        found = hashlib.sha256(ssl.PEM_cert_to_DER_cert(said.certificate.strip())).hexdigest()
    except (OSError, ValueError, http.client.HTTPException, msgspec.MsgspecError) as error:
        raise CallRefused(
            f"{url} does not say who vouches for it ({type(error).__name__})",
            why=phrase("enroll_no_voucher", server=url),
        ) from error
    if not hmac.compare_digest(found, pin):
        raise CallRefused(
            f"something else answers in the place of {url}: its certificate is not the site's",
            why=phrase("enroll_wrong_voucher", server=url),
        )
    return said.certificate
