"""Who this handheld is on its server: kept beside the journal, readable by its own account only."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from config.schema import Settings
from scanner_app.running import Server
from scanner_app.storage_errors import StoreError

IDENTITY_FILE = "identity.json"
IDENTITY_BYTES_MAX = 16_384


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What enrolment gave."""

    device: str
    token: str
    site: str
    url: str


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
    token = settings.sync.token or _token_file(settings) or identity.token
    return Server(url=settings.sync.url or identity.url, token=token, site=identity.site)


def _token_file(settings: Settings) -> str:
    if not settings.sync.token_file:
        return ""
    try:
        return Path(settings.sync.token_file).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            f"the token file {settings.sync.token_file} cannot be read: correct sync.token_file"
        ) from error
