"""What a bug is that is put into the product on purpose."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

Bug = Callable[[], AbstractContextManager[object]]
"""It is in for as long as the context is open."""
