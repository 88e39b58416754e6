"""Sets of values that one readable thing may have: ranges, words, and *not known*."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import cmp_to_key

Ordered = Fraction | date | datetime
Word = str | bool


@dataclass(frozen=True, slots=True)
class Range:
    """The values between two bounds; ``None`` is no bound."""

    low: Ordered | None = None
    low_open: bool = False
    high: Ordered | None = None
    high_open: bool = False

    @property
    def empty(self) -> bool:
        """Nothing lies between the bounds."""
        if self.low is None or self.high is None:
            return False
        if _before(self.high, self.low):
            return True
        return self.low == self.high and (self.low_open or self.high_open)

    def meet(self, other: Range) -> Range:
        """What lies in both."""
        low, low_open = _tighter(
            (self.low, self.low_open), (other.low, other.low_open), lambda a, b: _before(b, a)
        )
        high, high_open = _tighter(
            (self.high, self.high_open), (other.high, other.high_open), _before
        )
        return Range(low, low_open, high, high_open)


@dataclass(frozen=True, slots=True)
class Values:
    """Ranges, or words (``words`` set; all but them where ``but``); and whether it may be unknown.

    A thing that is ordered has ranges, a text or a truth has words.
    """

    ranges: tuple[Range, ...] = ()
    words: frozenset[Word] | None = None
    but: bool = False
    unknown: bool = False

    @property
    def no_known(self) -> bool:
        """Nothing known is among them."""
        if self.words is not None:
            return not self.words and not self.but
        return not self.ranges

    @property
    def empty(self) -> bool:
        return self.no_known and not self.unknown

    def meet(self, other: Values) -> Values:
        """What is in both sets."""
        unknown = self.unknown and other.unknown
        if self.words is not None and other.words is not None:
            words, but = _meet_words(self.words, self.but, other.words, other.but)
            return Values((), words, but, unknown)
        found = (one.meet(two) for one in self.ranges for two in other.ranges)
        return Values(tuple(each for each in found if not each.empty), unknown=unknown)

    def but_not(self) -> Values:
        """Everything that is not in the set."""
        if self.words is not None:
            return Values((), self.words, not self.but, not self.unknown)
        rest: tuple[Range, ...] = (Range(),)
        for each in self.ranges:
            rest = tuple(
                part for one in rest for cut in _outside(each) if not (part := one.meet(cut)).empty
            )
        return Values(_sorted(rest), unknown=not self.unknown)

    def join(self, other: Values) -> Values:
        """What is in either set."""
        return self.but_not().meet(other.but_not()).but_not()

    def within(self, other: Values) -> bool:
        """Every value of this set is in the other."""
        return self.meet(other.but_not()).empty

    def known(self) -> Values:
        """The same without *not known*."""
        return replace(self, unknown=False)


def span(
    low: Ordered | None = None,
    high: Ordered | None = None,
    low_open: bool = False,
    high_open: bool = False,
    unknown: bool = False,
) -> Values:
    """The set of one range; an empty one where nothing lies between the bounds."""
    one = Range(low, low_open, high, high_open)
    return Values(() if one.empty else (one,), unknown=unknown)


def words(of: Iterable[Word], but: bool = False, unknown: bool = False) -> Values:
    """The set of these words, or of all others."""
    return Values((), frozenset(of), but, unknown)


def compared(op: str, value: Ordered) -> Values:
    """The known values ``x`` for which ``x op value`` holds."""
    match op:
        case "=":
            return span(value, value)
        case "<":
            return span(high=value, high_open=True)
        case "<=":
            return span(high=value)
        case ">":
            return span(low=value, low_open=True)
        case ">=":
            return span(low=value)
        case _:
            return span(value, value).but_not().known()


def whole(values: Values) -> Values:
    """The set of those that are whole numbers, its ranges closed where whole numbers end them."""
    if values.words is not None:
        return values
    found = []
    for each in values.ranges:
        low, high = each.low, each.high
        if isinstance(low, Fraction):
            up = -(-low.numerator // low.denominator)
            low = Fraction(up + 1 if each.low_open and up == low else up)
        if isinstance(high, Fraction):
            down = high.numerator // high.denominator
            high = Fraction(down - 1 if each.high_open and down == high else down)
        one = Range(low, False, high, False)
        if not one.empty:
            found.append(one)
    return replace(values, ranges=tuple(found))


def _before(a: Ordered, b: Ordered) -> bool:
    return a < b  # type: ignore[operator]


def _tighter(
    one: tuple[Ordered | None, bool],
    two: tuple[Ordered | None, bool],
    tighter: Callable[[Ordered, Ordered], bool],
) -> tuple[Ordered | None, bool]:
    if one[0] is None or two[0] is None:
        return two if one[0] is None else one
    if one[0] == two[0]:
        return one[0], one[1] or two[1]
    return one if tighter(one[0], two[0]) else two


def _outside(each: Range) -> tuple[Range, ...]:
    below = () if each.low is None else (Range(None, False, each.low, not each.low_open),)
    above = () if each.high is None else (Range(each.high, not each.high_open, None, False),)
    return (*below, *above)


def _sorted(ranges: Iterable[Range]) -> tuple[Range, ...]:
    def order(a: Range, b: Range) -> int:
        if a.low is None or b.low is None:
            return (a.low is not None) - (b.low is not None)
        return _before(b.low, a.low) - _before(a.low, b.low)

    return tuple(sorted(ranges, key=cmp_to_key(order)))


def _meet_words(
    one: frozenset[Word], one_but: bool, two: frozenset[Word], two_but: bool
) -> tuple[frozenset[Word], bool]:
    if one_but and two_but:
        return one | two, True
    if one_but:
        return two - one, False
    if two_but:
        return one - two, False
    return one & two, False
