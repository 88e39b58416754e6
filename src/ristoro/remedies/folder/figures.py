"""Figures of a decision that its totals do not have: mailboxes once each, list value, extremes.

The list value of a longer subscription is what its months cost the holder at the price that the
snapshot has of the mailbox: a fraction of minor units, kept exact and rounded once, when shown.
It is no money that moves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

from ristoro.kernel.keys import BUCKETS

BUCKETS_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Given:
    """Mailboxes of one brand and plan that get anything, each counted once."""

    brand: str
    plan: str
    mailboxes: int


@dataclass(frozen=True, slots=True)
class ListValue:
    """What the months given by one remedy cost at list price, for one brand, plan and currency.

    ``unpriced`` are months of mailboxes that pay nothing, which have no list price.
    """

    remedy_no: int
    brand: str
    plan: str
    currency: str
    months: int
    unpriced: int
    numerator: int
    denominator: int

    @property
    def minor(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True)
class Extremes:
    """The least and the most that one mailbox gets of a remedy, of those that get something."""

    remedy_no: int
    unit: str
    currency: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Counted once, when the decision was made."""

    given: tuple[Given, ...]
    list_values: tuple[ListValue, ...]
    extremes: tuple[Extremes, ...]

    @property
    def mailboxes(self) -> int:
        """Those that get anything, each once."""
        return sum(one.mailboxes for one in self.given)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Figures:
        """From what ``as_dict`` gave."""
        return cls(
            tuple(Given(**one) for one in told["given"]),
            tuple(ListValue(**one) for one in told["list_values"]),
            tuple(Extremes(**one) for one in told["extremes"]),
        )


def count(
    con: duckdb.DuckDBPyConnection,
    outcomes: Path,
    snapshot: Path,
    progress: Callable[[int], None] = lambda buckets: None,
) -> Figures:
    """Count a decision, a range of buckets at a time, of which ``progress`` is told."""
    files = {"outcomes": str(outcomes), "snapshot": str(snapshot)}
    given: dict[tuple[str, str], int] = {}
    months: dict[tuple[int, str, str, str], list[Fraction]] = {}
    extremes: dict[tuple[int, str, str], tuple[int, int]] = {}
    for first in range(0, BUCKETS, BUCKETS_AT_ONCE):
        con.execute(_OWED, {**files, "first": first, "after": first + BUCKETS_AT_ONCE})
        for brand, plan, mailboxes in con.execute(_GIVEN).fetchall():
            given[brand, plan] = given.get((brand, plan), 0) + mailboxes
        for *key, price, every, owed in con.execute(_MONTHS).fetchall():
            sums = months.setdefault(tuple(key), [Fraction(0)] * 3)
            has_price = price > 0 and every > 0
            sums[0] += owed
            sums[1] += 0 if has_price else owed
            sums[2] += Fraction(owed * price, every) if has_price else 0
        for *whose, least, most in con.execute(_EXTREMES).fetchall():
            held = extremes.get(tuple(whose), (least, most))
            extremes[tuple(whose)] = (min(held[0], least), max(held[1], most))
        progress(BUCKETS_AT_ONCE)
    return Figures(
        tuple(Given(*key, mailboxes) for key, mailboxes in sorted(given.items())),
        tuple(
            ListValue(*key, int(owed), int(unpriced), value.numerator, value.denominator)
            for key, (owed, unpriced, value) in sorted(months.items())
        ),
        tuple(Extremes(*key, *both) for key, both in sorted(extremes.items())),
    )


_OWED = """
CREATE OR REPLACE TEMP TABLE owed AS
SELECT decided.*, brand, plan, price, every, paid_in
FROM (
  SELECT remedy_no, mailbox_id, kind, amount, unit, currency FROM read_parquet($outcomes)
  WHERE bucket >= $first AND bucket < $after AND reason = ''
) AS decided
INNER JOIN (
  SELECT mailbox_id, brand, plan, price_minor AS price, billing_months AS every,
    currency AS paid_in
  FROM read_parquet($snapshot) WHERE bucket >= $first AND bucket < $after
) AS boxes USING (mailbox_id)"""

_GIVEN = """
SELECT brand, plan, COUNT(*) FROM (SELECT DISTINCT mailbox_id, brand, plan FROM owed)
GROUP BY ALL"""

_MONTHS = """
SELECT remedy_no, brand, plan, paid_in, price, every, CAST(SUM(amount) AS HUGEINT)
FROM owed WHERE kind = 'extension' GROUP BY ALL"""

_EXTREMES = """
SELECT remedy_no, unit, currency, MIN(amount), MAX(amount) FROM owed GROUP BY ALL"""
