"""Where a condition holds, fails, or is not known: as boxes over the things that it reads.

A box gives each thing a set of values; a region is a union of boxes. Things that are read together
count as independent, so a region may hold more than can happen and never less: whatever is found
empty here is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from ristoro.remedies.authoring.lint.bounds import Bounds
from ristoro.remedies.authoring.lint.values import Values, Word, compared, span, words
from ristoro.remedies.language.terms import Bounds as Step
from ristoro.remedies.language.terms import Term
from ristoro.remedies.language.types import NUMBERS, Kind, Scalar

MOST_BOXES = 3000
Box = Mapping[Term, Values]
Region = tuple[Box, ...]
EVERYWHERE: Region = ({},)
NOWHERE: Region = ()
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_NULL = Term("const", Kind.TRUTH)


class TooComplex(Exception):
    """A condition of more boxes than are looked at; nothing is said of it."""


@dataclass(frozen=True, slots=True)
class Sense:
    """Which of true, false and not known is asked for."""

    true: bool = False
    false: bool = False
    unknown: bool = False

    @property
    def turned(self) -> Sense:
        """The same of the condition's ``not``."""
        return Sense(self.false, self.true, self.unknown)

    def has(self, value: bool | None) -> bool:
        return self.unknown if value is None else self.true if value else self.false


TRUE = Sense(true=True)
NOT_TRUE = Sense(false=True, unknown=True)
FALSE = Sense(false=True)
UNKNOWN = Sense(unknown=True)


class Conditions:
    """The regions of the conditions of one policy."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds

    # Boxes

    def both(self, one: Region, two: Region) -> Region:
        """What lies in both; ``TooComplex`` where it is too much to write down."""
        if one == EVERYWHERE or two == EVERYWHERE:
            return two if one == EVERYWHERE else one
        found: list[Box] = []
        for left in one:
            for right in two:
                box = self._meet(left, right)
                if box is not None and box not in found:
                    found.append(box)
            if len(found) > MOST_BOXES:
                raise TooComplex
        return tuple(found)

    def _meet(self, left: Box, right: Box) -> Box | None:
        box = dict(left)
        for thing, values in right.items():
            met = values.meet(box.get(thing) or self.bounds.of(thing))
            if met.empty:
                return None
            box[thing] = met
        return box

    def _all(self, *regions: Region) -> Region:
        found = EVERYWHERE
        for region in regions:
            found = self.both(found, region)
        return found

    def _one(self, thing: Term, values: Values) -> Region:
        met = values.meet(self._universe(thing))
        return NOWHERE if met.empty else ({thing: met},)

    def _universe(self, thing: Term) -> Values:
        return self.bounds.of(thing)

    @staticmethod
    def _nothing(thing: Term, unknown: bool = False) -> Values:
        """No known value, in the shape that the thing's values have."""
        worded = thing.kind in (Kind.TEXT, Kind.TRUTH)
        return Values((), frozenset() if worded else None, unknown=unknown)

    # Where a condition has one of the senses

    def where(self, term: Term, sense: Sense) -> Region:
        """The region in which the condition's value is one of those of the sense."""
        op, below = term.op, term.operands
        if term is _NULL:
            return EVERYWHERE if sense.unknown else NOWHERE
        if op == "value":
            return self.where(below[0], sense)
        if op == "const":
            held = term.constant if isinstance(term.constant, bool) else None
            return EVERYWHERE if sense.has(held) else NOWHERE
        if op == "not":
            return self.where(below[0], sense.turned)
        if op in ("and", "or"):
            return self._junction(op, below, sense)
        if op == "if":
            return self._if(term, sense)
        if op in ("unknown", "known"):
            asked = sense if op == "unknown" else sense.turned
            found = self.unknown(below[0]) if asked.true else NOWHERE
            return found + (self.known(below[0]) if asked.false else NOWHERE)
        if op in COMPARISONS or op == "among":
            return self._compared(term, sense)
        return self._truth(term, sense)

    def _truth(self, term: Term, sense: Sense) -> Region:
        """A truth that is read, or asked of something that is not looked into."""
        held = words([value for value in (True, False) if sense.has(value)], unknown=sense.unknown)
        return self._one(term, held)

    def _junction(self, op: str, below: tuple[Term, ...], sense: Sense) -> Region:
        if op == "or":  # not (not a and not b)
            turned = sense.turned
            return self._conjunction(below, turned, negated=True)
        return self._conjunction(below, sense, negated=False)

    def _conjunction(self, below: tuple[Term, ...], sense: Sense, negated: bool) -> Region:
        """A conjunction of operands, or of their ``not``: true if all are, false if one is."""

        def side(operand: Term, of: Sense) -> Region:
            return self.where(operand, of.turned if negated else of)

        found: Region = NOWHERE
        if sense.true and sense.unknown:  # none is false
            found += self._all(*(side(each, Sense(True, False, True)) for each in below))
        elif sense.true:
            found += self._all(*(side(each, TRUE) for each in below))
        elif sense.unknown and not sense.false:
            none_false = self._all(*(side(each, Sense(True, False, True)) for each in below))
            some = tuple(box for each in below for box in side(each, UNKNOWN))
            found += self.both(none_false, some)
        if sense.false and sense.unknown and not sense.true:
            found += tuple(box for each in below for box in side(each, NOT_TRUE))
        elif sense.false:
            found += tuple(box for each in below for box in side(each, FALSE))
        return found

    def _if(self, term: Term, sense: Sense) -> Region:
        asked, then, other = term.operands
        return self.both(self.where(asked, TRUE), self.where(then, sense)) + self.both(
            self.where(asked, NOT_TRUE), self.where(other, sense)
        )

    # Known and unknown

    def known(self, term: Term) -> Region:
        """Where a value is known, as far as what it reads tells."""
        op, below = term.op, term.operands
        if op == "const":
            return NOWHERE if term.constant is None else EVERYWHERE
        if op == "value":
            return self.known(below[0])
        if op == "read":
            return self._one(term, self._universe(term).known())
        if op in ("min", "max", "first_known"):
            return tuple(box for each in below for box in self.known(each))
        if op in ("if", "table", "words", "every") or term.kind is Kind.TRUTH:
            return EVERYWHERE
        return self._all(*(self.known(each) for each in below))

    def unknown(self, term: Term) -> Region:
        """Where a value is not known, likewise."""
        op, below = term.op, term.operands
        if op == "const":
            return EVERYWHERE if term.constant is None else NOWHERE
        if op == "value":
            return self.unknown(below[0])
        if op == "read":
            return self._one(term, self._nothing(term, unknown=True))
        if op in ("min", "max", "first_known"):
            return self._all(*(self.unknown(each) for each in below))
        if op == "if":
            return EVERYWHERE if self.bounds.may_be_unknown(term) else NOWHERE
        if not self.bounds.may_be_unknown(term):
            return NOWHERE
        if op in ("+", "-", "*", "add_days", "add_months", "days_between", "end_of_month"):
            return tuple(box for each in below for box in self.unknown(each))
        return EVERYWHERE

    # Comparisons

    def _compared(self, term: Term, sense: Sense) -> Region:
        """A comparison, taken apart into cases where an operand is chosen by a condition."""
        found: Region = NOWHERE
        op, (left, *others) = term.op, term.operands
        right = others[0] if op != "among" else _NULL
        for given, one in self._cases(left):
            for also, two in self._cases(right) if op != "among" else ((EVERYWHERE, right),):
                area = self.both(given, also)
                if one is _NULL or (two is _NULL and op != "among"):
                    found += area if sense.unknown else NOWHERE
                elif op == "among":
                    held = words(o.constant for o in others) if left.kind is Kind.TEXT else None  # type: ignore[misc]
                    found += self.both(area, self._among(one, tuple(others), held, sense))
                else:
                    found += self.both(area, self._atom(op, one, two, sense))
        return found

    def _among(
        self, one: Term, items: tuple[Term, ...], held: Values | None, sense: Sense
    ) -> Region:
        if held is None:
            ranges = span(unknown=False)
            outside = ranges.but_not()
            for item in items:
                outside = outside.join(compared("=", item.constant))  # type: ignore[arg-type]
            held = outside.known()
        return self._held(one, held, sense)

    def _atom(self, op: str, one: Term, two: Term, sense: Sense) -> Region:
        one, two = self.bounds.folded(one), self.bounds.folded(two)
        if one.kind is Kind.TEXT:
            return self._text_atom(op, one, two, sense)
        if one.kind is Kind.TRUTH:
            return self._truth_atom(op, one, two, sense)
        (one, by), (two, other) = _shifted(one), _shifted(two)
        if one.op == "const" and two.op != "const":
            one, two, by, other, op = two, one, other, by, _TURNED[op]
        if two.op == "const":
            bound = _moved(two.constant, other - by)
            if one.op == "const":
                held = not compared(op, bound).meet(span(one.constant, one.constant)).empty  # type: ignore[arg-type]
                return EVERYWHERE if sense.has(held) else NOWHERE
            return self._held(one, compared(op, bound), sense)  # type: ignore[arg-type]
        if _spelled(two) < _spelled(one):
            one, two, by, other, op = two, one, other, by, _TURNED[op]
        if one == two:
            held = not compared(op, other - by).meet(span(Fraction(0), Fraction(0))).empty
            same = EVERYWHERE if sense.has(held) else NOWHERE
            return self.both(self.known(one), same) + (
                self.unknown(one) if sense.unknown else NOWHERE
            )
        apart = Term("apart", Kind.COUNT, (one, two))
        if one.kind in NUMBERS:
            apart = Term("-", one.kind, (one, two))
        values = compared(op, other - by)
        coupled = self._held(apart, values, sense)
        if not sense.unknown:
            coupled = self.both(coupled, self.both(self.known(one), self.known(two)))
        return coupled

    def _text_atom(self, op: str, one: Term, two: Term, sense: Sense) -> Region:
        if one.op == "const":
            one, two = two, one
        if two.op == "const" and isinstance(two.constant, str):
            return self._held(one, words({two.constant}, but=op == "!="), sense)
        if _spelled(two) < _spelled(one):
            one, two = two, one
        same = Term("same", Kind.TRUTH, (one, two))
        return self._held(same, words({op == "="}), sense)

    def _truth_atom(self, op: str, one: Term, two: Term, sense: Sense) -> Region:
        if two.op == "const" and isinstance(two.constant, bool):
            wanted = two.constant if op == "=" else not two.constant
            return self.where(one, sense if wanted else sense.turned)
        return self._held(Term("same", Kind.TRUTH, (one, two)), words({op == "="}), sense)

    def _held(self, thing: Term, held: Values, sense: Sense) -> Region:
        """Where a thing is among the held values, outside them, or not known."""
        held = held.known()
        if sense.true and sense.false and sense.unknown:
            return EVERYWHERE
        found = held if sense.true else self._nothing(thing)
        if sense.false:
            found = found.join(held.but_not().known())
        if sense.unknown:
            found = Values(found.ranges, found.words, found.but, True)
        region = self._one(thing, found)
        if not sense.unknown and thing.op != "read":
            region = self.both(region, self.known(thing))
        return region

    # Cases

    def _cases(self, term: Term) -> Iterator[tuple[Region, Term]]:
        """What the term comes down to, and where; ``_NULL`` where it is not known."""
        op, below = term.op, term.operands
        if op == "value":
            yield from self._cases(below[0])
        elif op == "if":
            for sense, part in ((TRUE, below[1]), (NOT_TRUE, below[2])):
                yield from self._under(self.where(below[0], sense), part)
        elif op == "first_known":
            before: Region = EVERYWHERE
            for each in below:
                yield from self._under(self.both(before, self.known(each)), each)
                before = self.both(before, self.unknown(each))
            yield before, _NULL
        elif op == "table":
            of = self.bounds.folded(below[0])
            for step, gives in zip(term.steps, below[1:], strict=True):
                yield from self._under(self.in_step(of, step), gives)
            yield self.unknown(of), _NULL
        elif op == "words":
            yield from self._word_cases(term)
        else:
            yield EVERYWHERE, term

    def _word_cases(self, term: Term) -> Iterator[tuple[Region, Term]]:
        of, *rows, otherwise = (self.bounds.folded(each) for each in term.operands)
        named: set[Word] = set()
        for texts, gives in zip(term.words, rows, strict=True):
            yield from self._under(self._held(of, words(set(texts) - named), TRUE), gives)
            named |= set(texts)
        every_other = self._held(of, words(named, but=True), TRUE) + self.unknown(of)
        yield from self._under(every_other, otherwise)

    def in_step(self, of: Term, step: Step) -> Region:
        """Where the variable of a table falls into a step."""
        low = None if step.low is None else step.low
        values = span(low, step.high, step.low_open, step.high_open)  # type: ignore[arg-type]
        return self._held(of, values, TRUE)

    def _under(self, area: Region, part: Term) -> Iterator[tuple[Region, Term]]:
        if area:
            for inner, leaf in self._cases(part):
                yield self.both(area, inner), leaf


def _spelled(term: Term) -> str:
    """The term in words that do not depend on where it stands, for an order."""
    below = ", ".join(_spelled(each) for each in term.operands)
    return f"{term.op} {term.name} {term.constant} ({below})"


def _shifted(term: Term) -> tuple[Term, Fraction]:
    """A term as another one plus a constant, in the days or the unit of it."""
    op, below = term.op, term.operands
    shift = Fraction(0)
    if op in ("+", "-", "add_days", "add_length") and len(below) == 2 and below[1].op == "const":
        value = below[1].constant
        if isinstance(value, Fraction):
            inner, shift = _shifted(below[0])
            return inner, shift - value if op == "-" else shift + value
    return term, shift


def _moved(value: Scalar, by: Fraction) -> Scalar:
    if isinstance(value, Fraction):
        return value + by
    if isinstance(value, datetime):
        return value + timedelta(microseconds=int(by))
    return value + timedelta(days=int(by)) if isinstance(value, date) else value
