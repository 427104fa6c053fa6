"""Who may ask for what: device tokens, the office's token, and the cookie of a signed-in browser.

Tokens are 256 random bits and kept as SHA-256 only. A cookie is signed, so nothing needs to be remembered of it; it
says which token it was given for, and ends with that token.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable

TOKEN_BYTES = 32
COOKIE = "office"
COOKIE_S = 12 * 3600
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter or digit that looks like another."""
DEVICE_ID_CHARS = 8


def new_token() -> str:
    """A fresh opaque token. It does not begin as an option does: it is typed behind ``--token``."""
    while (token := secrets.token_urlsafe(TOKEN_BYTES)).startswith("-"):
        pass
    return token


def token_hash(token: str) -> str:
    """How a token is kept. A slow hash would add nothing to 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def bearer(header: str) -> str:
    """The token of an Authorization header, or empty."""
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def same_token(token: str, hashed: str) -> bool:
    """True when this is the token that was hashed."""
    return bool(token) and hmac.compare_digest(token_hash(token), hashed)


def new_code() -> str:
    """A one-time code that a person can type: ``7KQM-2XWD-R9``."""
    text = "".join(secrets.choice(CODE_ALPHABET) for _ in range(10))
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def code_hash(code: str) -> str:
    """How a code is kept: without its dashes, capital."""
    return token_hash("".join(char for char in code.upper() if char.isalnum()))


def new_device_id() -> str:
    """A device's name for machines: short, safe in an address, never given twice."""
    return "D-" + "".join(secrets.choice(CODE_ALPHABET) for _ in range(6))


def is_device_id(text: str) -> bool:
    """True for a name that :func:`new_device_id` may have given."""
    return len(text) == DEVICE_ID_CHARS and text.startswith("D-") and set(text[2:]) <= set(CODE_ALPHABET)


def cookie(key: bytes, hashed: str, now_ms: int) -> str:
    """The value of the cookie of a browser that was signed in with the token of this hash."""
    until = now_ms // 1000 + COOKIE_S
    mark = _mark(key, hashed)
    return f"{until}.{mark}.{_cookie_signature(key, until, mark)}"


def cookie_token(key: bytes, value: str, hashes: Iterable[str], now_ms: int) -> str:
    """Which of these tokens' hashes a cookie of this server stands for; empty where it ran out, or the token did."""
    until, _, rest = value.partition(".")
    mark, _, signature = rest.partition(".")
    if not (until.isascii() and until.isdecimal() and len(until) <= 12) or int(until) * 1000 <= now_ms:
        return ""
    if not hmac.compare_digest(_cookie_signature(key, int(until), mark).encode(), signature.encode()):
        return ""
    return next((one for one in hashes if hmac.compare_digest(_mark(key, one).encode(), mark.encode())), "")


def _mark(key: bytes, hashed: str) -> str:
    """What a cookie says of the token that it was given for: nothing to anybody but this server."""
    return hmac.new(key, f"office-cookie-of/1\n{hashed}".encode(), hashlib.sha256).hexdigest()[:32]


def _cookie_signature(key: bytes, until: int, mark: str) -> str:
    return hmac.new(key, f"office-cookie/3\n{until}\n{mark}".encode(), hashlib.sha256).hexdigest()
