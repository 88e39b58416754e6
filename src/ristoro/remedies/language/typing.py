"""Types one expression: resolves its names and refuses what does not fit together."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import NoReturn

from ristoro.kernel.errors import Place, bad_input, nearest
from ristoro.remedies.language import calls
from ristoro.remedies.language.expressions import (
    COMPARISONS,
    Among,
    Binary,
    Call,
    Literal,
    Name,
    Node,
    Not,
    Unknown,
)
from ristoro.remedies.language.policy import Policy, Table
from ristoro.remedies.language.summed_tables import check_summed
from ristoro.remedies.language.terms import Bounds, Term, never_negative
from ristoro.remedies.language.types import NUMBERS, ORDERED, Kind, Number
from ristoro.remedies.language.vocabulary import ATTRIBUTES, FIELDS, RUN

_SCALES = (Kind.COUNT, Kind.RATIO)
_STEPS = {
    Kind.DAYS: "add_days", Kind.WORKING: "add_working_days", Kind.MONTHS: "add_months",
}  # fmt: skip
"""What a date takes, and the operation that adds it."""
_HINTS = {
    frozenset({Kind.LENGTH, Kind.DAYS}): "`24 hours` is elapsed time, `1 day` a calendar day",
    frozenset({Kind.DAYS, Kind.WORKING}): "`2 working days` are not `2 days`: write which",
    frozenset({Kind.DAY, Kind.INSTANT}): "make the instant a day: `day_of(outage.end)`",
    frozenset({Kind.DAYS, Kind.INSTANT}): "make the instant a day: `day_of(outage.end) + 1 day`",
    frozenset({Kind.MONEY, Kind.DAYS}): "money for each day is written `6.00 EUR per day`",
}


class Scope:
    """The names that one policy's expressions may read."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._open: list[str] = []

    def typed_as(self, node: Node, kind: Kind, what: str) -> Term:
        """The typed expression, refused where it is not of that kind."""
        term = self.typed(node)
        if term.kind is not kind:
            raise bad_input(
                "wrong-unit",
                f"{what} is a {term.kind.value}",
                f"wants a {kind.value}",
                "mend the expression or its units",
                node.place,
            )
        return term

    def typed(self, node: Node) -> Term:
        """The typed expression; ``BadInput`` names the operand that does not fit."""
        if isinstance(node, Literal):
            return self._literal(node)
        if isinstance(node, Name):
            return self._name(node)
        if isinstance(node, Not):
            return Term("not", Kind.TRUTH, (self._truth(node.of),), place=node.place)
        if isinstance(node, Binary):
            return self._binary(node)
        if isinstance(node, Among):
            return self._among(node)
        if isinstance(node, Unknown):
            op = "known" if node.negated else "unknown"
            return Term(op, Kind.TRUTH, (self.typed(node.of),), place=node.place)
        return self._call(node)

    # Leaves

    def same_currency(self, number: Number, place: Place) -> None:
        if number.currency and number.currency != self._policy.currency:
            raise bad_input(
                "wrong-currency",
                f"{number.currency} stands in a policy of {self._policy.currency}",
                "amounts of two currencies are never added or compared",
                f"write it in {self._policy.currency}, or make a policy of its own",
                place,
            )

    def _literal(self, node: Literal) -> Term:
        value = node.value
        if isinstance(value, Number):
            self.same_currency(value, node.place)
            return Term("const", value.kind, constant=value.value, place=node.place)
        if isinstance(value, bool):
            return Term("const", Kind.TRUTH, constant=value, place=node.place)
        if isinstance(value, datetime):
            return Term("const", Kind.INSTANT, constant=value, place=node.place)
        if isinstance(value, date):
            return Term("const", Kind.DAY, constant=value, place=node.place)
        return Term("const", Kind.TEXT, constant=value, place=node.place)

    def _name(self, node: Name) -> Term:
        path, policy = node.path, self._policy
        if path in FIELDS:
            return self._read(path, FIELDS[path].kind, node.place)
        if path in RUN:
            return self._read(path, RUN[path], node.place)
        if path in policy.inputs:
            return self._read(f"input {path}", policy.inputs[path].kind, node.place)
        if path in policy.amounts:
            kind = policy.amounts[path].values[0].number.kind
            return self._read(f"amount {path}", kind, node.place)
        if path in policy.values:
            return self.value(path, node.place)
        if path in policy.tables:
            return self.table(path, node.place)
        head, dot, attribute = path.partition(".")
        if head in policy.measures:
            return self._measure(node, head, attribute if dot else "")
        known = [
            *FIELDS, *RUN, *policy.inputs, *policy.amounts, *policy.values, *policy.tables,
            *(f"{name}.{attribute}" for name in policy.measures for attribute in ATTRIBUTES),
        ]  # fmt: skip
        close = nearest(path, known)
        raise bad_input(
            "unknown-name",
            f"there is no {path!r}",
            "names are fields of the mailbox, and what the policy itself declares",
            f"write {close!r}" if close else "declare it, or see the list in the guide",
            node.place,
        )

    @staticmethod
    def _read(name: str, kind: Kind, place: Place) -> Term:
        return Term("read", kind, name=name, place=place)

    def _measure(self, node: Name, measure: str, attribute: str) -> Term:
        if attribute not in ATTRIBUTES:
            raise bad_input(
                "unknown-attribute",
                f"the measure {measure!r} has no {attribute!r}" if attribute
                else f"{measure!r} is a measure, not a value",
                f"a measure can be asked {', '.join(ATTRIBUTES)}",
                f"write `{measure}.{nearest(attribute, list(ATTRIBUTES)) or 'total'}`",
                node.place,
            )  # fmt: skip
        if self._policy.measures[measure].population and attribute != "uptime":
            raise bad_input(
                "wrong-attribute",
                f"a measure over a population has no {attribute!r}",
                "it weighs many mailboxes and is no stretch of time of one of them",
                f"write `{measure}.uptime`, or measure without `population`",
                node.place,
            )
        return self._read(node.path, ATTRIBUTES[attribute], node.place)

    def value(self, name: str, place: Place | None = None) -> Term:
        """A named value with its definition below it; one that reads itself is refused."""
        node = self._policy.values[name]
        with _Opened(self._open, name, place or node.place):
            inner = self.typed(node)
        return Term("value", inner.kind, (inner,), name=name, place=place or node.place)

    def table(self, name: str, place: Place | None = None) -> Term:
        """A step table; its steps' bounds are in its variable's unit, its results in one unit."""
        table = self._policy.tables[name]
        with _Opened(self._open, name, place or table.place):
            of = self.typed(table.of)
            gives = [self.typed(step.gives) for step in table.steps]
            if table.otherwise is not None:
                return self._by_words(table, table.otherwise, of, place)
        if of.kind not in NUMBERS:
            self._refuse("a table goes by a number", of, table.of.place)
        for step in table.steps:
            for bound in (step.low, step.high):
                if bound is not None and bound.kind is not of.kind:
                    raise bad_input(
                        "wrong-unit",
                        f"a bound is a {bound.kind.value}, the table goes by a {of.kind.value}",
                        "they cannot be compared",
                        "write the bound in the unit of `of`",
                        step.place,
                    )
        for give, step in zip(gives, table.steps, strict=True):
            if give.kind not in NUMBERS:
                self._refuse("a step gives a number", give, step.place)
            if give.kind is not gives[0].kind:
                self._refuse(f"the steps before give a {gives[0].kind.value}", give, step.place)
        bounds = tuple(
            Bounds(
                step.low.value if step.low else None,
                step.low_open,
                step.high.value if step.high else None,
                step.high_open,
            )
            for step in table.steps
        )
        kind = gives[0].kind if gives else Kind.COUNT
        if table.over:
            check_summed(self._policy, table, of, gives)
            return Term(
                "every", kind, (of, *gives), name=f"every {name}", steps=bounds, place=place
            )
        return Term("table", kind, (of, *gives), name=name, steps=bounds, place=place)

    def _by_words(self, table: Table, otherwise: Node, of: Term, place: Place | None) -> Term:
        """A table by words, which are texts, with what every other text gives."""
        if of.kind is not Kind.TEXT:
            self._refuse("a table by words goes by a text", of, table.of.place)
        gives: list[Term] = []
        for node in (*(row.gives for row in table.words), otherwise):
            give = self.typed(node)
            if give.kind not in NUMBERS:
                self._refuse("a row gives a number", give, node.place)
            if gives and give.kind is not gives[0].kind:
                self._refuse(f"the rows before give a {gives[0].kind.value}", give, node.place)
            gives.append(give)
        for row in table.words:
            for text in row.texts:
                word = Term("const", Kind.TEXT, constant=text)
                self._known_word(of, word, row.place)
        words = tuple(row.texts for row in table.words)
        return Term("words", gives[0].kind, (of, *gives), name=table.name, words=words, place=place)

    # Operations

    def _truth(self, node: Node) -> Term:
        return self.typed_as(node, Kind.TRUTH, "this")

    def _binary(self, node: Binary) -> Term:
        if node.op in ("and", "or"):
            pair = (self._truth(node.left), self._truth(node.right))
            return Term(node.op, Kind.TRUTH, pair, place=node.place)
        left, right = self.typed(node.left), self.typed(node.right)
        if node.op in COMPARISONS:
            self._comparable(node.op, left, right, node.place)
            return Term(node.op, Kind.TRUTH, (left, right), place=node.place)
        if Kind.DAY in (left.kind, right.kind):
            return self._on_a_day(node, left, right)
        if Kind.INSTANT in (left.kind, right.kind):
            return self._on_an_instant(node, left, right)
        for side in (left, right):
            if side.kind not in NUMBERS:
                self._refuse(f"`{node.op}` takes numbers", side, node.place)
        if node.op in ("+", "-"):
            if left.kind is not right.kind:
                self._units(node.op, left, right, node.place)
            return Term(node.op, left.kind, (left, right), place=node.place)
        kind = self._product(left, right) if node.op == "*" else self._quotient(left, right)
        if kind is None:
            self._units(node.op, left, right, node.place)
        if node.op == "/" and not never_negative(right):
            raise bad_input(
                "bad-divisor",
                "the divisor is a difference, which may be negative or zero",
                "a share of less than nothing has no meaning",
                "divide by a field, an amount or a number",
                node.place,
            )
        return Term(node.op, kind, (left, right), place=node.place)

    @staticmethod
    def _product(left: Term, right: Term) -> Kind | None:
        kinds = {left.kind, right.kind}
        if kinds in ({Kind.DAILY, Kind.DAYS}, {Kind.DAILY, Kind.WORKING}):
            return Kind.MONEY
        if left.kind is Kind.COUNT or (left.kind is Kind.RATIO and right.kind is not Kind.COUNT):
            return right.kind
        return left.kind if right.kind in _SCALES else None

    @staticmethod
    def _quotient(left: Term, right: Term) -> Kind | None:
        if right.kind in _SCALES:
            return left.kind
        if left.kind is Kind.MONEY and right.kind is Kind.DAYS:
            return Kind.DAILY
        return Kind.RATIO if left.kind is right.kind else None

    def _on_a_day(self, node: Binary, left: Term, right: Term) -> Term:
        if left.kind is Kind.DAY and right.kind in _STEPS and node.op in "+-":
            if right.op == "const":
                sign = 1 if node.op == "+" else -1
                assert isinstance(right.constant, Fraction)
                right = Term("const", right.kind, constant=sign * right.constant)
            elif right.kind is Kind.MONTHS or node.op == "-":
                self._refuse("a day takes a written number of months or days", right, node.place)
            calendar = self._policy.calendar if right.kind is Kind.WORKING else None
            if right.kind is Kind.WORKING and calendar is None:
                raise calls.missing_calendar(node)
            op = _STEPS[right.kind]
            return Term(op, Kind.DAY, (left, right), calendar=calendar, place=node.place)
        if left.kind is right.kind is Kind.DAY and node.op == "-":
            raise bad_input(
                "wrong-unit", "dates are not subtracted", "write which one is the earlier",
                "write `days_between(earlier, later)`", node.place,
            )  # fmt: skip
        return self._units(node.op, left, right, node.place)

    def _on_an_instant(self, node: Binary, left: Term, right: Term) -> Term:
        """An instant moved by elapsed time, either way."""
        if left.kind is Kind.INSTANT and right.kind is Kind.LENGTH and node.op in "+-":
            if node.op == "-":
                zero = Term("const", Kind.LENGTH, constant=Fraction(0))
                right = Term("-", Kind.LENGTH, (zero, right), place=node.place)
            return Term("add_length", Kind.INSTANT, (left, right), place=node.place)
        if left.kind is right.kind is Kind.INSTANT and node.op == "-":
            raise bad_input(
                "wrong-unit", "instants are not subtracted", "write which one is the earlier",
                "write `length_between(earlier, later)`", node.place,
            )  # fmt: skip
        return self._units(node.op, left, right, node.place)

    def _comparable(self, op: str, left: Term, right: Term, place: Place) -> None:
        if left.kind is not right.kind:
            self._units(op, left, right, place)
        if op not in ("=", "!=") and left.kind not in ORDERED:
            self._refuse(f"`{op}` takes numbers and dates", left, place)
        for field, word in ((left, right), (right, left)):
            self._known_word(field, word, place)

    @staticmethod
    def _known_word(field: Term, word: Term, place: Place) -> None:
        words = FIELDS[field.name].words if field.op == "read" and field.name in FIELDS else ()
        if words and word.op == "const" and word.constant not in words:
            close = nearest(str(word.constant), words)
            raise bad_input(
                "unknown-word",
                f"{field.name} is never {word.constant!r}",
                f"it is one of {', '.join(words)}",
                f"write {close!r}" if close else "choose one of them",
                place,
            )

    def _among(self, node: Among) -> Term:
        of, items = self.typed(node.of), tuple(self.typed(item) for item in node.items)
        for item in items:
            if item.op != "const":
                self._refuse("a list holds constants", item, node.place)
            self._comparable("=", of, item, node.place)
        return Term("among", Kind.TRUTH, (of, *items), place=node.place)

    def _call(self, node: Call) -> Term:
        operands = tuple(self.typed(argument) for argument in node.arguments)
        return calls.typed(node, operands, self._policy.zone.key, self._policy.calendar)

    # Refusals

    @staticmethod
    def _refuse(wants: str, got: Term, place: Place) -> NoReturn:
        raise bad_input(
            "wrong-unit", f"this is a {got.kind.value}", wants, "mend the expression", place
        )

    @staticmethod
    def _units(op: str, left: Term, right: Term, place: Place) -> NoReturn:
        raise bad_input(
            "wrong-unit",
            f"`{op}` stands between a {left.kind.value} and a {right.kind.value}",
            "units are never mixed behind anybody's back",
            _HINTS.get(frozenset({left.kind, right.kind}), "bring both to one unit"),
            place,
        )


class _Opened:
    """Keeps a definition from reading itself."""

    def __init__(self, names: list[str], name: str, place: Place) -> None:
        self._names, self._name, self._place = names, name, place

    def __enter__(self) -> None:
        if self._name in self._names:
            raise bad_input(
                "reads-itself",
                f"{self._name!r} is defined by itself",
                " reads ".join([*self._names, self._name]),
                "break the circle",
                self._place,
            )
        self._names.append(self._name)

    def __exit__(self, *error: object) -> None:
        if self._names and self._names[-1] == self._name:
            self._names.pop()
