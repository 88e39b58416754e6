"""Numbers whose SQL is long become columns of their own, worked out once a row.

Written into one another they would grow with every choice among fractions: a table of the worst of
three uptimes to 200 kB, which no engine plans well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ristoro.remedies.language import compile as sql
from ristoro.remedies.language.terms import Term
from ristoro.remedies.language.types import NUMBERS

LONG = 400
"""The characters from which a number is a column."""


@dataclass(frozen=True, slots=True)
class Hoisted:
    """Columns to pick from a row ``m``, each list from a row with the one before it, and how all
    are read."""

    layers: tuple[tuple[str, ...], ...]
    names: sql.Columns

    def around(self, query: str) -> str:
        """The query with the columns beside its own."""
        for columns in self.layers:
            query = f"SELECT m.*, {', '.join(columns)} FROM ({query}) AS m"  # noqa: S608 - written by the compiler
        return query


def hoist(terms: Iterable[Term], names: sql.Columns) -> Hoisted:
    """Every number among the terms that is long even where its parts are columns already."""
    layers: list[tuple[str, ...]] = []
    for term in dict.fromkeys(part for whole in terms for part in _inside_out(whole)):
        if term.kind not in NUMBERS or sql.is_constant(term, names):
            continue
        value = sql.number(term, names)
        if len(value.text) + len(value.under) < LONG:
            continue
        text, under = f"number_{len(layers)}", f"number_{len(layers)}_of"
        columns = [f"{value.text} AS {text}"] if value.text else []
        columns += [f"{value.under} AS {under}"] if value.under else []
        layers.append(tuple(columns))
        column = replace(
            value, text=f"m.{text}" if value.text else "", under=f"m.{under}" if value.under else ""
        )
        names = replace(names, hoisted={**names.hoisted, term: column})
    return Hoisted(tuple(layers), names)


def _inside_out(term: Term) -> Iterator[Term]:
    for operand in term.operands:
        yield from _inside_out(operand)
    yield term
