"""Money as whole minor units and a currency, and the roundings that a policy may name."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow

MINOR_DIGITS = {"EUR": 2, "GBP": 2, "USD": 2, "CHF": 2, "JPY": 0}
"""Digits after the decimal mark (ISO 4217), for the currencies that a policy may speak of."""

_EXACT = Context(prec=30, traps=[InvalidOperation, Inexact, Overflow])

SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "CHF": "CHF", "JPY": "¥"}


class Rounding(enum.Enum):
    """How ``a / b`` becomes a whole number, for ``a >= 0`` and ``b > 0``."""

    UP = "up"
    DOWN = "down"
    HALF_UP = "half-up"
    HALF_EVEN = "half-even"

    def divide(self, a: int, b: int) -> int:
        """``a / b`` rounded; exact for integers of any size. ``ValueError`` unless a>=0, b>0."""
        if a < 0 or b <= 0:
            raise ValueError(f"cannot round {a}/{b}: wants a >= 0 and b > 0")
        whole, rest = divmod(a, b)
        if self is Rounding.UP:
            return whole + (rest > 0)
        if self is Rounding.DOWN:
            return whole
        if self is Rounding.HALF_UP or 2 * rest != b:
            return whole + (2 * rest >= b)
        return whole + whole % 2


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount: whole minor units of one currency."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read ``12.34``; ``ValueError`` for more digits than the currency has, or no number."""
        if currency not in MINOR_DIGITS:
            raise ValueError(f"{currency!r} is not a currency known here")
        try:
            scaled = _EXACT.scaleb(_EXACT.create_decimal(text), MINOR_DIGITS[currency])
        except DecimalException as error:
            raise ValueError(f"{text!r} is not an amount such as 12.34") from error
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise ValueError(f"{text!r} has more digits than {currency} has")
        return cls(int(scaled), currency)

    def plain(self) -> str:
        """``19.99``: for files and arithmetic shown to machines."""
        digits = MINOR_DIGITS[self.currency]
        return f"{Decimal(self.minor).scaleb(-digits):.{digits}f}"

    def words(self, lang: str) -> str:
        """``€ 1.234,56`` in Italian, ``€1,234.56`` in English."""
        digits = MINOR_DIGITS[self.currency]
        text = f"{Decimal(self.minor).scaleb(-digits):,.{digits}f}"
        symbol = SYMBOLS[self.currency]
        if lang == "it":
            return f"{symbol} {text.translate(str.maketrans(',.', '.,'))}"
        return f"{symbol}{text}"
