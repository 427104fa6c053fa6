"""What the Syntax Dictionary wants checked on a part of a value, each check under the dictionary's name for it.

A check says why a value is wrong, in a few words, or nothing. It is called after length and character set were found
right. Sources are the GS1 General Specifications unless said otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from tracking.dates import from_yymmdd
from tracking.identifiers.coupons import coupon_code, positive_offer
from tracking.identifiers.data import code_lists

Linter = Callable[[str, date], str]

_COMPANY_PREFIX_DIGITS_MIN = 4
CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
"""GS1 General Specifications 7.11, in the order of the characters' values."""
_CSET32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_VALUE82 = {char: value for value, char in enumerate(CSET82)}
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)

_CSETS = {
    "N": re.compile(r"[0-9]*"),
    "X": re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*"),
    "Y": re.compile(r"[#\-/0-9A-Z]*"),
    "Z": re.compile(r"[\-0-9A-Z_a-z]*={0,2}"),
}
_CSET_NAMES = {
    "N": "has a character that is no digit",
    "X": "has a character that GS1 does not allow there",
    "Y": "has a character other than digits, capital letters, #, - and /",
    "Z": "has a character other than letters, digits, - and _",
}


def cset_fault(cset: str, value: str) -> str:
    """Why a value does not keep to its character set."""
    if not _CSETS[cset].fullmatch(value):
        return _CSET_NAMES[cset]
    if cset == "Z" and value.endswith("="):
        # Padding is optional, but what is there must fill the last group of the dictionary's rule.
        return "" if len(value) % 3 == 0 and value.strip("=") else "has padding that does not fit"
    return ""


def mod10_fits(digits: str) -> bool:
    """The GS1 check digit (7.9.1) over a whole number of any length; the number must be ASCII digits."""
    odd, even = sum(map(int, digits[-1::-2])), sum(map(int, digits[-2::-2]))
    return (odd + 3 * even) % 10 == 0


def mod10_digit(digits: str) -> str:
    """The check digit that belongs behind these digits."""
    odd, even = sum(map(int, digits[-1::-2])), sum(map(int, digits[-2::-2]))
    return str(-(3 * odd + even) % 10)


def _csum(value: str, today: date) -> str:
    return "" if mod10_fits(value) else "has a check digit that does not fit"


def _csumalpha(value: str, today: date) -> str:
    """Check character pair of alphanumeric keys (7.9.5): values times primes from the right, modulo 1021."""
    body, pair = value[:-2], value[-2:]
    if len(value) < 3 or len(body) > len(_PRIMES):
        return "is too short or too long for check characters"
    total = sum(_VALUE82[char] * prime for char, prime in zip(reversed(body), _PRIMES, strict=False)) % 1021
    return "" if pair == _CSET32[total >> 5] + _CSET32[total & 31] else "has check characters that do not fit"


def _company_prefix(value: str) -> str:
    lead = value[:_COMPANY_PREFIX_DIGITS_MIN]
    if len(lead) == _COMPANY_PREFIX_DIGITS_MIN and lead.isascii() and lead.isdecimal():
        return ""
    return "does not begin with a GS1 company prefix"


def _date(value: str, today: date) -> str:
    """Six digits that are a day of the calendar."""
    return _date_or_month(value, today) if value[4:] != "00" else "has day 00, which is not allowed there"


def _date_or_month(value: str, today: date) -> str:
    return "" if from_yymmdd(value, today) else f"with {value} holds no date"


def _long_date(value: str, today: date) -> str:
    try:
        date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        return f"with {value} holds no date"
    return ""


def _upto(limit: int, what: str) -> Linter:
    return lambda value, today: "" if int(value) <= limit else f"with {value} holds no {what}"


def _hour_minute(value: str, today: date) -> str:
    return "" if int(value[:2]) <= 23 and int(value[2:]) <= 59 else f"with {value} holds no time of day"


def _one_of(codes: frozenset[str], what: str) -> Linter:
    return lambda value, today: "" if value in codes else f"with {value} holds no {what}"


def _iban(value: str, today: date) -> str:
    """ISO 13616: country, two check digits (ISO 7064 MOD 97-10 over the rotated number), account."""
    if len(value) < 4 or value[:2] not in code_lists.COUNTRIES_ALPHA2:
        return "holds an IBAN that does not begin with a country"
    if len(value) <= 10:
        return "is too short for an IBAN"
    if not (value.isalnum() and value.isupper()):
        return "holds an IBAN with other than digits and capital letters"
    number = int("".join(str(int(char, 36)) for char in value[4:] + value[:4]))
    return "" if number % 97 == 1 else "holds an IBAN whose check digits do not fit"


def _piece_of_total(value: str, today: date) -> str:
    half = len(value) // 2
    piece, total = int(value[:half]), int(value[half:])
    return "" if 1 <= piece <= total else f"holds piece {piece} of {total}, which cannot be"


def _position_of_end(value: str, today: date) -> str:
    if not re.fullmatch(r"[1-9][0-9]*/[1-9][0-9]*", value):
        return "holds no position such as 1/3"
    position, _, end = value.partition("/")
    return "" if int(position) <= int(end) else f"holds position {position} of {end}, which cannot be"


def _percent_encoded(value: str, today: date) -> str:
    sound = re.fullmatch(r"(?:[^%]|%[0-9A-Fa-f]{2})*", value)
    return "" if sound else "has a percent sign without two hexadecimal digits"


def _pattern(pattern: str, why: str) -> Linter:
    compiled = re.compile(pattern)
    return lambda value, today: "" if compiled.fullmatch(value) else why


_MEDIA = frozenset(f"{number:02d}" for number in (*range(1, 11), *range(80, 100)))

LINTERS: dict[str, Linter] = {
    "couponcode": coupon_code,
    "couponposoffer": lambda value, today: positive_offer(value),
    "csum": _csum,
    "csumalpha": _csumalpha,
    "gcppos1": lambda value, today: _company_prefix(value),
    "gcppos2": lambda value, today: _company_prefix(value[1:]),
    "hasnondigit": _pattern(r".*[^0-9].*", "must not be all digits"),
    "hh": _upto(23, "hour"),
    "hhmi": _hour_minute,
    "hyphen": _pattern(r"-*", "has something other than a hyphen at the end"),
    "iban": _iban,
    "importeridx": _pattern(r"[-0-9A-Z_a-z]", "ends in no importer index"),
    "iso3166": _one_of(code_lists.COUNTRIES, "country"),
    "iso3166999": _one_of(code_lists.COUNTRIES | {"999"}, "country"),
    "iso3166alpha2": _one_of(code_lists.COUNTRIES_ALPHA2, "country"),
    "iso4217": _one_of(code_lists.CURRENCIES, "currency"),
    "iso5218": _one_of(frozenset("0129"), "code of a sex (ISO/IEC 5218)"),
    "latitude": _upto(1_800_000_000, "latitude"),
    "longitude": _upto(3_600_000_000, "longitude"),
    "mediatype": _one_of(_MEDIA, "media type"),
    "mi": _upto(59, "minute"),
    "nonzero": _pattern(r".*[^0].*", "is zero where it must not be"),
    "nozeroprefix": _pattern(r"[^0].*", "must not begin with zero"),
    "packagetype": _one_of(code_lists.PACKAGE_TYPES, "package type"),
    "pcenc": _percent_encoded,
    "pieceoftotal": _piece_of_total,
    "posinseqslash": _position_of_end,
    "ss": _upto(59, "second"),
    "winding": _one_of(frozenset("019"), "winding direction"),
    "yesno": _one_of(frozenset("01"), "yes (1) or no (0)"),
    "yymmd0": _date_or_month,
    "yymmdd": _date,
    "yyyymmdd": _long_date,
    "zero": _pattern(r"0*", "must begin with zero"),
}
"""The dictionary's name of a check -> the check."""
