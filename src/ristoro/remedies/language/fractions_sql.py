"""Exact fractions as SQL on int64: a text times a whole number, over whole numbers.

Only ``+ - * //`` on 64-bit integers are written, which every engine computes alike; constants are
gathered and reduced here, so that no literal arithmetic is left to an engine's 32 bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from ristoro.kernel.money import Rounding


@dataclass(frozen=True, slots=True)
class Ratio:
    """``text * times / (over * under)``; an empty ``text`` is 1, an empty ``under`` too.

    ``under`` is a text that is positive or null; null makes the whole not known.
    """

    text: str
    times: int = 1
    over: int = 1
    under: str = ""

    @classmethod
    def of(cls, value: Fraction) -> Ratio:
        return cls("", value.numerator, value.denominator)

    @property
    def whole(self) -> bool:
        """Certainly a whole number."""
        return self.over == 1 and not self.under

    @property
    def is_constant(self) -> bool:
        return not self.text and not self.under

    def top(self, scale: int = 1) -> str:
        """The numerator times ``scale``."""
        times = self.times * scale
        if not self.text:
            return literal(times)
        return self.text if times == 1 else f"({self.text} * {literal(times)})"

    def bottom(self) -> str:
        """The denominator."""
        if not self.under:
            return literal(self.over)
        return self.under if self.over == 1 else f"({self.under} * {literal(self.over)})"

    def reduced(self) -> Ratio:
        common = gcd(self.times, self.over)
        return Ratio(self.text, self.times // common, self.over // common, self.under)


UNKNOWN = Ratio("CAST(NULL AS BIGINT)")


def is_unknown(value: Ratio) -> str:
    """A test that the value is not known."""
    parts = [part for part in (value.text, value.under) if part]
    return f"({' OR '.join(f'{part} IS NULL' for part in parts)})" if parts else "FALSE"


def literal(value: int) -> str:
    """A whole number as SQL; one that stands alone must be cast (``cast``)."""
    return str(value) if value >= 0 else f"({value})"


def cast(text: str) -> str:
    """As int64, where a literal might otherwise be typed as 32 bits."""
    return f"CAST({text} AS BIGINT)" if text.lstrip("(-").rstrip(")").isdigit() else text


def times(a: Ratio, b: Ratio) -> Ratio:
    """``a * b``."""
    return Ratio(
        _product(a.text, b.text), a.times * b.times, a.over * b.over, _product(a.under, b.under)
    ).reduced()


def divided(a: Ratio, b: Ratio) -> Ratio:
    """``a / b``, null where ``b`` is zero; ``b`` is never negative."""
    if b.is_constant and b.times == 0:
        return UNKNOWN
    if b.is_constant:
        return times(a, Ratio("", b.over, b.times))
    under = f"NULLIF({b.text}, 0)" if b.text else ""
    text = _product(a.text, b.under)
    return Ratio(text, a.times * b.over, a.over * b.times, _product(a.under, under)).reduced()


def added(op: str, a: Ratio, b: Ratio) -> Ratio:
    """``a + b`` or ``a - b``."""
    (top_a, top_b), bottom = together([a, b])
    return Ratio(f"({top_a} {op} {top_b})", 1, bottom.over, bottom.under)


def together(items: Sequence[Ratio]) -> tuple[list[str], Ratio]:
    """Numerators over one common denominator, which is that of the second value."""
    over = lcm(*(item.over for item in items))
    unders = list(dict.fromkeys(item.under for item in items if item.under))
    tops = []
    for item in items:
        top = item.top(over // item.over)
        missing = [under for under in unders if under != item.under]
        tops.append(f"({' * '.join([top, *missing])})" if missing else top)
    under = ""
    for one in unders:
        under = _product(under, one)
    return tops, Ratio("", 1, over, under)


def chosen(items: Sequence[Ratio], write: Callable[[list[str]], str]) -> Ratio:
    """One of several values: ``write`` makes the choice of their numerators.

    They are brought to one constant denominator first; where a denominator is a column, the
    choice among the denominators is written the same way.
    """
    if not any(item.under for item in items):
        tops, bottom = together(items)
        return Ratio(write([cast(top) for top in tops]), 1, bottom.over)
    return Ratio(
        write([cast(item.top()) for item in items]),
        under=write([cast(item.bottom()) for item in items]),
    )


def compared(op: str, a: Ratio, b: Ratio) -> str:
    """``a op b``, by multiplying out."""
    (left, right), _ = together([a, b])
    text = f"{left} {'<>' if op == '!=' else op} {right}"
    if a.under and a.under == b.under:
        # it was left out on both sides, and still makes the comparison unknown where it is
        return f"(CASE WHEN {a.under} IS NOT NULL THEN {text} END)"
    return f"({text})"


def rounded(value: Ratio, rounding: Rounding) -> str:
    """The value, which is not below zero, rounded to a whole number."""
    top, bottom = value.top(), value.bottom()
    if value.whole:
        return cast(top)
    if rounding is Rounding.UP:
        return f"(({top} + {bottom} - 1) // {bottom})"
    if rounding is Rounding.DOWN:
        return f"({top} // {bottom})"
    if rounding is Rounding.HALF_UP:
        return f"((2 * {top} + {bottom}) // (2 * {bottom}))"
    return (
        f"({top} // {bottom} + CASE WHEN 2 * ({top} % {bottom}) > {bottom}"
        f" OR (2 * ({top} % {bottom}) = {bottom} AND {top} // {bottom} % 2 = 1)"
        f" THEN 1 ELSE 0 END)"
    )


def steps(value: Ratio, step: Ratio, started: bool) -> str:
    """How many steps are in the value, none below zero."""
    quotient = divided(value, step)
    top, bottom = quotient.top(), quotient.bottom()
    whole = f"({top} + {bottom} - 1) // {bottom}" if started else f"{top} // {bottom}"
    below = f"{top} < 0"
    if quotient.under:
        below += f" AND {quotient.under} IS NOT NULL"  # steps of nothing are not known
    return f"(CASE WHEN {below} THEN 0 ELSE {whole} END)"


def _product(a: str, b: str) -> str:
    return f"({a} * {b})" if a and b else a or b
