"""What a term can be at all: from what fields are, from dated amounts, and by interval arithmetic.

Every set given here holds at least what can happen; it may hold more, never less.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

from ristoro.remedies.authoring.lint.values import Values, span, whole, words
from ristoro.remedies.language.evaluate import evaluate
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.language.terms import Term
from ristoro.remedies.language.types import NUMBERS, Kind
from ristoro.remedies.language.vocabulary import FIELDS, RUN

ALWAYS_KNOWN = frozenset(
    {
        *("brand", "store", "locale", "standing", "created", "plan", "plan_since"),
        *("billing_months", "storage", "used"),
        *RUN,
    }
)
"""Fields that every mailbox has; prices are not known in another currency."""

SOMETIMES = frozenset({"start", "end", "start_day", "end_day", "uptime"})
"""Attributes of a measure that may not be known."""

WHOLE = frozenset(
    {
        *(Kind.COUNT, Kind.BYTES, Kind.DAYS, Kind.WORKING, Kind.MONTHS),
        *(Kind.LENGTH, Kind.MONEY, Kind.DAILY),
    }
)
_COUNTED = frozenset(
    {
        *("units", "units_started", "days_in_month"),
        *("days_between", "working_days_between", "length_between"),
    }
)
_PURE = frozenset({"+", "-", "*", "/", "min", "max", "units", "units_started", "const"})


class Bounds:
    """The sets of values of the terms of one policy."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def folded(self, term: Term) -> Term:
        """The term with named values opened, and what is constant worked out."""
        if term.op == "value":
            return self.folded(term.operands[0])
        if term.op == "read":
            return self._constant_amount(term)
        operands = tuple(self.folded(operand) for operand in term.operands)
        made = replace(term, operands=operands)
        if term.op in _PURE and operands and all(each.op == "const" for each in operands):
            return Term("const", term.kind, constant=evaluate(made, {}), place=term.place)
        return made

    def _constant_amount(self, term: Term) -> Term:
        """An amount with one value is that value."""
        amount = self._policy.amounts.get(term.name.removeprefix("amount "))
        if amount is None or not term.name.startswith("amount ") or len(amount.values) != 1:
            return term
        return Term("const", term.kind, constant=amount.values[0].number.value, place=term.place)

    def of(self, term: Term) -> Values:
        """Every value that the term can have."""
        if term.kind is Kind.TRUTH:
            return words({True, False}, unknown=self.may_be_unknown(term))
        if term.kind is Kind.TEXT:
            return self._texts(term)
        if term.kind not in NUMBERS:
            return span(unknown=self.may_be_unknown(term))
        low, high = self.ends(term)
        found = span(low, high, unknown=self.may_be_unknown(term))
        return whole(found) if self.is_whole(term) else found

    def _texts(self, term: Term) -> Values:
        unknown = self.may_be_unknown(term)
        if term.op == "const" and isinstance(term.constant, str):
            return words({term.constant})
        if term.op == "read" and term.name in FIELDS and FIELDS[term.name].words:
            return words(FIELDS[term.name].words, unknown=unknown)
        return words((), but=True, unknown=unknown)

    def may_be_unknown(self, term: Term) -> bool:
        """Whether the term can be *not known*."""
        op, below = term.op, term.operands
        if op == "const":
            return term.constant is None
        if op == "read":
            return self._read_may_be_unknown(term.name)
        if op in ("first_known", "min", "max"):
            return all(self.may_be_unknown(operand) for operand in below)
        if op in ("unknown", "known"):
            return False
        if op == "words":  # an unknown text is every other text
            return any(self.may_be_unknown(operand) for operand in below[1:])
        if op == "every":  # added up over windows, of which there may be none
            return True
        if op in ("/", "units", "units_started") and self.ends(below[1])[0] in (None, 0):
            return True
        return any(self.may_be_unknown(operand) for operand in below)

    def _read_may_be_unknown(self, name: str) -> bool:
        head, _, tail = name.partition(" ")
        if head == "amount" and tail:
            return False
        if head == "input" and tail in self._policy.inputs:
            return self._policy.inputs[tail].default is None
        measure, _, attribute = name.partition(".")
        if measure in self._policy.measures:
            return attribute in SOMETIMES
        return name not in ALWAYS_KNOWN and measure != "allows"

    def is_whole(self, term: Term) -> bool:
        """Whether what the term gives is counted in whole ones of its base unit."""
        if term.op == "read":
            return term.kind in WHOLE
        if term.op == "apart":
            return term.operands[0].kind is Kind.DAY
        return term.op in _COUNTED

    def ends(self, term: Term) -> tuple[Fraction | None, Fraction | None]:
        """The least and the most of a number; ``None`` where there is none."""
        op, below = term.op, term.operands
        if op == "const":
            value = term.constant if isinstance(term.constant, Fraction) else None
            return value, value
        if op == "read":
            return self._read_ends(term)
        if op == "days_in_month":
            return Fraction(28), Fraction(31)
        if op in ("units", "units_started"):
            return self._units(term)
        pairs = [self.ends(operand) for operand in below if operand.kind in NUMBERS]
        if op in ("value", "if", "table", "first_known", "words"):
            parts = below[1:] if op in ("if", "table", "words") else below
            pairs = [self.ends(part) for part in parts if part.kind in NUMBERS]
            return _least([low for low, _ in pairs]), _most([high for _, high in pairs])
        if op == "every":
            lows = [low for low, _ in pairs[1:]]
            return _least([*lows, Fraction(0)]), None
        if op == "min":
            highs = [high for _, high in pairs]
            known = [high for high in highs if high is not None]
            if any(self.may_be_unknown(operand) for operand in below):
                return _least([low for low, _ in pairs]), _most(highs)
            return _least([low for low, _ in pairs]), min(known, default=None)
        if op == "max":
            lows = [low for low, _ in pairs]
            known = [low for low in lows if low is not None]
            if any(self.may_be_unknown(operand) for operand in below):
                return _least(lows), _most([high for _, high in pairs])
            return max(known, default=None), _most([high for _, high in pairs])
        if op in ("+", "-", "*", "/") and len(pairs) == 2:
            return _arithmetic(op, pairs[0], pairs[1])
        return None, None

    def _read_ends(self, term: Term) -> tuple[Fraction | None, Fraction | None]:
        name = term.name
        if name.startswith("amount "):
            amount = self._policy.amounts[name.removeprefix("amount ")]
            values = [dated.number.value for dated in amount.values]
            return min(values), max(values)
        if term.kind is Kind.RATIO:
            return Fraction(0), Fraction(1)
        return Fraction(0), None  # no field, measure or input is below zero

    def _units(self, term: Term) -> tuple[Fraction | None, Fraction | None]:
        (low, high), (step, most_step) = (self.ends(operand) for operand in term.operands)
        up = term.op == "units_started"
        most = None if high is None or not step else _steps(high, step, up)
        least = Fraction(0) if low is None or not most_step else _steps(low, most_step, up)
        return max(Fraction(0), least), most


def _steps(value: Fraction, step: Fraction, up: bool) -> Fraction:
    whole_steps, rest = divmod(max(Fraction(0), value), step)
    return Fraction(whole_steps + (1 if up and rest else 0))


Ends = tuple[Fraction | None, Fraction | None]


def _least(lows: list[Fraction | None]) -> Fraction | None:
    known = [low for low in lows if low is not None]
    return min(known) if known and len(known) == len(lows) else None


def _most(highs: list[Fraction | None]) -> Fraction | None:
    known = [high for high in highs if high is not None]
    return max(known) if known and len(known) == len(highs) else None


def _arithmetic(op: str, a: Ends, b: Ends) -> Ends:
    (low, high), (other_low, other_high) = a, b
    if op == "+":
        return _plus(low, other_low), _plus(high, other_high)
    if op == "-":
        return _plus(low, _minus(other_high)), _plus(high, _minus(other_low))
    if op == "*":
        if low is None or other_low is None or low < 0 or other_low < 0:
            return _corners(a, b)
        return low * other_low, _times(high, other_high)
    if low is None or low < 0 or other_low is None or other_low < 0:
        return None, None
    most = None if high is None or other_low == 0 else high / other_low
    least = Fraction(0) if not other_high else low / other_high
    return least, most


def _corners(a: Ends, b: Ends) -> Ends:
    found = [x * y for x, y in product(a, b) if x is not None and y is not None]
    return (min(found), max(found)) if len(found) == 4 else (None, None)


def _plus(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a + b


def _minus(a: Fraction | None) -> Fraction | None:
    return None if a is None else -a


def _times(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    if a == 0 or b == 0:
        return Fraction(0)
    return None if a is None or b is None else a * b
