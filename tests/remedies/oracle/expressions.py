"""Expressions as text, made into nested tuples by recursive descent (chapter 3).

A tree is ``("number", Number)``, ``("text", str)``, ``("truth", bool)``, ``("day", date)``,
``("instant", datetime)``, ``("name", "down.total")`` or ``(operation, operand, …)``.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any

from tests.remedies.oracle.units import DAILY, WORKING_DAYS, WRITTEN, Number

Tree = tuple[Any, ...]

_WORD = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?|\d{4}-\d\d-\d\d|[\d_]+(?:\.\d+)?"
    r"|'(?:[^']|'')*'|[A-Za-z][\w.]*|<=|>=|!=|[=<>+\-*/(),%]"
)
_SIGNS = ("=", "!=", "<", "<=", ">", ">=")


@lru_cache(maxsize=10_000)
def parse(text: str) -> Tree:
    """The tree of an expression."""
    words = _WORD.findall(text)
    assert "".join("".join(words).split()) == "".join(text.split()), f"{text!r} has odd signs"
    parser = _Words(words)
    tree = parser.either()
    assert parser.next == "", f"{parser.next!r} is left of {text!r}"
    return tree


class _Words:
    """What is left of an expression, word by word; one method for each step of precedence."""

    def __init__(self, words: list[str]) -> None:
        self.words = [*words, ""]

    @property
    def next(self) -> str:
        return self.words[0]

    def take(self) -> str:
        return self.words.pop(0)

    def taken(self, *words: str) -> str:
        """The next word, taken if it is one of these; else nothing."""
        return self.take() if self.next in words else ""

    def expect(self, word: str) -> None:
        assert self.next == word, f"{self.next!r} stands where {word!r} should"
        self.take()

    def either(self) -> Tree:
        tree = self.both()
        while self.taken("or"):
            tree = ("or", tree, self.both())
        return tree

    def both(self) -> Tree:
        tree = self.negation()
        while self.taken("and"):
            tree = ("and", tree, self.negation())
        return tree

    def negation(self) -> Tree:
        return ("not", self.negation()) if self.taken("not") else self.comparison()

    def comparison(self) -> Tree:
        left = self.sum()
        if sign := self.taken(*_SIGNS):
            return (sign, left, self.sum())
        if self.taken("is"):
            negated = self.taken("not")
            self.expect("null")
            return ("known", left) if negated else ("unknown", left)
        negated = self.taken("not")
        tree = left
        if self.taken("in"):
            self.expect("(")
            tree = ("in", left, *self.list())
        elif self.taken("between"):
            low = self.sum()
            self.expect("and")
            tree = ("and", (">=", left, low), ("<=", left, self.sum()))
        return ("not", tree) if negated else tree

    def sum(self) -> Tree:
        tree = self.product()
        while sign := self.taken("+", "-"):
            tree = (sign, tree, self.product())
        return tree

    def product(self) -> Tree:
        tree = self.atom()
        while sign := self.taken("*", "/", "of"):
            tree = ("/" if sign == "/" else "*", tree, self.atom())
        return tree

    def list(self) -> list[Tree]:
        """What stands between brackets, the first of them already taken."""
        items = [self.either()]
        while self.taken(","):
            items.append(self.either())
        self.expect(")")
        return items

    def atom(self) -> Tree:
        word = self.take()
        if word == "(":
            tree = self.either()
            self.expect(")")
            return tree
        if word in ("true", "false"):
            return ("truth", word == "true")
        if word.startswith("'"):
            return ("text", word[1:-1].replace("''", "'"))
        if re.fullmatch(r"\d{4}-\d\d-\d\d", word):
            return ("day", date.fromisoformat(word))
        if re.match(r"\d{4}-\d\d-\d\dT", word):
            return ("instant", datetime.fromisoformat(word).astimezone(UTC))
        if word[0].isdigit():
            return ("number", self.number(word))
        assert word[0].isalpha(), f"{word!r} stands where a value should"
        if not self.taken("("):
            return ("name", word)
        return (word, *([] if self.taken(")") else self.list()))

    def number(self, digits: str) -> Number:
        value = Fraction(digits.replace("_", ""))
        if self.next == "working" and self.words[1] in ("day", "days"):
            self.take()
            self.take()
            return Number(value, WORKING_DAYS)
        unit = self.next if self.next in WRITTEN else self.next.removesuffix("s")
        if unit not in WRITTEN:
            assert value.denominator == 1, f"{digits} has no unit"
            return Number(value, "count")
        self.take()
        kind, base = WRITTEN[unit]
        if self.taken("per"):
            self.expect("day")
            kind = DAILY
        return Number(value * base, kind)
