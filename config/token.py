"""The token with which this handheld signs in to the central server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.errors import ConfigError

if TYPE_CHECKING:
    from config.schema import Settings

TOKEN_BYTES_MAX: Final = 4000


def sync_token(settings: Settings) -> str:
    """``sync.token``, else the one line of ``sync.token_file``, else empty: not enrolled yet.

    :raises ConfigError: the file is named and does not hold a token. The message never quotes it.
    """
    if settings.sync.token or not settings.sync.token_file:
        return settings.sync.token
    path = Path(settings.sync.token_file)
    try:
        if not path.is_file():
            raise _refusal(path, "there is no such file")
        with path.open("rb") as file:
            data = file.read(TOKEN_BYTES_MAX + 2)
    except OSError as error:
        raise _refusal(path, f"it cannot be read ({error.strerror})") from None
    token = data.rstrip(b"\r\n")
    if not re.fullmatch(rb"[\x21-\x7e]{1,%d}" % TOKEN_BYTES_MAX, token):
        raise _refusal(path, "it does not hold one token on one line")
    return token.decode("ascii")


def _refusal(path: Path, what: str) -> ConfigError:
    return ConfigError(what=f"sync.token_file: {what}", where=str(path), try_this="enrol this handheld again")
