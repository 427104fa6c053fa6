"""Certificates: an authority of the site's own, the server's certificate from it, and the pin that handhelds check."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

CA_DAYS = 3650
SERVER_DAYS = 397
"""Longer is not accepted everywhere."""
PEM_BYTES_MAX = 256 * 1024


class AuthorityError(Exception):
    """The certificates cannot be made or read; one plain sentence."""


class Made(NamedTuple):
    """What was written."""

    ca: Path
    certificate: Path
    """The server's own, with the authority's behind it."""
    key: Path
    pin: str
    new_ca: bool


def make(folder: Path, hosts: Sequence[str], now: datetime) -> Made:
    """An authority in the folder, or the one that is there, and a new certificate of the server from it.

    Raises :class:`AuthorityError`. ``hosts``: the names and addresses under which handhelds reach the server.
    """
    from cryptography.hazmat.primitives import serialization

    ca_path, ca_key_path = folder / "ca.pem", folder / "ca.key"
    certificate, key = folder / "server.pem", folder / "server.key"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new_ca = not ca_path.exists()
        if new_ca:
            ca_key = _new_key()
            ca = _authority(ca_key, now)
            _write(ca_key_path, _key_pem(ca_key))
            _write(ca_path, ca.public_bytes(serialization.Encoding.PEM))
        else:
            ca_key, ca = _read_authority(ca_path, ca_key_path)
        own = _new_key()
        chain = [_server(own, ca, ca_key, hosts, now), ca]
        _write(key, _key_pem(own))
        _write(certificate, b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain))
    except OSError as error:
        raise AuthorityError(f"the folder {folder} cannot be used: {error.strerror}") from error
    except ValueError as error:
        raise AuthorityError(f"the authority in {folder} cannot be used: {error}") from error
    return Made(ca_path, certificate, key, pin_of(ca), new_ca)


def pin_of(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate, hexadecimal."""
    from cryptography.hazmat.primitives import hashes

    return certificate.fingerprint(hashes.SHA256()).hex()


def authority_in(certificate: Path) -> tuple[str, str]:
    """PEM and pin of the authority behind a server's certificate: the last one of the file, if it is an authority.

    Both empty where there is none: handhelds then need one that their system trusts. Raises :class:`AuthorityError`.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        found = x509.load_pem_x509_certificates(certificate.read_bytes()[:PEM_BYTES_MAX])
    except (OSError, ValueError) as error:
        raise AuthorityError(f"the certificate {certificate} cannot be read: {error}") from error
    last = found[-1]
    try:
        is_authority = last.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        is_authority = False
    if not is_authority:
        return "", ""
    return last.public_bytes(serialization.Encoding.PEM).decode(), pin_of(last)


def _new_key() -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _key_pem(key: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _read_authority(ca_path: Path, key_path: Path) -> tuple[EllipticCurvePrivateKey, x509.Certificate]:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

    key = serialization.load_pem_private_key(key_path.read_bytes(), None)
    if not isinstance(key, EllipticCurvePrivateKey):
        raise ValueError("its key is of another kind")
    return key, x509.load_pem_x509_certificate(ca_path.read_bytes())


def _name(text: str) -> x509.Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _authority(key: EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    name = _name(f"Scanner site authority {now:%Y-%m-%d}")
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=CA_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _server(
    key: EllipticCurvePrivateKey,
    ca: x509.Certificate,
    ca_key: EllipticCurvePrivateKey,
    hosts: Sequence[str],
    now: datetime,
) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID

    return (
        x509.CertificateBuilder()
        .subject_name(_name(hosts[0][:64]))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=SERVER_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_host(one) for one in hosts]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False
        )
        .sign(ca_key, hashes.SHA256())
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, crl_sign=signs, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _host(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, data: bytes) -> None:
    """For the owner only, whole or not at all."""
    part = path.with_name(path.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    part.replace(path)


def now_utc() -> datetime:
    """The moment that certificates are made at."""
    return datetime.now(UTC)
