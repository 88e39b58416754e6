"""Writes the compiler's one text, which is DuckDB's SQL, in the words of another engine.

The compiler keeps to what all of them compute alike; sqlglot knows most of the words, and the few
whose type or meaning it does not keep are put right here. ``docs/engines.md`` has the reasons.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import sqlglot
from sqlglot import exp


class Dialect(StrEnum):
    """The engines whose words are known, as sqlglot names them."""

    DUCKDB = "duckdb"
    SPARK = "spark"
    POSTGRES = "postgres"


def in_dialect(text: str, dialect: Dialect, *, pretty: bool = False) -> str:
    """The same query for another engine.

    ``ValueError`` for a function that is not known to be the same there.
    """
    tree = sqlglot.parse_one(text, read=Dialect.DUCKDB)
    if dialect is not Dialect.DUCKDB:
        mended = _MENDED[dialect]
        # the inner ones first, so that they are mended inside the outer ones too
        for node in reversed(list(tree.find_all(*_TO_MEND))):
            other = mended(node)
            if other is not node:
                node.replace(other)
        for call in tree.find_all(exp.Anonymous):
            if call.name not in _OWN:
                raise ValueError(f"{call.name} is not known to be the same in {dialect}")
    return tree.sql(dialect=dialect, pretty=pretty, unsupported_level=sqlglot.ErrorLevel.RAISE)


_TO_MEND = (exp.Anonymous, exp.DateDiff, exp.If, exp.IntDiv, exp.UnixToTime)
_OWN = frozenset({"UNIX_MICROS", "TIMESTAMP_MICROS", "DATE_DIFF"})


def tables_of(text: str) -> list[str]:
    """The tables that a query reads, but for those that it makes itself."""
    tree = sqlglot.parse_one(text, read=Dialect.DUCKDB)
    own = {made.alias for made in tree.find_all(exp.CTE)}
    return sorted({table.name for table in tree.find_all(exp.Table)} - own)


def _spark(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous) and node.name.upper() == "EPOCH_US":
        # counted from an instant with a zone, which the session has set to UTC
        zoned = exp.cast(node.expressions[0], exp.DataType.Type.TIMESTAMPTZ)
        return exp.Anonymous(this="UNIX_MICROS", expressions=[zoned])
    if isinstance(node, exp.UnixToTime) and _in_micros(node):
        at = exp.Anonymous(this="TIMESTAMP_MICROS", expressions=[node.this])
        return exp.cast(at, exp.DataType.Type.TIMESTAMPNTZ)
    if isinstance(node, exp.DateDiff):
        # Spark's is 32 bits wide, and what it is multiplied with would have to fit into them
        days = exp.Anonymous(this="DATE_DIFF", expressions=[node.this, node.expression])
        return _as_int64(days)
    if isinstance(node, exp.If) and isinstance(node.this, exp.Null):
        # a bare NULL has no type there, and no condition may be without one
        unknown = exp.cast(exp.null(), exp.DataType.Type.BOOLEAN)
        return exp.If(this=unknown, true=node.args["true"], false=node.args.get("false"))
    return node


def _postgres(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous) and node.name.upper() == "EPOCH_US":
        seconds = exp.Extract(this=exp.var("EPOCH"), expression=node.expressions[0])
        return _as_int64(exp.Mul(this=seconds, expression=exp.Literal.number(1_000_000)))
    if isinstance(node, exp.UnixToTime) and _in_micros(node):
        # sqlglot would divide by a million, which is no longer exact
        micros = exp.Mul(this=exp.paren(node.this), expression=_A_MICROSECOND.copy())
        return exp.paren(exp.Add(this=_EPOCH.copy(), expression=micros))
    if isinstance(node, exp.DateDiff):
        return _as_int64(exp.paren(exp.Sub(this=node.this, expression=node.expression)))
    if isinstance(node, exp.IntDiv):
        # DIV() gives NUMERIC there: the right value, and the wrong type for all that follows
        return _as_int64(node)
    return node


_EPOCH = exp.cast(exp.Literal.string("1970-01-01"), exp.DataType.Type.TIMESTAMP)
_A_MICROSECOND = exp.Interval(this=exp.Literal.string("1"), unit=exp.var("MICROSECOND"))


def _in_micros(node: exp.UnixToTime) -> bool:
    scale = node.args.get("scale")
    return scale is not None and scale.name == "6"


def _as_int64(node: exp.Expr) -> exp.Expr:
    return exp.Cast(this=node.copy(), to=exp.DataType.build("bigint"))


_MENDED: dict[Dialect, Callable[[exp.Expr], exp.Expr]] = {
    Dialect.SPARK: _spark,
    Dialect.POSTGRES: _postgres,
}
