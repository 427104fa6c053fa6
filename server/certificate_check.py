"""Looks at the server's certificate and its key: whether they belong together, whom they speak for, and how long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from server.authority import PEM_BYTES_MAX
from server.finding import Finding
from tracking.counted import counted

DAYS_LEFT_MIN = 30
OTHERS_BITS = 0o077


def certificate_findings(certificate: str, key: str, now_ms: int) -> Iterator[Finding]:
    """Nothing is looked at where there is no TLS, which is said."""
    if not certificate and not key:
        yield Finding.note(
            "certificate",
            "there is no TLS: tokens travel in the clear",
            "scanner server ca FOLDER, or a proxy",
        )
        return
    if not certificate or not key:
        yield Finding.wrong("certificate", "TLS needs both a certificate and its key", "name both")
        return
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        own = x509.load_pem_x509_certificates(Path(certificate).read_bytes()[:PEM_BYTES_MAX])[0]
        secret = serialization.load_pem_private_key(Path(key).read_bytes()[:PEM_BYTES_MAX], None)
    except (OSError, ValueError, TypeError) as error:
        yield Finding.wrong("certificate", f"it cannot be read: {error}", "name PEM files without a password")
        return
    encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    if own.public_key().public_bytes(encoding, form) != secret.public_key().public_bytes(encoding, form):
        yield Finding.wrong(
            "certificate", "the key is another certificate's", "name the two that belong together"
        )
        return
    if Path(key).stat().st_mode & OTHERS_BITS:
        yield Finding.note("certificate", "others may read its key", f"chmod 600 {key}")
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    days = (own.not_valid_after_utc - now).days
    if not own.not_valid_before_utc <= now <= own.not_valid_after_utc:
        yield Finding.wrong(
            "certificate",
            f"it holds from {own.not_valid_before_utc:%Y-%m-%d} to {own.not_valid_after_utc:%Y-%m-%d}",
            "make a new one, or set this machine's clock",
        )
    elif days < DAYS_LEFT_MIN:
        yield Finding.note(
            "certificate", f"it ends in {counted(days, 'day')}", "make a new one: scanner server ca FOLDER"
        )
    else:
        yield Finding.ok(
            "certificate", f"{', '.join(_names(own)) or 'for no name'}, {counted(days, 'day')} left"
        )


def _names(certificate: object) -> list[str]:
    """The names and addresses that it speaks for."""
    from cryptography import x509

    assert isinstance(certificate, x509.Certificate)
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(one.value) for one in found]
