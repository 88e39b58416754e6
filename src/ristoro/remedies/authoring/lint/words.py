"""Numbers and sets of values in the words in which a policy writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from ristoro.kernel.money import MINOR_DIGITS
from ristoro.remedies.authoring.lint.values import Range, Values
from ristoro.remedies.language.types import Kind

_SIZES = (("TiB", 2**40), ("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10))
_LENGTHS = (("hours", 3_600_000_000), ("minutes", 60_000_000), ("seconds", 1_000_000))


def written(value: object, kind: Kind, currency: str) -> str:
    """A constant as a policy writes it."""
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    assert isinstance(value, Fraction)
    return _number(value, kind, currency)


def _number(value: Fraction, kind: Kind, currency: str) -> str:
    if kind is Kind.RATIO:
        return f"{_digits(value * 100)} percent"
    if kind in (Kind.MONEY, Kind.DAILY):
        digits = MINOR_DIGITS[currency]
        text = f"{_decimal(value / 10**digits):.{digits}f} {currency}"
        return f"{text} per day" if kind is Kind.DAILY else text
    if kind is Kind.BYTES:
        return _scaled(value, _SIZES, "bytes")
    if kind is Kind.LENGTH:
        return _scaled(value, _LENGTHS, "microseconds")
    return _digits(value) if kind is Kind.COUNT else f"{_digits(value)} {kind.value}"


def _scaled(value: Fraction, scales: tuple[tuple[str, int], ...], base: str) -> str:
    """In the largest unit that it is whole in."""
    word, size = next((one for one in scales if value % one[1] == 0 and value >= one[1]), (base, 1))
    return f"{_digits(value / size)} {word}"


def _digits(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    return f"{_decimal(value):.6f}".rstrip("0").removesuffix(".")


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def of_range(one: Range, kind: Kind, currency: str) -> str:
    """A range, such as `over 99.89 percent and below 99.9 percent`."""
    low = None if one.low is None else written(one.low, kind, currency)
    high = None if one.high is None else written(one.high, kind, currency)
    if low is not None and low == high:
        return low
    parts = []
    if low is not None:
        parts.append(f"over {low}" if one.low_open else f"from {low}")
    if high is not None:
        parts.append(f"below {high}" if one.high_open else f"to {high}")
    return " and ".join(parts) or "everything"


def of_values(values: Values, kind: Kind, currency: str) -> str:
    """A set of values."""
    return " or ".join(of_range(one, kind, currency) for one in values.ranges)
