"""Numbers that carry their unit, and refuse to meet one that does not fit (chapter 2)."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

COUNT, SHARE, BYTES, LENGTH, DAYS, MONTHS = "count", "share", "bytes", "length", "days", "months"
WORKING_DAYS, MONEY, DAILY = "working days", "money", "money per day"

DECIMALS = {"EUR": 2, "GBP": 2, "USD": 2, "CHF": 2, "JPY": 0}

WRITTEN = {
    "percent": (SHARE, Fraction(1, 100)),
    "%": (SHARE, Fraction(1, 100)),
    "second": (LENGTH, Fraction(1_000_000)),
    "minute": (LENGTH, Fraction(60_000_000)),
    "hour": (LENGTH, Fraction(3_600_000_000)),
    "day": (DAYS, Fraction(1)),
    "month": (MONTHS, Fraction(1)),
    "byte": (BYTES, Fraction(1)),
    "B": (BYTES, Fraction(1)),
    "kB": (BYTES, Fraction(1000)),
    "MB": (BYTES, Fraction(1000**2)),
    "GB": (BYTES, Fraction(1000**3)),
    "TB": (BYTES, Fraction(1000**4)),
    "KiB": (BYTES, Fraction(1024)),
    "MiB": (BYTES, Fraction(1024**2)),
    "GiB": (BYTES, Fraction(1024**3)),
    "TiB": (BYTES, Fraction(1024**4)),
    **{currency: (MONEY, Fraction(10**digits)) for currency, digits in DECIMALS.items()},
}
"""The unit that a word stands for, and how many of its base (bytes, microseconds, cents) it is."""


class Number(NamedTuple):
    """So many of a unit; lengths are in microseconds, money in minor units, shares of one."""

    value: Fraction
    unit: str


class Misfit(TypeError):
    """Two units met that have no business with each other."""


def number(value: int | Fraction, unit: str) -> Number:
    return Number(Fraction(value), unit)


def add(a: Number, b: Number) -> Number:
    return Number(a.value + same_unit(a, b).value, a.unit)


def subtract(a: Number, b: Number) -> Number:
    return Number(a.value - same_unit(a, b).value, a.unit)


def same_unit(a: Number, b: Number) -> Number:
    """``b``, which must be of the unit of ``a``."""
    if a.unit != b.unit:
        raise Misfit(f"{a} meets {b}")
    return b


def multiply(a: Number, b: Number) -> Number:
    product = a.value * b.value
    if DAILY in (a.unit, b.unit) and {a.unit, b.unit} & {DAYS, WORKING_DAYS}:
        return Number(product, MONEY)
    # a count or a share of something is that something; a count of shares is a share
    if a.unit == COUNT or (a.unit == SHARE and b.unit != COUNT):
        return Number(product, b.unit)
    if b.unit in (COUNT, SHARE):
        return Number(product, a.unit)
    raise Misfit(f"{a} times {b}")


def divide(a: Number, b: Number) -> Number | None:
    """Not known where ``b`` is zero."""
    if b.unit in (COUNT, SHARE):
        unit = a.unit
    elif (a.unit, b.unit) == (MONEY, DAYS):
        unit = DAILY
    else:
        same_unit(a, b)
        unit = SHARE
    return None if b.value == 0 else Number(a.value / b.value, unit)


def rounded(value: Fraction, how: str) -> int:
    """A number that is not below zero, as a whole one."""
    whole = value.numerator // value.denominator
    rest = value - whole
    half = Fraction(1, 2)
    if how == "down" or rest == 0:
        return whole
    if how == "up":
        return whole + 1
    if rest != half:
        return whole + 1 if rest > half else whole
    if how == "half-up":
        return whole + 1
    assert how == "half-even", how
    return whole if whole % 2 == 0 else whole + 1
