"""What every verb is given: its options, the settings, and the two ways to end without success."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import msgspec

from config.loader import Loaded
from config.paths import data_dir, make_data_dir
from config.version import VERSION
from scanner_app.session import SessionSettings
from tracking.site import Policy

DONE, REFUSED, USAGE = 0, 1, 2
"""Exit codes: done; refused or not found; wrong usage or configuration."""


class Refusal(Exception):
    """One plain sentence for stderr, and the exit code."""

    def __init__(self, sentence: str, code: int = REFUSED) -> None:
        super().__init__(sentence)
        self.code = code


class Call(msgspec.Struct, frozen=True):
    """One call of a verb."""

    options: SimpleNamespace
    loaded: Loaded

    @property
    def folder(self) -> Path:
        """The data directory, made where it is missing."""
        return make_data_dir(data_dir(self.loaded.settings))

    @property
    def existing_folder(self) -> Path:
        """The data directory of a verb that only reads one. Raises :class:`Refusal` where it has no journal."""
        folder = data_dir(self.loaded.settings)
        try:
            found = (folder / "journal.db").exists()
        except OSError as error:
            raise Refusal(f"the data directory {folder} cannot be read ({error.strerror})", USAGE) from error
        if not found:
            raise Refusal(f"there is no handheld's data in {folder}: name its directory with --data DIR")
        return folder

    @property
    def session_settings(self) -> SessionSettings:
        """What a session needs of the settings."""
        settings = self.loaded.settings
        policy = settings.policy
        return SessionSettings(
            place=settings.device.location,
            repeat_ms=settings.scan.repeat_ms,
            expires_soon_days=policy.expires_soon_days,
            language=settings.screen.language,
            lock_after_minutes=settings.device.lock_after_minutes,
            app=VERSION,
            policy=Policy(
                over_receipt=policy.over_receipt,
                unknown_serial_at_shipping=policy.unknown_serial_at_shipping,
                complete_on_last_scan=policy.complete_on_last_scan,
                overridable=policy.overridable,
                override_role=policy.override_role,
            ),
        )


def print_json(value: Any) -> None:
    """One JSON line, flushed: others read it as it comes."""
    import json  # the handheld's start prints none and waits for no module

    sys.stdout.write(json.dumps(value, ensure_ascii=True, separators=(", ", ": ")) + "\n")
    sys.stdout.flush()


def read_file(path: str, bytes_max: int) -> bytes:
    """A file named on the command line; ``-`` is standard input. Raises :class:`Refusal`."""
    try:
        if path == "-":
            return sys.stdin.buffer.read(bytes_max + 1)
        with Path(path).open("rb") as file:
            return file.read(bytes_max + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Refusal(f"{path} cannot be read: {why}", USAGE) from error


def usage(sentence: str) -> NoReturn:
    """Ends with exit code 2."""
    raise Refusal(sentence, USAGE)
