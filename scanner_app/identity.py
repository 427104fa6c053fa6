"""Who this handheld is on its server: kept beside the journal, readable by its own account only."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from config.schema import Settings
from scanner_app.clockwork import SystemClock
from scanner_app.running import Server
from scanner_app.storage_errors import StoreError
from sync.credentials import Credentials, Proof

IDENTITY_FILE = "identity.json"
CA_FILE = "ca.pem"
IDENTITY_BYTES_MAX = 65_536


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What enrolment gave."""

    device: str
    token: str
    site: str
    url: str
    key: str = ""
    """What it signs with, see :mod:`sync.credentials`."""
    next_token: str = ""
    renewal: int = 0
    token_ms: int = 0
    ca: str = ""
    """PEM of the certificate authority that alone may vouch for the server; empty: those of the system."""


def keep(folder: Path, identity: Identity) -> None:
    """Writes it whole or not at all."""
    path = folder / IDENTITY_FILE
    temporary = path.with_suffix(".new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(identity))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def known(folder: Path) -> Identity | None:
    """The identity of a data directory. Raises :class:`StoreError` where the file is damaged."""
    path = folder / IDENTITY_FILE
    try:
        return msgspec.json.decode(path.read_bytes()[:IDENTITY_BYTES_MAX], type=Identity)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreError(f"{path} cannot be read: enroll this handheld again (its scans are kept)") from error


def server_of(folder: Path, settings: Settings) -> Server | None:
    """Where to sync: as enrolled, with address and token from the settings before those kept. None: works alone."""
    identity = known(folder)
    if identity is None:
        return None
    named = settings.sync.token or _token_file(settings)
    return Server(
        url=settings.sync.url or identity.url,
        token=named or identity.token,
        site=identity.site,
        ca=str(_ca_file(folder, identity)) if identity.ca else "",
        credentials=_credentials(folder, identity, named),
    )


def _credentials(folder: Path, identity: Identity, named_token: str) -> Credentials | None:
    """What it signs with; a token that is named in the settings is renewed by whoever wrote it there."""
    if not identity.key:
        return None
    proof = Proof(
        token=named_token or identity.token,
        key=identity.key,
        next_token=identity.next_token,
        renewal=identity.renewal,
        token_ms=identity.token_ms,
    )

    def write(proof: Proof) -> None:
        keep(
            folder,
            msgspec.structs.replace(
                identity,
                token=proof.token,
                next_token=proof.next_token,
                renewal=proof.renewal,
                token_ms=proof.token_ms,
            ),
        )

    return Credentials(proof, write, SystemClock().wall_ms, renews=not named_token)


def _ca_file(folder: Path, identity: Identity) -> Path:
    """The certificate as a file, which is how connections take it; written anew where it is missing or another."""
    path = folder / CA_FILE
    if not path.exists() or path.read_text() != identity.ca:
        path.write_text(identity.ca)
    return path


def _token_file(settings: Settings) -> str:
    if not settings.sync.token_file:
        return ""
    try:
        return Path(settings.sync.token_file).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            f"the token file {settings.sync.token_file} cannot be read: correct sync.token_file"
        ) from error
