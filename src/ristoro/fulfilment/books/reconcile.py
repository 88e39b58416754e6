"""The books held against the runs: by remedy, by grant, and by their own arithmetic.

A run is in balance where what the books say is owed and given of each remedy is what its grants
say, and these sum up to what was decided. Every difference is named; none is corrected here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import connection
from django.db.models import F, Sum

from ristoro.fulfilment.books.accounts import Account, Group
from ristoro.fulfilment.books.entries import LINES_AN_ENTRY
from ristoro.fulfilment.books.models import Balance, BookEntry, Term
from ristoro.fulfilment.books.positions import AFTER, MONEY, Position, position
from ristoro.fulfilment.books.posting import NO_REMEDY
from ristoro.fulfilment.books.reading import SPLIT
from ristoro.fulfilment.models import Grant
from ristoro.kernel.keys import row_bounds
from ristoro.remedies import runs
from ristoro.remedies.models import Run

MOST_NAMED = 100
"""Differences of single grants or entries that are named; more are counted."""

Sums = Mapping[tuple[int, int], int]
"""By remedy and state: what the grants come to."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One remedy: what it is in the books, and what the books, the grants and the totals say.

    Amounts are in ``unit``, which is empty for money: minor units of the grants' currency.
    """

    remedy: int
    name: str
    nature: int
    unit: str
    decided: int
    owed: int
    given: int
    rows_owed: int
    rows_given: int
    rows_not: int

    @property
    def agrees(self) -> bool:
        rows = self.rows_owed + self.rows_given + self.rows_not
        return (self.owed, self.given, self.decided) == (self.rows_owed, self.rows_given, rows)


@dataclass(frozen=True, slots=True)
class Difference:
    """Two figures that must be equal and are not; ``what`` names where: ``remedy 1``, ``grant 7``.

    ``code``: ``owed`` and ``given`` of the books (found) against the grants (expected), ``decided``
    of the grants against the totals, ``position`` of one grant, ``unbalanced`` an entry's debits
    against its credits, ``balances`` by how much a balance is not the sum of its lines,
    ``suspense`` what is in that account, ``not-open`` a run that owes and is in no books.
    """

    code: str
    what: str
    expected: int
    found: int


def standings(run: Run, sums: Sums) -> list[Standing]:
    """How each remedy of a run stands in the books beside its grants, from the balances
    alone; nothing where it is in no books."""
    terms = list(Term.objects.filter(run_id=run.pk).order_by("remedy"))
    if not terms:
        return []
    booked = _booked(run.pk)
    decided = _decided(run)
    rows: dict[tuple[int, Position | None], int] = defaultdict(int)
    for (remedy, state), amount in sums.items():
        rows[remedy, position(state)] += amount
    found = []
    for term in terms:
        number = term.remedy
        owed, given = booked.get(number, (0, 0))
        found.append(
            Standing(
                remedy=number,
                name=term.name,
                nature=term.nature,
                unit=term.unit,
                decided=decided.get(number, 0),
                owed=owed,
                given=given,
                rows_owed=rows[number, Position.OWED],
                rows_given=rows[number, Position.GIVEN],
                rows_not=rows[number, Position.NONE],
            )
        )
    return found


def differences(run: Run, sums: Sums) -> list[Difference]:
    """What does not agree between a run and the books, by remedy; cheap at any size."""
    found = standings(run, sums)
    if not found:
        owed = [remedy for remedy in sorted(_money_remedies(run)) if _rows(sums, remedy)]
        return [Difference("not-open", f"remedy {one}", _rows(sums, one), 0) for one in owed]
    named = [difference for one in found for difference in _of(one)]
    suspense = _net(run.pk, Account.SUSPENSE)
    return named + ([Difference("suspense", f"run {run.name}", 0, suspense)] if suspense else [])


def each_grant(run: Run, buckets: Sequence[int]) -> Iterator[Difference]:
    """The money grants of these buckets whose position in the books is not that of their state."""
    for bucket in buckets:
        lo, hi = row_bounds(bucket, run.pk)
        grants = Grant.objects.filter(id__gte=lo, id__lt=hi, kind__in=sorted(MONEY))
        states = dict(grants.values_list("id", "state"))
        entries = BookEntry.objects.filter(grant_id__gte=lo, grant_id__lt=hi)
        codes = dict(entries.order_by("id").values_list("grant_id", "code"))
        for grant in sorted({*states, *(one for one in codes if one is not None)}):
            wanted = position(states[grant]) if grant in states else Position.NONE
            stands = AFTER[codes[grant]] if grant in codes else Position.NONE
            if wanted is not stands:
                yield Difference("position", f"grant {grant}", int(wanted), int(stands))


def arithmetic() -> Iterator[Difference]:
    """Entries that do not balance, and balances that are not the sums of their lines."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id / {LINES_AN_ENTRY}, "  # noqa: S608 - a number of this program
            "sum(CASE WHEN side = 1 THEN amount ELSE 0 END),"
            " sum(CASE WHEN side = 2 THEN amount ELSE 0 END)"
            " FROM books_line GROUP BY 1, unit"
            " HAVING sum(CASE WHEN side = 1 THEN amount ELSE -amount END) <> 0 ORDER BY 1"
        )
        for entry, debit, credit in cursor.fetchall():
            yield Difference("unbalanced", f"entry {entry}", int(debit), int(credit))
    for key, (debit, credit) in _lines_against_balances().items():
        run, account, nature, unit, bucket = key
        what = f"account {account}, nature {nature}, {unit}, run {run}, bucket {bucket}"
        yield Difference("balances", what, 0, debit or credit)


def whole(run: Run, sums: Sums, buckets: Sequence[int]) -> list[Difference]:
    """Everything of a run held against the books, grant by grant; seconds for a million."""
    return [*differences(run, sums), *islice(each_grant(run, buckets), MOST_NAMED)]


def _of(one: Standing) -> Iterator[Difference]:
    what = f"remedy {one.remedy}"
    rows = one.rows_owed + one.rows_given + one.rows_not
    for code, expected, found in (
        ("owed", one.rows_owed, one.owed),
        ("given", one.rows_given, one.given),
        ("decided", one.decided, rows),
    ):
        if expected != found:
            yield Difference(code, what, expected, found)


def _booked(run_id: int) -> dict[int, tuple[int, int]]:
    """By remedy: owed and given, as the books have it, however it was given."""
    owed: dict[int, int] = defaultdict(int)
    borne: dict[int, int] = defaultdict(int)
    given: dict[int, int] = defaultdict(int)
    for remedy, account, debit, credit in _balances(run_id):
        net = credit - debit
        if account is Account.PAYABLE or account is Account.IN_KIND_OWED:
            owed[remedy] += net
        elif account is Account.IN_KIND_GIVEN:
            given[remedy] += net
        elif account.group is Group.EXPENSE:
            borne[remedy] -= net
    for remedy, amount in borne.items():
        given[remedy] += amount - owed[remedy]
    return {one: (owed[one], given[one]) for one in owed.keys() | given.keys()}


def _balances(run_id: int) -> Iterator[tuple[int, Account, int, int]]:
    rows = (
        Balance.objects.filter(run_id=run_id)
        .exclude(remedy=NO_REMEDY)
        .values("remedy", "account")
        .annotate(
            debit_high=Sum(F("debit") / SPLIT),
            debit_low=Sum(F("debit") % SPLIT),
            credit_high=Sum(F("credit") / SPLIT),
            credit_low=Sum(F("credit") % SPLIT),
        )
        .order_by("remedy", "account")
    )
    for one in rows:
        debit = int(one["debit_high"]) * SPLIT + int(one["debit_low"])
        credit = int(one["credit_high"]) * SPLIT + int(one["credit_low"])
        yield one["remedy"], Account(one["account"]), debit, credit


def _net(run_id: int, account: Account) -> int:
    rows = Balance.objects.filter(run_id=run_id, account=account)
    sums = rows.aggregate(debit=Sum("debit"), credit=Sum("credit"))
    return (sums["credit"] or 0) - (sums["debit"] or 0)


def _decided(run: Run) -> dict[int, int]:
    return {remedy: amount for remedy, (_, amount) in runs.owed_by_remedy(run).items()}


def _money_remedies(run: Run) -> set[int]:
    """The remedies that give money, as the run's totals have them."""
    try:
        return {
            number
            for number, remedy in enumerate(run.totals["remedies"])
            if any(line["unit"] == "minor" for line in remedy["owed"])
        }
    except (KeyError, TypeError):
        return set()


def _rows(sums: Sums, remedy: int) -> int:
    return sum(
        amount
        for (number, state), amount in sums.items()
        if number == remedy and position(state) is not Position.NONE
    )


_AGAINST = f"""
SELECT run_id, account, nature, unit, bucket, sum(debit), sum(credit) FROM (
  SELECT run_id, account, nature, unit, bucket, debit, credit FROM books_balance
  UNION ALL
  SELECT coalesce(e.run_id, 0), l.account, l.nature, l.unit, e.bucket,
         sum(CASE WHEN l.side = 1 THEN -l.amount ELSE 0 END),
         sum(CASE WHEN l.side = 2 THEN -l.amount ELSE 0 END)
  FROM books_line AS l JOIN books_entry AS e ON e.id = l.id / {LINES_AN_ENTRY}
  GROUP BY 1, 2, 3, 4, 5
) AS sums
GROUP BY run_id, account, nature, unit, bucket
HAVING sum(debit) <> 0 OR sum(credit) <> 0
ORDER BY 1, 2, 3, 4, 5
"""  # noqa: S608


def _lines_against_balances() -> dict[tuple[int, int, int, str, int], tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_AGAINST)
        return {
            (run, account, nature, unit, bucket): (int(debit), int(credit))
            for run, account, nature, unit, bucket, debit, credit in cursor.fetchall()
        }
