"""The one way in which settings refuse: what is wrong, where, and what to do about it."""

from __future__ import annotations


class ConfigError(Exception):
    """A setting or a settings file that cannot be used. Commands print it as it is and exit with 2."""

    def __init__(self, *, what: str, where: str, try_this: str) -> None:
        """Each part is a clause without a full stop; together they read as one sentence."""
        super().__init__(f"{where}: {what}; {try_this}.")
        self.what = what
        self.where = where
        self.try_this = try_this
