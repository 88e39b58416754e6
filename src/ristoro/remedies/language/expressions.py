"""The expressions of the policy language: text to a tree that knows where each part stands.

Precedence, loosest first: ``or``, ``and``, ``not``, comparisons, ``+ -``, ``* / of``. There are
no powers, no floats, no text building, no calls but those of ``check.FUNCTIONS``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NoReturn

from ristoro.kernel.clock import parse_instant
from ristoro.kernel.documents import Value
from ristoro.kernel.errors import Place, bad_input
from ristoro.remedies.language.types import Number, number_of

DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: a number with its unit, a text, a truth, a day or an instant."""

    value: Number | str | bool | date | datetime
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A field, measure, amount, value, table or input, by name."""

    path: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """``not x``."""

    of: Node
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands: ``and or = != < <= > >= + - * /`` (``of`` is read as ``*``)."""

    op: str
    left: Node
    right: Node
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Among:
    """``x in ('a', 'b')``."""

    of: Node
    items: tuple[Node, ...]
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Unknown:
    """``x is null``; ``negated`` for ``is not null``."""

    of: Node
    negated: bool
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language."""

    function: str
    arguments: tuple[Node, ...]
    place: Place = field(compare=False)


Node = Literal | Name | Not | Binary | Among | Unknown | Call
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
WORDS = ("and", "or", "not", "between", "in", "is", "null", "true", "false", "of", "per")

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<instant>\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d)?)
      | (?P<day>\d{4}-\d\d-\d\d)
      | (?P<float>\d[\d_]*(?:\.\d+)?[eE][+-]?\d+)
      | (?P<number>\d[\d_]*(?:\.\d+)?)
      | (?P<text>'(?:[^']|'')*')
      | (?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)?)
      | (?P<sign><=|>=|!=|[=<>+\-*/(),%])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(value: Value) -> Node:
    """The tree of an expression that stands as a scalar in a policy."""
    return parse_text(value.as_text(), value)


def parse_text(text: str, value: Value) -> Node:
    """As ``parse``, for a part of the scalar's text."""
    return _Parser(text, value).whole()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for below in children(node):
        yield from walk(below)


def children(node: Node) -> tuple[Node, ...]:
    """The direct operands of a node."""
    if isinstance(node, (Not, Unknown)):
        return (node.of,)
    if isinstance(node, Binary):
        return (node.left, node.right)
    if isinstance(node, Among):
        return (node.of, *node.items)
    if isinstance(node, Call):
        return node.arguments
    return ()


def names_in(node: Node) -> list[str]:
    """The names that a tree reads, each once, in order of appearance."""
    return list(dict.fromkeys(part.path for part in walk(node) if isinstance(part, Name)))


class _Parser:
    def __init__(self, text: str, value: Value) -> None:
        self._value = value
        self._text = text
        self._exact = "\n" not in text and value.text is not None and "\n" not in value.text
        self._tokens = self._read()
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._or()
        if self._peek.kind != "end":
            self._refuse(f"{self._peek.text!r} is left over", "an expression ends before it")
        return node

    # Places and tokens

    def _place(self, at: int) -> Place:
        """Exact on one line; for text folded over lines, the line where it begins."""
        place = self._value.place
        if not self._exact or place.column is None:
            return place
        inside = (self._value.text or "").find(self._text)
        column = place.column + at + max(0, inside) + (1 if self._value.quoted else 0)
        return Place(place.file, place.line, column, place.field)

    def _refuse(self, what: str, why: str, at: int | None = None) -> NoReturn:
        where = self._peek.at if at is None else at
        raise bad_input(
            "bad-expression",
            f"{what} in `{self._text}`",
            why,
            "see the expressions chapter of docs/policy-language.md",
            self._place(where),
        )

    def _read(self) -> list[_Token]:
        tokens: list[_Token] = []
        at = 0
        while at < len(self._text):
            match = _TOKEN.match(self._text, at)
            if match is None:
                raise bad_input(
                    "bad-expression",
                    f"{self._text[at]!r} cannot stand here in `{self._text}`",
                    "it is no part of the language",
                    "texts stand in single quotes; equality is one `=`",
                    self._place(at),
                )
            kind = match.lastgroup or ""
            if kind == "float":
                raise bad_input(
                    "float",
                    f"{match.group()} is a binary floating-point number",
                    "amounts are exact: whole units and exact percentages",
                    "write the digits out, with a unit",
                    self._place(at),
                )
            if kind != "space":
                text = match.group()
                tokens.append(_Token("word" if text in WORDS else kind, text, at))
            at = match.end()
        tokens.append(_Token("end", "the end", len(self._text)))
        return tokens

    @property
    def _peek(self) -> _Token:
        return self._tokens[self._at]

    def _take(self, *texts: str) -> _Token | None:
        token = self._peek
        if token.kind in ("word", "sign") and token.text in texts:
            self._at += 1
            return token
        return None

    def _expect(self, text: str) -> None:
        if self._take(text) is None:
            self._refuse(f"{self._peek.text!r} stands where {text!r} should", "it is not complete")

    # The grammar, loosest first

    def _or(self) -> Node:
        return self._chain(self._and, "or")

    def _and(self) -> Node:
        return self._chain(self._negation, "and")

    def _chain(self, below: object, *ops: str) -> Node:
        assert callable(below)
        self._depth += 1
        if self._depth > DEEPEST * 6:
            self._refuse("the brackets go too deep", f"at most {DEEPEST} levels are read")
        node: Node = below()
        while token := self._take(*ops):
            op = "*" if token.text == "of" else token.text
            node = Binary(op, node, below(), self._place(token.at))
        self._depth -= 1
        return node

    def _negation(self) -> Node:
        if token := self._take("not"):
            return Not(self._negation(), self._place(token.at))
        return self._comparison()

    def _comparison(self) -> Node:
        left = self._sum()
        token = self._peek
        place = self._place(token.at)
        if self._take(*COMPARISONS):
            return Binary(token.text, left, self._sum(), place)
        if self._take("is"):
            negated = self._take("not") is not None
            self._expect("null")
            return Unknown(left, negated, place)
        negated = self._take("not") is not None
        if self._take("in"):
            self._expect("(")
            found: Node = Among(left, self._list(), place)
        elif self._take("between"):
            low = self._sum()
            self._expect("and")
            high = self._sum()
            found = Binary(
                "and", Binary(">=", left, low, place), Binary("<=", left, high, place), place
            )
        elif negated:
            self._refuse(f"{self._peek.text!r} stands after `not`", "wants `in` or `between`")
        else:
            return left
        return Not(found, place) if negated else found

    def _sum(self) -> Node:
        return self._chain(self._product, "+", "-")

    def _product(self) -> Node:
        return self._chain(self._atom, "*", "/", "of")

    def _list(self) -> tuple[Node, ...]:
        items = [self._or()]
        while self._take(","):
            items.append(self._or())
        self._expect(")")
        return tuple(items)

    def _atom(self) -> Node:
        token = self._peek
        place = self._place(token.at)
        if self._take("("):
            node = self._or()
            self._expect(")")
            return node
        if self._take("true", "false"):
            return Literal(token.text == "true", place)
        if token.kind == "number":
            return self._number()
        self._at += 1
        if token.kind == "text":
            return Literal(token.text[1:-1].replace("''", "'"), place)
        if token.kind == "day":
            return Literal(self._read_as(date.fromisoformat, token, "day"), place)
        if token.kind == "instant":
            return Literal(self._read_as(parse_instant, token, "instant"), place)
        if token.kind == "name":
            if self._take("("):
                arguments = () if self._take(")") else self._list()
                return Call(token.text, arguments, place)
            return Name(token.text, place)
        self._at -= 1
        return self._refuse(f"{token.text!r} stands where a value should", "it is not complete")

    def _number(self) -> Literal:
        token = self._peek
        place = self._place(token.at)
        self._at += 1
        unit = ""
        if self._peek.kind == "name" or self._peek.text == "%":
            unit = self._peek.text
            self._at += 1
        if unit == "working":
            unit = f"working {self._peek.text}"
            self._at += self._peek.kind == "name"
        per_day = self._take("per") is not None
        if per_day:
            if self._peek.text != "day":
                self._refuse(f"{self._peek.text!r} stands after `per`", "only `per day` is known")
            self._at += 1
        try:
            return Literal(number_of(token.text, unit, per_day), place)
        except ValueError as error:
            raise bad_input(
                "bad-number",
                f"{token.text} {unit} cannot be read",
                str(error),
                "write a whole number with a unit, a percentage, or money",
                place,
            ) from None

    def _read_as(self, reader: object, token: _Token, kind: str) -> date | datetime:
        assert callable(reader)
        try:
            found: date | datetime = reader(token.text)
        except ValueError as error:
            raise bad_input(
                "bad-date",
                f"{token.text!r} is no {kind}",
                str(error),
                "write a day as 2023-01-31, an instant as 2023-01-31T18:00+01:00",
                self._place(token.at),
            ) from None
        return found
