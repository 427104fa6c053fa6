"""Serial numbers of our own: how they are built, checked, handed out offline, and what may not become one.

A module a question: :mod:`patterns` (how a serial number is built), :mod:`check` (its check character),
:mod:`base32` (an alphabet for people), :mod:`lookalikes` (what is confused with what), :mod:`blocks` (who may give
which numbers), :mod:`permutation` (numbers that tell no volume), :mod:`registration` (what is refused, and why).
"""
