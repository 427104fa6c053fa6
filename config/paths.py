"""Where settings files are looked for and where data lives (XDG Base Directory Specification)."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.schema import Settings

FOLDER: Final = "scanner"
FILE: Final = "scanner.toml"
SYSTEM: Final = Path("/etc") / FOLDER / FILE


def home(environ: Mapping[str, str]) -> Path | None:
    """The home directory: ``HOME`` if it is absolute, else the account's own, else ``None``."""
    named = Path(environ.get("HOME", ""))
    if named.is_absolute():
        return named
    try:
        return Path(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:  # a container may run under a number that is no account
        return None


def _xdg(environ: Mapping[str, str], variable: str, below_home: str) -> Path | None:
    named = Path(environ.get(variable, ""))
    if named.is_absolute():  # the specification: a relative path is to be ignored
        return named / FOLDER
    at_home = home(environ)
    return at_home / below_home / FOLDER if at_home else None


def settings_files(environ: Mapping[str, str], cwd: Path, system: Path = SYSTEM) -> tuple[Path, ...]:
    """The usual places of ``scanner.toml``, the strongest first. They need not exist."""
    user = _xdg(environ, "XDG_CONFIG_HOME", ".config")
    return (cwd / FILE, *([user / FILE] if user else []), system)


def data_dir(settings: Settings, environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of the journal and the cache. It need not exist, see :func:`make_data_dir`.

    :raises ConfigError: none is set and the account has no home.
    """
    if settings.data.dir:
        return Path(settings.data.dir)
    state = _xdg(environ, "XDG_STATE_HOME", ".local/state")
    if state is None:
        raise ConfigError(
            what="there is no home directory to keep data in",
            where="data.dir",
            try_this="name a folder with --data DIR",
        )
    return state


def make_data_dir(folder: Path) -> Path:
    """Makes ``folder`` for this account alone where it is missing, and sees that files can be made in it.

    :raises ConfigError: it cannot be made, is no folder, or does not let this account in.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.scandir(folder):
            pass
        denied = not os.access(folder, os.R_OK | os.W_OK | os.X_OK)
        why = "Permission denied" if denied else ""
    except OSError as error:
        why = error.strerror or type(error).__name__
    except ValueError:  # a NUL in the path
        why = "not a path"
    if why:
        raise ConfigError(
            what=f"the data directory cannot be used ({why})",
            where=ascii(str(folder)).strip("'"),
            try_this="correct its permissions, or name another with --data DIR",
        )
    return folder


def server_database(
    settings: Settings, named: str = "", environ: Mapping[str, str] = os.environ
) -> Path | str:
    """The central server's SQLite file, or the address of its PostgreSQL database as it is written.

    ``named`` comes before the setting. :raises ConfigError: as :func:`data_dir`.
    """
    named = named or settings.server.database
    if "://" in named:
        return named
    return Path(named) if named else data_dir(settings, environ) / "server.db"
