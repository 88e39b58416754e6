"""The bounds in a policy, and whether a case stands on each and just beside it.

A bound that is off by a unit, or open where it should be closed, is told only by a case on the
bound itself and by one a unit away, on the side where the answer is another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise

from ristoro.kernel.clock import MICROSECOND
from ristoro.kernel.errors import Place
from ristoro.remedies.explaining.words import Speaker
from ristoro.remedies.language.checked import CheckedGive
from ristoro.remedies.language.evaluate import Known, evaluate
from ristoro.remedies.language.judge import Given
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.language.terms import Term
from ristoro.remedies.language.types import ORDERED, Kind, Scalar
from ristoro.remedies.measuring.exposure import EVERY

SECOND = Fraction(1_000_000)
UNITS = {Kind.LENGTH: SECOND, Kind.INSTANT: SECOND, Kind.RATIO: Fraction(1, 28 * 86_400)}
"""How near is just beside: a second, and for shares a second of the shortest month; else one."""

BESIDE = {"<": -1, "<=": 1, ">": 1, ">=": -1}
"""On which side of a bound a comparison says otherwise than on the bound itself."""


@dataclass(frozen=True, slots=True)
class Met:
    """One case as it is judged: its name, and what its mailbox is judged by."""

    case: str
    known: Known
    windows: Mapping[str, tuple[Scalar, ...]]
    """The variable of each table that is added up over every window, window by window."""

    def variable(self, table: Term) -> tuple[Scalar, ...]:
        """What a table goes by: one value, or one for every window."""
        if table.op == "every":
            return self.windows[table.name]
        return (evaluate(table.operands[0], self.known),)


def table_of(term: Term) -> str:
    """The name of the table that a term is."""
    return term.name.removeprefix(EVERY)


@dataclass(frozen=True, slots=True)
class Edge:
    """One bound and the nearest that cases come to it; distances in the unit of its kind."""

    what: str
    place: Place
    on: str
    """The first case on the bound itself; empty for none."""
    beside: str
    """The first case just beside it, on the side where the answer is another."""
    where: str
    """In words, which side that is."""
    nearest: str
    """The nearest value on that side and its case, in words; empty for none."""

    @property
    def tried(self) -> bool:
        return bool(self.on and self.beside)

    def missing(self) -> Iterator[str]:
        """What no case tries, in words."""
        if not self.on:
            yield f"{self.what}: no case exactly there"
        if not self.beside:
            near = f" (the nearest is {self.nearest})" if self.nearest else ""
            yield f"{self.what}: no case just {self.where}{near}"


@dataclass(slots=True)
class _Tried:
    """A bound while the cases are run."""

    what: str
    place: Place
    kind: Kind
    side: int
    anywhere: bool
    """A bound of zero: whatever lies beyond it will do."""
    on: str = ""
    beside: str = ""
    nearest: tuple[Fraction, str, str] | None = field(default=None)

    def see(self, distance: Fraction, value: str, case: str) -> None:
        if distance == 0:
            self.on = self.on or case
            return
        if (distance > 0) != (self.side > 0):
            return
        size = abs(distance)
        if self.anywhere or size <= UNITS.get(self.kind, Fraction(1)):
            self.beside = self.beside or case
        if self.nearest is None or size < self.nearest[0]:
            self.nearest = (size, value, case)


class Edges:
    """Every bound of a policy's tables, conditions and minimum issues."""

    def __init__(self, policy: Policy, speaker: Speaker) -> None:
        self._policy, self._speaker = policy, speaker
        self._tried: dict[tuple[object, ...], _Tried] = {}

    def found(self) -> tuple[Edge, ...]:
        """Every bound in the order of the text."""
        edges = []
        for one in self._tried.values():
            above, below = ("after", "before") if one.kind in DAYS else ("above", "below")
            near = f"{one.nearest[1]}, in {one.nearest[2]!r}" if one.nearest else ""
            where = above if one.side > 0 else below
            edges.append(Edge(one.what, one.place, one.on, one.beside, where, near))
        return tuple(sorted(edges, key=lambda edge: edge.place.line or 0))

    def declare(self, term: Term) -> None:
        """The bounds that a term itself has, those of its operands aside."""
        if term.op in ("table", "every"):
            table, kind = self._policy.tables[table_of(term)], term.operands[0].kind
            for at, (low, high) in enumerate(pairwise(term.steps)):
                said = self._speaker.value(low.high, kind)
                self._tried["table", table.name, at] = _Tried(
                    f"table {table.name} at {said}",
                    table.steps[at].place,
                    kind,
                    1 if high.low_open else -1,
                    low.high == 0,
                )
        elif term.op in BESIDE and term.operands[0].kind in ORDERED:
            place = term.place or self._policy.place
            self._tried.setdefault(
                (place, term),
                _Tried(
                    f"`{self._speaker.term(term)}` at equality",
                    place,
                    term.operands[0].kind,
                    BESIDE[term.op],
                    any(part.constant == 0 for part in term.operands if part.op == "const"),
                ),
            )

    def declare_least(self, remedy: str, rule: str, give: CheckedGive) -> None:
        """The bound of a minimum issue."""
        if give.least is None:
            return
        self._tried["least", remedy, rule] = _Tried(
            f"{remedy}: {rule}: the minimum issue",
            give.place,
            give.least.kind,
            1 if give.least_strict else -1,
            False,
        )

    def see(self, term: Term, met: Met) -> None:
        """Where one case stands to the bounds that a term itself has."""
        if term.op in ("table", "every"):
            for value in met.variable(term):
                if value is None:
                    continue
                said = self._speaker.value(value, term.operands[0].kind)
                for at, step in enumerate(term.steps[:-1]):
                    if step.high is not None:
                        tried = self._tried["table", table_of(term), at]
                        tried.see(_less(value, step.high), said, met.case)
        elif term.op in BESIDE and term.operands[0].kind in ORDERED:
            left, right = (evaluate(part, met.known) for part in term.operands)
            if left is None or right is None:
                return
            said = f"{self._said(term, 0, left)} beside {self._said(term, 1, right)}"
            tried = self._tried[term.place or self._policy.place, term]
            tried.see(_less(left, right), said, met.case)

    def see_least(self, key: tuple[str, str], give: CheckedGive, given: Given, case: str) -> None:
        """Where one amount stands to the minimum issue."""
        if give.least is None or given.least is None or given.exact is None:
            return
        cut = min([given.exact, *(cap for cap in given.caps if cap is not None)])
        left = max(Fraction(0), cut - (given.deducts or 0))
        amount = Fraction(give.rounding.divide(left.numerator, left.denominator))
        said = self._speaker.value(amount, give.least.kind)
        self._tried["least", *key].see(amount - given.least, said, case)

    def _said(self, term: Term, at: int, value: Scalar) -> str:
        return self._speaker.value(value, term.operands[at].kind)


DAYS = (Kind.DAY, Kind.INSTANT)


def _less(a: Scalar, b: Scalar) -> Fraction:
    """How far a stands above b, in the base of their kind."""
    if isinstance(a, datetime) and isinstance(b, datetime):
        return Fraction((a - b) // MICROSECOND)
    if isinstance(a, date) and isinstance(b, date):
        return Fraction((a - b).days)
    assert isinstance(a, Fraction)
    assert isinstance(b, Fraction)
    return a - b
