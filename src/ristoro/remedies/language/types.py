"""The units of the policy language: what a number counts, and which units may meet.

Every number is an exact fraction of its unit (``fractions.Fraction``); none is ever a float.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from ristoro.kernel.clock import micros
from ristoro.kernel.money import MINOR_DIGITS, Money


class Kind(enum.Enum):
    """What a value is; numbers carry their unit in it."""

    COUNT = "count"
    BYTES = "bytes"
    LENGTH = "length of time"  # microseconds
    DAYS = "days"  # calendar days, never 24 hours
    WORKING = "working days"  # of the policy's calendar
    MONTHS = "months"
    MONEY = "money"  # minor units
    DAILY = "money per day"  # minor units for each calendar day
    RATIO = "percentage"
    TRUTH = "yes or no"
    TEXT = "text"
    DAY = "date"
    INSTANT = "instant"


NUMBERS = frozenset(
    {
        Kind.COUNT,
        Kind.BYTES,
        Kind.LENGTH,
        Kind.DAYS,
        Kind.WORKING,
        Kind.MONTHS,
        Kind.MONEY,
        Kind.DAILY,
        Kind.RATIO,
    }
)
ORDERED = NUMBERS | {Kind.DAY, Kind.INSTANT}

Scalar = Fraction | str | bool | date | datetime | None
"""A value at evaluation; ``None`` is *not known*, and spreads as in SQL."""

MICROS = {"second": 1_000_000, "minute": 60_000_000, "hour": 3_600_000_000}
SIZES = {
    "byte": 1,
    "B": 1,
    "kB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
}
UNIT_WORDS = (
    "percent",
    "%",
    *MICROS,
    "day",
    "working day",
    "month",
    *SIZES,
    *MINOR_DIGITS,
)


_CALENDAR = {"day": Kind.DAYS, "working day": Kind.WORKING, "month": Kind.MONTHS}
_SINGULARS = (*_CALENDAR, "byte")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: its exact value in the base of its kind."""

    value: Fraction
    kind: Kind
    currency: str = ""


def singular(word: str) -> str:
    """``minutes`` as ``minute``; other words as they are."""
    short = word.removesuffix("s")
    return short if short in MICROS or short in _SINGULARS else word


def number_of(digits: str, unit: str, per_day: bool) -> Number:
    """The number of ``digits`` and a unit; ``ValueError`` says what is wrong with it."""
    text = digits.replace("_", "")
    value = Fraction(text)
    word = singular(unit)
    if per_day and word not in MINOR_DIGITS:
        raise ValueError(f"only money goes `per day`, not {unit!r}")
    if word in MINOR_DIGITS:
        minor = Fraction(Money.parse(text, word).minor)
        return Number(minor, Kind.DAILY if per_day else Kind.MONEY, word)
    if word in ("percent", "%"):
        return Number(value / 100, Kind.RATIO)
    if word in MICROS:
        return _whole(Number(value * MICROS[word], Kind.LENGTH), "microseconds")
    if word in SIZES:
        return _whole(Number(value * SIZES[word], Kind.BYTES), "bytes")
    if word in _CALENDAR:
        return _whole(Number(value, _CALENDAR[word]), f"{word}s")
    if word:
        raise ValueError(f"{unit!r} is not a unit; units are {', '.join(UNIT_WORDS)}")
    if value.denominator != 1:
        raise ValueError(
            f"{digits} has no unit and is not whole; write a share as `{value * 100} percent`"
            if (value * 100).denominator == 1
            else f"{digits} has no unit and is not whole"
        )
    return Number(value, Kind.COUNT)


def _whole(number: Number, base: str) -> Number:
    if number.value.denominator != 1:
        raise ValueError(f"this is not a whole number of {base}")
    return number


def as_int(value: Scalar) -> int | None:
    """A known whole value as the int64 that columns hold: instants in microseconds."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return micros(value)
    if isinstance(value, date):
        return (value - date(1970, 1, 1)).days
    if isinstance(value, (Fraction, bool)):
        return int(value)
    raise TypeError(f"{value!r} is no number")
