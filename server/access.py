"""Who may ask for what: device tokens, the office's token, and the cookie of a signed-in browser.

Tokens are 256 random bits and kept as SHA-256 only; a cookie is signed, so nothing needs to be remembered of it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

TOKEN_BYTES = 32
COOKIE = "office"
COOKIE_S = 12 * 3600
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter or digit that looks like another."""
DEVICE_ID_CHARS = 8


def new_token() -> str:
    """A fresh opaque token."""
    return secrets.token_urlsafe(TOKEN_BYTES)


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


def cookie(key: bytes, now_ms: int, role: str = "office") -> str:
    """The value of the cookie of a browser that is signed in with this role."""
    until = now_ms // 1000 + COOKIE_S
    return f"{until}.{role}.{_cookie_signature(key, until, role)}"


def cookie_role(key: bytes, value: str, now_ms: int) -> str:
    """The role of a cookie of this server that has not run out; empty for any other."""
    until, _, rest = value.partition(".")
    role, _, signature = rest.partition(".")
    if not (until.isascii() and until.isdecimal() and len(until) <= 12) or int(until) * 1000 <= now_ms:
        return ""
    fits = hmac.compare_digest(_cookie_signature(key, int(until), role).encode(), signature.encode())
    return role if fits else ""


def _cookie_signature(key: bytes, until: int, role: str) -> str:
    return hmac.new(key, f"office-cookie/2\n{until}\n{role}".encode(), hashlib.sha256).hexdigest()
