"""What every search for findings is given: the policy as text, as tree and as typed terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cached_property

from ristoro.kernel.documents import Value
from ristoro.kernel.errors import Place
from ristoro.remedies.authoring.lint.beside import NOTHING, Beside
from ristoro.remedies.authoring.lint.bounds import Bounds
from ristoro.remedies.authoring.lint.conditions import (
    NOT_TRUE,
    TRUE,
    Conditions,
    Region,
    Sense,
    TooComplex,
)
from ristoro.remedies.language.checked import Checked, CheckedGive, CheckedRemedy, CheckedRule
from ristoro.remedies.language.expressions import Among as AmongNode
from ristoro.remedies.language.expressions import Binary, Call, Literal, Name, Node
from ristoro.remedies.language.expressions import Not as NotNode
from ristoro.remedies.language.expressions import Unknown as UnknownNode
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.language.terms import Term
from ristoro.remedies.language.typing import Scope

NODES = (Literal, Name, NotNode, Binary, AmongNode, UnknownNode, Call)


@dataclass(frozen=True)
class Desk:
    """One policy on the linter's desk; ``whole`` where the checker refused no part of it."""

    tree: Value
    policy: Policy
    checked: Checked
    whole: bool
    beside: Beside = NOTHING
    """What the cases beside it, or an estate, tell."""

    @cached_property
    def bounds(self) -> Bounds:
        return Bounds(self.policy)

    @cached_property
    def conditions(self) -> Conditions:
        return Conditions(self.bounds)

    @cached_property
    def scope(self) -> Scope:
        return Scope(self.policy)

    @cached_property
    def _mappings(self) -> Mapping[tuple[int | None, int | None], Value]:
        return {
            (value.place.line, value.place.column): value
            for value in values_of(self.tree)
            if value.entries is not None
        }

    def field(self, owner: Place, *names: str) -> Place:
        """Where the value of a field stands in the mapping at ``owner``; else the owner itself."""
        value = self._mappings.get((owner.line, owner.column))
        for name in names:
            if value is None or value.entries is None or name not in value.entries:
                return owner if value is None else value.place
            value = value.entries[name]
        return owner if value is None else value.place

    def says(self, owner: Place, name: str) -> Value | None:
        """The field as written in the mapping at ``owner``."""
        value = self._mappings.get((owner.line, owner.column))
        return None if value is None or value.entries is None else value.entries.get(name)

    def gives(self) -> Iterator[tuple[CheckedRemedy, CheckedRule, CheckedGive]]:
        """Every rule that gives."""
        for remedy in self.checked.remedies:
            for rule in remedy.rules:
                if isinstance(rule.result, CheckedGive):
                    yield remedy, rule, rule.result

    @cached_property
    def reached(self) -> Mapping[tuple[str, str], Region | None]:
        """For each remedy and rule where it decides; ``None`` where that was too much to see."""
        found: dict[tuple[str, str], Region | None] = {}
        for remedy in self.checked.remedies:
            left: Region | None = ({},)
            for rule in remedy.rules:
                if rule.when is None:
                    found[remedy.name, rule.name] = left
                    break
                found[remedy.name, rule.name] = self._within(left, rule.when, TRUE)
                left = self._within(left, rule.when, NOT_TRUE)
        return found

    def _within(self, left: Region | None, when: Term, sense: Sense) -> Region | None:
        if left is None:
            return None
        try:
            return self.conditions.both(left, self.conditions.where(when, sense))
        except TooComplex:
            return None


def values_of(value: Value) -> Iterator[Value]:
    """The value and everything below it."""
    yield value
    for below in (*(value.entries or {}).values(), *(value.items or ())):
        yield from values_of(below)


def nodes_in(thing: object) -> Iterator[Node]:
    """Every expression that stands anywhere in a part of a policy, not opened."""
    if isinstance(thing, NODES):
        yield thing
    elif isinstance(thing, Mapping):
        for each in thing.values():
            yield from nodes_in(each)
    elif isinstance(thing, (tuple, list)):
        for each in thing:
            yield from nodes_in(each)
    elif is_dataclass(thing) and not isinstance(thing, (type, Enum, Place)):
        for each in fields(thing):
            yield from nodes_in(getattr(thing, each.name))


def terms_in(thing: object) -> Iterator[Term]:
    """Every term that stands anywhere in a checked part of a policy, not opened."""
    if isinstance(thing, Term):
        yield thing
    elif isinstance(thing, (tuple, list)):
        for each in thing:
            yield from terms_in(each)
    elif is_dataclass(thing) and not isinstance(thing, (type, Enum, Place)):
        for each in fields(thing):
            yield from terms_in(getattr(thing, each.name))
