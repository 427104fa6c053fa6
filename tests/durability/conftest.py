"""What the durability tests are given."""

from __future__ import annotations

from tests.durability.disks import quick as quick
from tests.durability.disks import small_disk as small_disk
