"""PINs at rest: salted scrypt (RFC 7914), so that a lost handheld does not hand out its operators' PINs.

Pure: whoever makes a hash brings the salt. The parameters travel with the hash, so they may be raised later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracking.later import Later

if TYPE_CHECKING:
    import hashlib
    import hmac
else:
    hashlib, hmac = Later("hashlib"), Later("hmac")

SALT_BYTES = 16
HASH_BYTES = 32
N, R, P = 2**15, 8, 3
"""32 MiB and some 200 ms on a desktop core for each try, under a second on a slow handheld: what a person who signs in
will wait, and what a guesser pays for every PIN. A PIN of four digits is then half an hour's guessing for whoever has
the hash, one of six digits two days: see ``pin_length_min`` of a site's policy."""
MEMORY_BYTES_MAX = 64 * 1024 * 1024
PIN_CHARS_MAX = 64


def pin_hash(pin: str, salt: bytes) -> str:
    """``scrypt$n$r$p$salt_hex$hash_hex`` of a PIN; empty for no PIN."""
    if not pin:
        return ""
    digest = _scrypt(pin, salt, N, R, P)
    return f"scrypt${N}${R}${P}${salt.hex()}${digest.hex()}"


def pin_matches(pin: str, hashed: str) -> bool:
    """True when the PIN made this hash. False for a hash that is not one, or that asks for too much memory."""
    parts = hashed.split("$")
    if len(parts) != 6 or parts[0] != "scrypt" or len(pin) > PIN_CHARS_MAX:
        return False
    try:
        n, r, p = (int(part) for part in parts[1:4])
        salt, wanted = bytes.fromhex(parts[4]), bytes.fromhex(parts[5])
        if not (0 < n * r * 128 <= MEMORY_BYTES_MAX and 0 < p <= 16):
            return False
        return hmac.compare_digest(_scrypt(pin, salt, n, r, p), wanted)
    except ValueError:
        return False


def is_cheap(hashed: str) -> bool:
    """True for a hash that costs a guesser less than one that is made today: it is made anew where the PIN is known."""
    parts = hashed.split("$")
    try:
        n, r, p = (int(part) for part in parts[1:4])
    except ValueError:
        return True
    return n * r * p < N * R * P


def _scrypt(pin: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(
        pin.encode(), salt=salt, n=n, r=r, p=p, dklen=HASH_BYTES, maxmem=2 * MEMORY_BYTES_MAX
    )
