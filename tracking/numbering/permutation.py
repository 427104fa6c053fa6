"""A keyed permutation of a counter: serial numbers that do not tell how many were made, nor which came next.

Number 0, 1, 2 ... of the sequence become other numbers of the *same* sequence, each exactly once, in an order that
only the key tells; with the key a number is turned back. So nothing has to be remembered, nothing collides, and
blocks can be leased as ever: lease the counter, print its image.

How: a Feistel network over two digits of mixed base (a * b >= size), ten rounds, HMAC-SHA-256 as its round function;
images outside the size are walked on until inside (cycle walking). The form follows NIST SP 800-38G (ten rounds, a
tweak) and Black and Rogaway, "Ciphers with Arbitrary Finite Domains" (2002); the parameters are ours and no standard's.

What it does not do: it proves nothing. A forger who knows one true serial number can print it again. And in a small
sequence much can be tried: the same NIST paper (revision 1) asks for at least 1,000,000 numbers; see
:data:`SIZE_ADVISED`.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from math import isqrt

from tracking.numbering.errors import NumberingError

ROUNDS = 10
KEY_BYTES_MIN = 16
KEY_BYTES_MAX = 64
"""Above this SHA-256's block HMAC hashes the key first; nobody needs to."""
SIZE_MAX = 2**128
SIZE_ADVISED = 1_000_000
"""Fewer numbers than these hide little."""
TWEAK_CHARS_MAX = 200


@dataclass(frozen=True, slots=True)
class Permutation:
    """The permutation of the numbers 0 to ``size - 1`` that a key and a tweak choose.

    ``tweak`` (the item, or item and site) gives each item an order of its own under one key. Raises
    :class:`NumberingError` where size (2 to 2**128), key (16 to 64 bytes) or tweak (200 characters) is out of bounds.
    """

    size: int
    key: bytes = field(repr=False)
    tweak: str = ""

    def __post_init__(self) -> None:
        if not 2 <= self.size <= SIZE_MAX:
            raise NumberingError(f"a sequence of {self.size} numbers cannot be permuted: 2 to 2**128 can")
        if not KEY_BYTES_MIN <= len(self.key) <= KEY_BYTES_MAX:
            raise NumberingError(
                f"the key has {len(self.key)} bytes: take {KEY_BYTES_MIN} to {KEY_BYTES_MAX}"
            )
        if len(self.tweak) > TWEAK_CHARS_MAX:
            raise NumberingError(f"the tweak is longer than {TWEAK_CHARS_MAX} characters")

    def hide(self, counter: int) -> int:
        """The number to print for this place of the counter (0 to ``size - 1``). Raises :class:`NumberingError`."""
        return self._walk(counter, forward=True)

    def reveal(self, number: int) -> int:
        """The place of the counter that :meth:`hide` made this number of. Raises :class:`NumberingError`."""
        return self._walk(number, forward=False)

    def _walk(self, number: int, *, forward: bool) -> int:
        if not 0 <= number < self.size:
            raise NumberingError(f"{number} is not from 0 to {self.size - 1}")
        left, right = self._bases()
        # A walk meets each number outside at most once before it is back inside, so it ends; on average at once.
        for _ in range(left * right - self.size + 1):
            number = self._once(number, left, right) if forward else self._back(number, left, right)
            if number < self.size:
                return number
        raise AssertionError("a permutation's cycle did not close")

    def _bases(self) -> tuple[int, int]:
        left = isqrt(self.size - 1) + 1
        return left, -(-self.size // left)

    def _once(self, number: int, left: int, right: int) -> int:
        high, low = divmod(number, right)
        for each in range(ROUNDS):
            if each % 2:
                low = (low + self._mix(each, high)) % right
            else:
                high = (high + self._mix(each, low)) % left
        return high * right + low

    def _back(self, number: int, left: int, right: int) -> int:
        high, low = divmod(number, right)
        for each in reversed(range(ROUNDS)):
            if each % 2:
                low = (low - self._mix(each, high)) % right
            else:
                high = (high - self._mix(each, low)) % left
        return high * right + low

    def _mix(self, each: int, half: int) -> int:
        """256 bits, so that the remainder by a base of at most 65 bits favours none noticeably."""
        said = f"scanner serial permutation 1\n{self.size}\n{each}\n{half}\n{self.tweak}".encode(
            "utf-8", "surrogatepass"
        )
        return int.from_bytes(hmac.digest(self.key, said, hashlib.sha256), "big")
