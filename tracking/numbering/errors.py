"""The one error of this package."""

from __future__ import annotations


class NumberingError(ValueError):
    """A pattern, scheme, block or key that cannot be used; the text is a sentence that says why and what to do."""
