"""Coupon codes of North America in AI (8110) and AI (8112), taken field by field.

Sources: GS1 US "North American Coupon Application Guideline Using GS1 DataBar Expanded Symbols" for (8110), and the
GS1 "AI (8112) Coupon Data Specification". Most fields begin with a digit that tells their length.
"""

from __future__ import annotations

from datetime import date

from tracking.dates import from_yymmdd

_OFFER_DIGITS = 6
_FAMILY_DIGITS = 3


class _Wrong(Exception):
    """A field that is missing, short or out of its range."""


class _Fields:
    """Reads the digits of a coupon from the left."""

    def __init__(self, digits: str) -> None:
        self._digits = digits
        self._place = 0

    def take(self, count: int, what: str) -> str:
        taken = self._digits[self._place : self._place + count]
        if len(taken) < count:
            raise _Wrong(f"{what} is cut short")
        self._place += count
        return taken

    def one_of(self, allowed: str, what: str) -> str:
        digit = self.take(1, what)
        if digit not in allowed:
            raise _Wrong(f"{what} cannot be {digit}")
        return digit

    def measured(self, allowed: str, extra: int, what: str) -> str:
        """A field behind the digit that tells its length, less *extra*."""
        return self.take(int(self.one_of(allowed, f"the length of {what}")) + extra, what)

    def begins(self, field: str) -> bool:
        """Takes the number of an optional field if it is next."""
        if self._digits[self._place : self._place + 1] != field:
            return False
        self._place += 1
        return True

    def end(self) -> None:
        if self._place != len(self._digits):
            raise _Wrong("there are digits too many")


def coupon_code(value: str, today: date) -> str:
    """Why the value of AI (8110) is no coupon code; empty where it is one."""
    if not (value.isascii() and value.isdecimal()):
        return "holds a coupon with a character that is no digit"
    fields = _Fields(value)
    try:
        fields.measured("0123456", 6, "the company prefix")
        fields.take(_OFFER_DIGITS, "the offer code")
        fields.measured("12345", 0, "the save value")
        _purchase(fields)
        _further_purchases(fields)
        _validity(fields, today)
        if fields.begins("5"):
            fields.measured("0123456789", 6, "the serial number")
        if fields.begins("6"):
            fields.measured("1234567", 6, "the retailer")
        if fields.begins("9"):
            fields.one_of("01256", "the save value code")
            fields.one_of("012", "the item it applies to")
            fields.take(1, "the store coupon flag")
            fields.one_of("01", "the multiply flag")
        fields.end()
    except _Wrong as wrong:
        return f"holds a coupon where {wrong}"
    return ""


def _purchase(fields: _Fields) -> None:
    fields.measured("12345", 0, "the purchase requirement")
    fields.one_of("012349", "the requirement code")
    fields.take(_FAMILY_DIGITS, "the family code")


def _further_purchases(fields: _Fields) -> None:
    for number in "12":
        if not fields.begins(number):
            continue
        if number == "1":
            fields.one_of("0123", "the additional rules code")
        _purchase(fields)
        length = fields.one_of("01234569", "the length of the further company prefix")
        if length != "9":
            fields.take(int(length) + 6, "the further company prefix")


def _validity(fields: _Fields, today: date) -> None:
    ends = starts = ""
    if fields.begins("3"):
        ends = fields.take(6, "the expiration date")
    if fields.begins("4"):
        starts = fields.take(6, "the start date")
    for day, what in ((ends, "the expiration date"), (starts, "the start date")):
        if day and (day.endswith("00") or from_yymmdd(day, today) is None):
            raise _Wrong(f"{what} is no date")
    if ends and starts and starts > ends:
        raise _Wrong("the end is before the start")


def positive_offer(value: str) -> str:
    """Why the value of AI (8112) is no positive offer; empty where it is one."""
    if not (value.isascii() and value.isdecimal()):
        return "holds a coupon with a character that is no digit"
    fields = _Fields(value)
    try:
        fields.one_of("01", "the format")
        fields.measured("0123456", 6, "the funder")
        fields.take(_OFFER_DIGITS, "the offer code")
        fields.measured("0123456789", 6, "the serial number")
        fields.end()
    except _Wrong as wrong:
        return f"holds a coupon where {wrong}"
    return ""
