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

from ristoro.fulfilment.books.accounts import IN_KIND, Account, Group, Nature
from ristoro.fulfilment.books.entries import LINES_AN_ENTRY
from ristoro.fulfilment.books.models import Balance, BookEntry, Term
from ristoro.fulfilment.books.positions import AFTER, MONEY, Position, position
from ristoro.fulfilment.books.posting import NO_REMEDY
from ristoro.fulfilment.books.reading import SPLIT
from ristoro.fulfilment.models import Grant
from ristoro.kernel.keys import row_bounds
from ristoro.remedies.models import Run

MOST_NAMED = 100
"""Differences of single grants or entries that are named; more are counted."""

Sums = Mapping[tuple[int, str, int], int]
"""By remedy, unit (or currency) and state: what the grants come to.

The unit is empty for a remedy that gives in several units, where only the sum of all the numbers
is known: nothing that anybody should read, but what the books' numbers must sum up to as well.
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """One remedy and unit: what it is in the books, and what books, grants and totals say.

    Where only sums over all units are known of the grants, ``unit`` is empty and no amount is of
    any meaning by itself.
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
    """How each remedy of a run stands in the books beside its grants, from the balances alone;
    nothing where it is in no books."""
    terms = {term.remedy: term for term in Term.objects.filter(run_id=run.pk)}
    if not terms:
        return []
    booked, decided = booked_of(run.pk), _decided(run)
    rows: dict[tuple[int, str, Position], int] = defaultdict(int)
    for (remedy, unit, state), amount in sums.items():
        rows[remedy, unit, position(state)] += amount
    together = {remedy for remedy, unit, _ in sums if not unit}
    places = {(remedy, "" if remedy in together else unit) for remedy, unit in (*booked, *decided)}
    places |= {(remedy, unit) for remedy, unit, _ in sums}
    return [
        Standing(
            remedy=remedy,
            name=terms[remedy].name if remedy in terms else "",
            nature=terms[remedy].nature if remedy in terms else int(Nature.GOODWILL),
            unit=unit,
            decided=sum(amount for key, amount in decided.items() if _is_of(key, remedy, unit)),
            owed=sum(owed for key, (owed, _) in booked.items() if _is_of(key, remedy, unit)),
            given=sum(given for key, (_, given) in booked.items() if _is_of(key, remedy, unit)),
            rows_owed=rows[remedy, unit, Position.OWED],
            rows_given=rows[remedy, unit, Position.GIVEN],
            rows_not=rows[remedy, unit, Position.NONE],
        )
        for remedy, unit in sorted(places)
    ]


def unit_of_remedy(run: Run) -> dict[int, str]:
    """The unit, or the currency, of each remedy that gives in one alone."""
    units: dict[int, set[str]] = defaultdict(set)
    for remedy, unit in _decided(run):
        units[remedy].add(unit)
    return {remedy: next(iter(found)) for remedy, found in units.items() if len(found) == 1}


def differences(run: Run, sums: Sums) -> list[Difference]:
    """What does not agree between a run and the books, by remedy; cheap at any size."""
    found = standings(run, sums)
    if not found:
        money = {remedy for remedy, unit in _decided(run) if unit not in IN_KIND}
        owed = {remedy: _rows(sums, remedy) for remedy in sorted(money)}
        return [
            Difference("not-open", f"remedy {one}", left, 0) for one, left in owed.items() if left
        ]
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
    what = f"remedy {one.remedy}" + (f", {one.unit}" if one.unit else "")
    rows = one.rows_owed + one.rows_given + one.rows_not
    for code, expected, found in (
        ("owed", one.rows_owed, one.owed),
        ("given", one.rows_given, one.given),
        ("decided", one.decided, rows),
    ):
        if expected != found:
            yield Difference(code, what, expected, found)


def booked_of(run_id: int) -> dict[tuple[int, str], tuple[int, int]]:
    """By remedy and unit: owed and given, as the books have it, however it was given."""
    owed: dict[tuple[int, str], int] = defaultdict(int)
    borne: dict[tuple[int, str], int] = defaultdict(int)
    given: dict[tuple[int, str], int] = defaultdict(int)
    for remedy, unit, account, net in _balances(run_id):
        if account is Account.PAYABLE or account is Account.IN_KIND_OWED:
            owed[remedy, unit] += net
        elif account is Account.IN_KIND_GIVEN:
            given[remedy, unit] += net
        elif account.group is Group.EXPENSE:
            borne[remedy, unit] -= net
    for key, amount in borne.items():
        given[key] += amount - owed[key]
    return {key: (owed[key], given[key]) for key in owed.keys() | given.keys()}


def _is_of(key: tuple[int, str], remedy: int, unit: str) -> bool:
    return key[0] == remedy and unit in ("", key[1])


def _balances(run_id: int) -> Iterator[tuple[int, str, Account, int]]:
    """By remedy, unit and account: credit less debit."""
    rows = (
        Balance.objects.filter(run_id=run_id)
        .exclude(remedy=NO_REMEDY)
        .values("remedy", "unit", "account")
        .annotate(
            debit_high=Sum(F("debit") / SPLIT),
            debit_low=Sum(F("debit") % SPLIT),
            credit_high=Sum(F("credit") / SPLIT),
            credit_low=Sum(F("credit") % SPLIT),
        )
        .order_by("remedy", "unit", "account")
    )
    for one in rows:
        debit = int(one["debit_high"]) * SPLIT + int(one["debit_low"])
        credit = int(one["credit_high"]) * SPLIT + int(one["credit_low"])
        yield one["remedy"], one["unit"], Account(one["account"]), credit - debit


def _net(run_id: int, account: Account) -> int:
    rows = Balance.objects.filter(run_id=run_id, account=account)
    sums = rows.aggregate(debit=Sum("debit"), credit=Sum("credit"))
    return (sums["credit"] or 0) - (sums["debit"] or 0)


def _decided(run: Run) -> dict[tuple[int, str], int]:
    """By remedy and unit, or currency: what the run's totals say is owed."""
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for number, remedy in enumerate(run.totals.get("remedies", [])):
        for line in remedy["owed"]:
            unit = line["currency"] if line["unit"] == "minor" else line["unit"]
            sums[number, unit] += line["amount"]
    return sums


def _rows(sums: Sums, remedy: int) -> int:
    return sum(
        amount
        for (number, _, state), amount in sums.items()
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
"""  # noqa: S608 - names of this module


def _lines_against_balances() -> dict[tuple[int, int, int, str, int], tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_AGAINST)
        return {
            (run, account, nature, unit, bucket): (int(debit), int(credit))
            for run, account, nature, unit, bucket, debit, credit in cursor.fetchall()
        }
