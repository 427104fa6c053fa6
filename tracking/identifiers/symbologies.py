"""What AIM symbology identifiers (ISO/IEC 15424) and a code's own marks declare, for the reader and all parsers."""

from __future__ import annotations

GS1_SYMBOLOGIES = frozenset(
    {"]C1", "]e0", "]e1", "]e2", "]d2", "]d5", "]Q3", "]Q4", "]J1", "]J4", "]z1", "]z4"}
)
"""AIM identifiers that say FNC1 is in first position: element strings and nothing else."""

EAN_SYMBOLOGIES = frozenset({"]E0", "]E3", "]E4", "]I1"})
"""EAN/UPC, with add-on, EAN-8, and ITF with its check digit tested: nothing but trade item numbers."""

COMPOSITE = "|]e"
"""Where the two-dimensional part of a composite symbol begins, in what scanners send (ISO/IEC 24723)."""

LOOKS_GS1 = "looks like GS1"
"""The reason of an element string that nothing but its content declares."""

MAY_BE_MISSING = "a separator may be missing"
"""The doubt about a value that ends like another element."""
