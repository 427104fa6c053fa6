"""What was learned of this handheld's scanners: kept beside the journal, one profile for each source of scans."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from drivers.scan import Scan
from scanner_app.scanners.profile import NOTHING_KNOWN, Profile
from scanner_app.storage_errors import StoreError

SCANNERS_FILE = "scanners.json"
SCANNERS_BYTES_MAX = 262_144
SCANNERS_MAX = 64
"""Sources that are kept; a handheld has three or four. With one more, the one taught longest ago goes."""


class LearnedScanners:
    """The profiles by source, ``wedge`` or ``serial:dock``. Without a folder they last as long as the process."""

    def __init__(self, folder: Path | None = None) -> None:
        self._path = folder / SCANNERS_FILE if folder is not None else None
        self.last_card: Scan | None = None
        """The last scan of a card: a second one at once after it shows that this scanner sends bursts."""
        self.damaged = False
        """The file could not be read: its scanners must be taught again."""
        self._profiles = self._read()

    def _read(self) -> dict[str, Profile]:
        if self._path is None:
            return {}
        try:
            data = self._path.read_bytes()[:SCANNERS_BYTES_MAX]
            return msgspec.json.decode(data, type=dict[str, Profile])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError):
            self.damaged = True
            return {}

    def of(self, source: str) -> Profile:
        """The profile of a source; one that does nothing where nobody taught it."""
        return self._profiles.get(source, NOTHING_KNOWN)

    def burst_gap_ms(self, source: str) -> int:
        """The pause within the bursts of a source; 0 for a scanner that sends one code a pull. From any thread."""
        return self.of(source).burst_gap_ms

    def all(self) -> Mapping[str, Profile]:
        """Every profile by its source, the one taught last at the end."""
        return dict(self._profiles)

    def keep(self, source: str, profile: Profile) -> None:
        """Durably, in place of what was known. Raises :class:`StoreError`; what was known then stays."""
        profiles = {name: known for name, known in self._profiles.items() if name != source}
        profiles[source] = profile
        kept = dict(list(profiles.items())[-SCANNERS_MAX:])
        if self._path is not None:
            try:
                _write(self._path, msgspec.json.encode(kept))
            except OSError as error:
                raise StoreError(
                    f"what was learned of the scanner cannot be kept: {error.strerror}"
                ) from error
        self._profiles = kept
        self.damaged = False


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, also when the battery is pulled."""
    temporary = path.with_suffix(".new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
