"""Where engines answer differently, what is written instead has one answer: docs/engines.md.

Each trap is tried on both engines in its plain form and, where the compiler writes something in
its place, in the compiler's own words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from sqlglot import exp

from ristoro.kernel.money import Rounding
from ristoro.remedies.deciding.engines.dialects import Dialect, in_dialect
from ristoro.remedies.deciding.engines.duckdb import sums_of
from ristoro.remedies.language import compile as sql
from ristoro.remedies.language.fractions_sql import Ratio, divided, rounded, steps, times
from ristoro.remedies.language.terms import Term
from ristoro.remedies.language.types import Kind

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "engines.md"
ROW = """(SELECT CAST(-7 AS BIGINT) AS a, CAST(2 AS BIGINT) AS b, CAST(5 AS BIGINT) AS five,
  CAST(0 AS BIGINT) AS zero, CAST(NULL AS BIGINT) AS nul, CAST(10000000000000001 AS BIGINT) AS big,
  CAST(4611686018427387904 AS BIGINT) AS huge, DATE '2023-01-31' AS d, DATE '2024-02-10' AS leap,
  TIMESTAMP '2023-03-26 02:30:00.000001' AS moment, 'a_b' AS word, 'a\\b' AS path) AS t"""
NAMES = sql.Columns(
    constants={},
    columns={
        name: name for name in ("a", "b", "five", "nul", "d", "leap", "moment", "word", "path")
    },
    ratios={},
)


def read(name: str, kind: Kind) -> Term:
    return Term("read", kind, name=name)


def const(value: Any, kind: Kind) -> Term:
    return Term("const", kind, constant=value)


@dataclass(frozen=True, slots=True)
class Trap:
    """A plain form and its two answers; what is written instead, and its only one."""

    name: str
    plain: str
    on_duckdb: str
    on_spark: str
    ours: str = ""
    answer: str = ""


DAY, LEAP = read("d", Kind.DAY), read("leap", Kind.DAY)
COUNT = Kind.COUNT
TRAPS = (
    Trap("`/` is a float", "big / 1", "1e+16", "1e+16",
         steps(Ratio("big"), Ratio.of(Fraction(1)), started=False), "10000000000000001"),
    Trap("`//` cuts towards zero", "a // b", "-3", "-3",
         steps(Ratio("a"), Ratio("b"), started=False), "0"),
    Trap("`/` by zero", "five / zero", "inf", "refused",
         rounded(divided(Ratio("five"), Ratio("zero")), Rounding.UP), "null"),
    Trap("`DECIMAL / DECIMAL`", "CAST(five AS DECIMAL(9,2)) / CAST(3 AS DECIMAL(9,2))",
         "1.6666666666666667", "1.666666666667", rounded(Ratio("five", 100, 3), Rounding.HALF_UP),
         "167"),
    Trap("a fraction cast to an integer", "CAST(2.5 AS BIGINT)", "3", "2",
         rounded(Ratio("five", 1, 2), Rounding.HALF_UP), "3"),
    Trap("half-even rounding", "ROUND_EVEN(2.5, 0)", "2", "refused",
         rounded(Ratio("five", 1, 2), Rounding.HALF_EVEN), "2"),
    Trap("literals are 32 bits wide", "95000 * 44640", "refused", "refused",
         sql.cast(times(Ratio.of(Fraction(95000)), Ratio.of(Fraction(44640))).top()),
         "4240800000"),
    Trap("parts of a date are 32 bits wide", "EXTRACT(DAY FROM d) * 100000000", "3100000000",
         "refused", sql.number(Term("days_in_month", COUNT, (DAY,)), NAMES).top(100000000),
         "3100000000"),
    Trap("overflow", "huge * 2", "refused", "refused", Ratio("huge").top(2), "refused"),
    Trap("`date - date`", "d - DATE '2023-01-01'", "30", "30 days, 0:00:00",
         sql.number(Term("days_between", Kind.DAYS, (const(date(2023, 1, 1), Kind.DAY), DAY)),
                    NAMES).top(), "30"),
    Trap("`DATE_DIFF` in months", "DATE_DIFF('month', d, DATE '2023-02-01')", "1", "0"),
    Trap("the type of `date + months`", "d + INTERVAL '1' MONTH", "2023-02-28 00:00:00",
         "2023-02-28",
         sql.plain(Term("add_months", Kind.DAY, (DAY, const(Fraction(1), Kind.MONTHS))), NAMES),
         "2023-02-28"),
    Trap("months added one by one",
         "CAST(CAST(d + INTERVAL '1' MONTH AS DATE) + INTERVAL '1' MONTH AS DATE)",
         "2023-03-28", "2023-03-28",
         sql.plain(Term("add_months", Kind.DAY, (DAY, const(Fraction(2), Kind.MONTHS))), NAMES),
         "2023-03-31"),
    Trap("`LAST_DAY`", "LAST_DAY(leap)", "2024-02-29", "2024-02-29",
         sql.plain(Term("end_of_month", Kind.DAY, (LEAP,)), NAMES), "2024-02-29"),
    Trap("the day of the week", "EXTRACT(DOW FROM d)", "2", "3"),
    Trap("an instant as a number", "EPOCH_US(moment)", "1679797800000001", "refused",
         sql.number(Term("length_between", Kind.LENGTH, (
             const(datetime(1970, 1, 1), Kind.INSTANT),  # noqa: DTZ001 - as columns hold it
             read("moment", Kind.INSTANT))), NAMES).top(), "1679797800000001"),
    Trap("an instant and a length", "moment + INTERVAL '24' HOUR", "2023-03-27 02:30:00.000001",
         "2023-03-27 02:30:00.000001",
         sql.plain(Term("add_length", Kind.INSTANT, (
             read("moment", Kind.INSTANT), const(Fraction(86_400_000_000), Kind.LENGTH))), NAMES),
         "2023-03-27 02:30:00.000001"),
    Trap("comparing with null", "nul <> 1", "null", "null",
         sql.truth(Term("unknown", Kind.TRUTH, (read("nul", COUNT),)), NAMES), "true"),
    Trap("`NULL` without a type", "CASE WHEN NULL THEN 1 ELSE 2 END", "2", "refused",
         "CASE WHEN NULL THEN 1 ELSE 2 END", "2"),
    Trap("`LEAST` and `GREATEST` with null", "LEAST(five, nul, b)", "2", "2",
         sql.number(Term("min", COUNT, tuple(read(n, COUNT) for n in ("five", "nul", "b"))),
                    NAMES).top(), "2"),
    Trap("`NULLIF`", "NULLIF(zero, 0)", "null", "null",
         divided(Ratio("five"), Ratio("zero")).bottom(), "null"),
    Trap("sums of conditions", "CAST((a < 0) + (b > 0) AS BIGINT)", "refused", "refused",
         "CASE WHEN a < 0 THEN 1 ELSE 0 END + CASE WHEN b > 0 THEN 2 ELSE 0 END", "3"),
    Trap("a truth as a number", "TRUE = 1", "true", "refused"),
    Trap("a text as a number", "'07' = 7", "true", "true"),
    Trap("the order of texts", "'B' < 'a'", "true", "true",
         sql.truth(Term("=", Kind.TRUTH, (read("word", Kind.TEXT), const("A_B", Kind.TEXT))),
                   NAMES), "false"),
    Trap("upper case", "UPPER('ß')", "ẞ", "SS"),
    Trap("`LIKE` with a backslash", "word LIKE 'a\\_%'", "false", "true",
         sql.truth(Term("starts_with", Kind.TRUTH, (
             read("word", Kind.TEXT), const("a_", Kind.TEXT))), NAMES), "true"),
    Trap("a backslash in a text", "path = 'a\\b'", "true", "true",
         sql.truth(Term("=", Kind.TRUTH, (read("path", Kind.TEXT), const("a\\b", Kind.TEXT))),
                   NAMES), "true"),
    Trap("`SUBSTRING` from 0", "SUBSTRING(word, 0, 2)", "a", "a_",
         sql.truth(Term("starts_with", Kind.TRUTH, (
             read("word", Kind.TEXT), const("a_b", Kind.TEXT))), NAMES), "true"),
    Trap("wide sums", "SUM(huge) FROM (SELECT huge FROM (SELECT CAST(4611686018427387904 AS BIGINT)"
         " AS huge, UNNEST([1, 2]) AS n) AS u) AS v", "9223372036854775808", "refused"),
)  # fmt: skip

Ask = Callable[[str], str]


@pytest.fixture(scope="module")
def on_duckdb() -> Ask:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    return lambda text: _shown(lambda: con.sql(text).to_arrow_table())


@pytest.fixture(scope="module")
def on_spark(spark_session: Any) -> Ask:
    spark = pytest.importorskip("ristoro.remedies.deciding.engines.spark")
    session = spark_session.newSession()
    for name, value in spark.MEANING.items():
        session.conf.set(name, value)
    return lambda text: _shown(lambda: session.sql(text).toArrow())


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_the_plain_form_answers_so_on_duckdb(trap: Trap, on_duckdb: Ask) -> None:
    assert on_duckdb(_query(trap.plain)) == trap.on_duckdb


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_the_plain_form_answers_so_on_spark(trap: Trap, on_spark: Ask) -> None:
    assert on_spark(_by_sqlglot_alone(_query(trap.plain))) == trap.on_spark


@pytest.mark.parametrize("trap", [trap for trap in TRAPS if trap.ours], ids=lambda trap: trap.name)
def test_what_the_compiler_writes_has_one_answer(trap: Trap, on_duckdb: Ask, on_spark: Ask) -> None:
    text = _query(trap.ours)
    assert on_duckdb(text) == trap.answer
    assert on_spark(in_dialect(text, Dialect.SPARK)) == trap.answer


def test_sums_are_as_wide_as_they_must_be_whatever_decided() -> None:
    rows = pa.table(
        {
            "verdict": pa.array([0, 0, 0], pa.int16()),
            "brand": ["libero"] * 3,
            "plan": ["free"] * 3,
            "amount": pa.array([2**62, 2**62, 2**62], pa.int64()),
        }
    )
    with duckdb.connect() as con:
        (found,) = sums_of(con, rows)
    assert (found.count, found.amount) == (3, 3 * 2**62)


def test_every_trap_stands_in_the_documentation_as_it_was_tried() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for trap in TRAPS:
        plain = trap.plain.replace("|", "\\|")
        row = f"| {trap.name} | `{plain}` | {trap.on_duckdb} | {trap.on_spark} |"
        assert row in text, row


FUNCTIONS = {
    exp.And, exp.Or, exp.Case, exp.If, exp.Cast, exp.Coalesce, exp.DateDiff, exp.Extract,
    exp.Greatest, exp.Least, exp.LastDay, exp.Nullif, exp.Substring, exp.Sum, exp.RowNumber,
    exp.UnixToTime,
}  # fmt: skip
CALLS = {"EPOCH_US"}
TYPES = {"BIGINT", "INT", "SMALLINT", "TEXT", "VARCHAR", "DATE", "TIMESTAMP", "BOOLEAN"}


@pytest.mark.parametrize("path", sorted((HERE / "golden" / "duckdb").glob("*.sql")), ids=str)
def test_the_compiler_stays_in_what_engines_compute_alike(path: Path) -> None:
    for query in sqlglot.parse(path.read_text(encoding="utf-8"), read="duckdb"):
        assert query is not None
        for node in query.walk():
            assert not isinstance(node, (exp.Div, exp.Like, exp.ILike, exp.TryCast, exp.Collate))
            if isinstance(node, exp.Anonymous):
                assert node.name.upper() in CALLS
            elif isinstance(node, exp.Func):
                assert type(node) in FUNCTIONS, node.sql()
            if isinstance(node, exp.Literal) and not node.is_string:
                assert node.name.isdigit(), "a fraction is a float or a decimal"
            if isinstance(node, exp.DataType):
                assert node.sql("duckdb") in TYPES
            if isinstance(node, exp.DateDiff):
                assert node.args["unit"].name.lower() == "day"
            if isinstance(node, exp.Extract):
                assert node.name.lower() == "day"


def _query(text: str) -> str:
    return f"SELECT {text}" if " FROM (" in text else f"SELECT {text} FROM {ROW}"


def _by_sqlglot_alone(text: str) -> str:
    return sqlglot.transpile(text, read="duckdb", write="spark")[0]


def _shown(answer: Callable[[], pa.Table]) -> str:
    """The one value as the documentation writes it."""
    try:
        value = answer().column(0)[0].as_py()
    except Exception:  # noqa: BLE001 - each engine and each refusal has an error of its own
        return "refused"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value) if not isinstance(value, (datetime, timedelta)) else f"{value}"
