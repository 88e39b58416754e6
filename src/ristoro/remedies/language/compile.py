"""Writes a term as SQL: the one place where policy becomes a query, and never by copying text.

The SQL is DuckDB's and stays inside the part that DuckDB, PostgreSQL and Spark compute alike:
64-bit integers, ``//`` and no ``/``, explicit casts of dates, no time zones, no case folding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction

from ristoro.remedies.language.evaluate import FARTHEST, evaluate
from ristoro.remedies.language.fractions_sql import (
    UNKNOWN,
    Ratio,
    added,
    cast,
    chosen,
    compared,
    divided,
    is_unknown,
    literal,
    steps,
    times,
)
from ristoro.remedies.language.terms import Bounds, Term, reads
from ristoro.remedies.language.types import NUMBERS, Kind, Scalar

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Columns:
    """How leaves are read: constants by value, the others by their SQL."""

    constants: Mapping[str, Scalar]
    columns: Mapping[str, str]
    """SQL of one column; numbers are int64 in their base unit."""
    ratios: Mapping[str, tuple[str, str]]
    """Numerator and denominator columns of measured percentages."""
    lifted: Mapping[Term, str] = field(default_factory=dict)
    """SQL of terms that are looked up in a table (``lifted``)."""
    hoisted: Mapping[Term, Ratio] = field(default_factory=dict)
    """Numbers that are columns of their own (``hoist``)."""


def number(term: Term, names: Columns) -> Ratio:
    """The SQL of a number, an exact fraction."""
    if is_constant(term, names):
        value = evaluate(term, names.constants)
        return UNKNOWN if value is None else Ratio.of(_fraction(value))
    if term in names.hoisted:
        return names.hoisted[term]
    op, operands = term.op, term.operands
    if op == "working_days_between":
        return Ratio(names.lifted[term])
    if op == "length_between":
        first, second = (_micros(operand, names) for operand in operands)
        return Ratio(f"({second} - {first})")
    if op in ("read", "every"):
        if term.name in names.ratios:
            top, bottom = names.ratios[term.name]
            return Ratio(top, under=f"NULLIF({bottom}, 0)")
        return Ratio(names.columns[term.name])
    if op == "value":
        return number(operands[0], names)
    if op in ("units", "units_started"):
        pair = (number(operands[0], names), number(operands[1], names))
        return Ratio(steps(*pair, started=op == "units_started"))
    if op == "days_between":
        first, second = (plain(operand, names) for operand in operands)
        return Ratio(f"DATE_DIFF('day', {first}, {second})")
    if op == "days_in_month":
        last = f"LAST_DAY({plain(operands[0], names)})"
        return Ratio(f"CAST(EXTRACT(DAY FROM {last}) AS BIGINT)")
    if op == "if":
        condition = truth(operands[0], names)
        pair = (number(operands[1], names), number(operands[2], names))
        return chosen(pair, _either(condition))
    if op == "table":
        return _table(term, names)
    if op == "words":
        return _words(term, names)
    items = [number(operand, names) for operand in operands]
    if op == "first_known":
        return _first_known(items)
    if op in ("min", "max"):
        return extreme(op, items)
    if op == "*":
        return times(*items)
    if op == "/":
        return divided(*items)
    assert op in ("+", "-"), op
    return added(op, *items)


def plain(term: Term, names: Columns) -> str:
    """The SQL of a text, a day or an instant."""
    if is_constant(term, names):
        return constant(evaluate(term, names.constants))
    op, operands = term.op, term.operands
    if op == "read":
        return names.columns[term.name]
    if op == "value":
        return plain(operands[0], names)
    if op in ("add_working_days", "day_of", "start_of"):
        return names.lifted[term]
    if op in ("add_months", "add_days"):
        return _moved(term, names)
    if op == "add_length":
        step = rounded_down(number(operands[1], names))
        near = f"{step} BETWEEN {literal(-FARTHEST)} AND {FARTHEST}"
        moved = f"MAKE_TIMESTAMP({_micros(operands[0], names)} + {step})"
        return f"(CASE WHEN {near} THEN {moved} END)"
    if op == "if":
        condition, a, b = truth(operands[0], names), plain(operands[1], names), operands[2]
        return f"(CASE WHEN {condition} THEN {a} ELSE {plain(b, names)} END)"
    items = [plain(operand, names) for operand in operands]
    if op == "end_of_month":
        return f"LAST_DAY({items[0]})"
    function = {"min": "LEAST", "max": "GREATEST", "first_known": "COALESCE"}[op]
    return f"{function}({', '.join(items)})"


def truth(term: Term, names: Columns) -> str:
    """The SQL of a condition, three-valued."""
    if is_constant(term, names):
        return constant(evaluate(term, names.constants))
    op, operands = term.op, term.operands
    if op == "read":
        return names.columns[term.name]
    if op == "value":
        return truth(operands[0], names)
    if op in ("and", "or"):
        return "(" + f" {op.upper()} ".join(truth(operand, names) for operand in operands) + ")"
    if op == "not":
        return f"(NOT {truth(operands[0], names)})"
    if op == "if":
        condition, a, b = (truth(operand, names) for operand in operands)
        return f"(CASE WHEN {condition} THEN {a} ELSE {b} END)"
    if op == "first_known":
        return f"COALESCE({', '.join(truth(operand, names) for operand in operands)})"
    if op in ("unknown", "known"):
        test = "IS NULL" if op == "unknown" else "IS NOT NULL"
        return f"({_nullable(operands[0], names)} {test})"
    if op == "starts_with":
        text, prefix = operands[0], str(operands[1].constant)
        return f"(SUBSTRING({plain(text, names)}, 1, {len(prefix)}) = {constant(prefix)})"
    if op == "among":
        return _among(operands, names)
    assert op in COMPARISONS, op
    left, right = operands
    if left.kind in NUMBERS:
        return compared(op, number(left, names), number(right, names))
    if left.kind is Kind.TRUTH:
        a, b = truth(left, names), truth(right, names)
    else:
        a, b = plain(left, names), plain(right, names)
    return f"({a} {'<>' if op == '!=' else op} {b})"


def constant(value: Scalar) -> str:
    """A constant that is no number, as SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        value = value.astimezone(UTC) if value.tzinfo else value
        return f"TIMESTAMP '{value.replace(tzinfo=None).isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    assert isinstance(value, str)
    return "'" + value.replace("'", "''") + "'"


def is_constant(term: Term, names: Columns) -> bool:
    """Whether it is the same for every mailbox of a run."""
    return all(name in names.constants for name in reads(term))


def _nullable(term: Term, names: Columns) -> str:
    """A text that is null where the term is not known."""
    if term.kind is Kind.TRUTH:
        return truth(term, names)
    if term.kind not in NUMBERS:
        return plain(term, names)
    value = number(term, names)
    return f"({value.top()} + {value.under})" if value.under else cast(value.top())


def _moved(term: Term, names: Columns) -> str:
    """A day plus written months, or plus a number of days."""
    day, step = term.operands
    if term.op == "add_months":
        assert isinstance(step.constant, Fraction)
        return f"CAST({plain(day, names)} + INTERVAL '{int(step.constant)}' MONTH AS DATE)"
    count = number(step, names)
    text = f"CAST({rounded_down(count)} AS INTEGER)"
    return f"CAST({plain(day, names)} + {text} AS DATE)"


def _micros(term: Term, names: Columns) -> str:
    """An instant as microseconds since 1970."""
    return f"EPOCH_US({plain(term, names)})"


def rounded_down(value: Ratio) -> str:
    """The whole part."""
    return cast(value.top()) if value.whole else f"({value.top()} // {value.bottom()})"


def _among(operands: Sequence[Term], names: Columns) -> str:
    of, items = operands[0], operands[1:]
    if of.kind in NUMBERS:
        parts = [compared("=", number(of, names), number(item, names)) for item in items]
        return "(" + " OR ".join(parts) + ")"
    return f"({plain(of, names)} IN ({', '.join(plain(item, names) for item in items)}))"


def _first_known(items: list[Ratio]) -> Ratio:
    if not any(item.under for item in items):
        return chosen(items, lambda texts: f"COALESCE({', '.join(texts)})")
    tests = [f"NOT {is_unknown(item)}" for item in items[:-1]]

    def write(texts: list[str]) -> str:
        whens = " ".join(f"WHEN {t} THEN {x}" for t, x in zip(tests, texts, strict=False))
        return f"(CASE {whens} ELSE {texts[-1]} END)"

    return chosen(items, write)


def extreme(op: str, items: list[Ratio]) -> Ratio:
    """``LEAST`` or ``GREATEST``, which leave out what is not known."""
    if not any(item.under for item in items):
        function = "LEAST" if op == "min" else "GREATEST"
        return chosen(items, lambda texts: f"{function}({', '.join(texts)})")
    found = items[0]
    for item in items[1:]:
        test = compared("<=" if op == "min" else ">=", found, item)
        first = f"({is_unknown(item)} OR {test}) AND NOT {is_unknown(found)}"
        found = chosen([found, item], _either(first))
    return found


def _either(condition: str) -> Callable[[list[str]], str]:
    return lambda texts: f"(CASE WHEN {condition} THEN {texts[0]} ELSE {texts[1]} END)"


def _table(term: Term, names: Columns) -> Ratio:
    of = number(term.operands[0], names)
    tests = [_within(step, of) for step in term.steps]
    gives = [number(operand, names) for operand in term.operands[1:]]

    def write(texts: list[str]) -> str:
        whens = " ".join(f"WHEN {t} THEN {x}" for t, x in zip(tests, texts, strict=True))
        return f"(CASE {whens} END)"

    return chosen(gives, write)


def _words(term: Term, names: Columns) -> Ratio:
    of = plain(term.operands[0], names)
    tests = [f"{of} IN ({', '.join(constant(text) for text in texts)})" for texts in term.words]
    gives = [number(operand, names) for operand in term.operands[1:]]

    def write(texts: list[str]) -> str:
        whens = " ".join(f"WHEN {t} THEN {x}" for t, x in zip(tests, texts, strict=False))
        return f"(CASE {whens} ELSE {texts[-1]} END)"

    return chosen(gives, write)


def _within(step: Bounds, of: Ratio) -> str:
    """One step's test; the only step of a table is everything that is known."""
    tests = []
    if step.low is not None:
        low = Ratio.of(_fraction(step.low))
        tests.append(compared(">" if step.low_open else ">=", of, low))
    if step.high is not None:
        high = Ratio.of(_fraction(step.high))
        tests.append(compared("<" if step.high_open else "<=", of, high))
    return " AND ".join(tests) or f"NOT {is_unknown(of)}"


def _fraction(value: Scalar) -> Fraction:
    assert isinstance(value, Fraction)
    return value
