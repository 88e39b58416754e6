"""Opening the books for a run: what its remedies are, and all that it owes as it begins.

From then on every move of its grants is posted with it. What is owed is booked grant by grant for
money, in a few statements a bucket, and by bucket and remedy for what is given in kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from ristoro.fulfilment.books import deriving
from ristoro.fulfilment.books.accounts import EXPENSE, Account, Nature, Side
from ristoro.fulfilment.books.deriving import MoneyGrant, Shift
from ristoro.fulfilment.books.entries import LINES_AN_ENTRY
from ristoro.fulfilment.books.models import Term
from ristoro.fulfilment.books.positions import MONEY, Position, position
from ristoro.fulfilment.books.posting import BalanceKey, add
from ristoro.fulfilment.models import GrantState
from ristoro.fulfilment.states import MADE
from ristoro.kernel.keys import row_bounds
from ristoro.remedies.deciding.decide import POLICY
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.models import Run, RunState

_KINDS = ", ".join(str(int(kind)) for kind in sorted(MONEY))
_IN_BOOKS = ", ".join(str(int(s)) for s in GrantState if position(s) is not Position.NONE)

_ENTRIES = f"""
INSERT INTO books_entry (key, at, about, code, mailbox_id, bucket, run_id, remedy, grant_id)
SELECT 'grant ' || id || '/1', %s, 'grant ' || id, 'owed', mailbox_id, bucket, run_id, remedy, id
FROM fulfilment_grant
WHERE id >= %s AND id < %s AND kind IN ({_KINDS}) AND state IN ({_IN_BOOKS})
ORDER BY id
"""  # noqa: S608 - numbers of this module
_NATURES = " ".join(f"WHEN {int(one)} THEN {int(account)}" for one, account in EXPENSE.items())
_LINES = f"""
INSERT INTO books_line (id, run_id, account, nature, side, amount, unit)
SELECT e.id * {LINES_AN_ENTRY} + s.place, e.run_id,
       CASE WHEN s.side = {int(Side.CREDIT)} THEN {int(Account.PAYABLE)}
            ELSE CASE t.nature {_NATURES} END END,
       t.nature, s.side, g.amount, g.currency
FROM books_entry AS e
JOIN fulfilment_grant AS g ON g.id = e.grant_id
JOIN books_term AS t ON t.run_id = e.run_id AND t.remedy = e.remedy
CROSS JOIN (SELECT 0 AS place, {int(Side.DEBIT)} AS side
            UNION ALL SELECT 1, {int(Side.CREDIT)}) AS s
WHERE e.grant_id >= %s AND e.grant_id < %s
"""  # noqa: S608 - names of this module
_IN_KIND = f"""
SELECT remedy, kind, state, sum(amount) FROM fulfilment_grant
WHERE id >= %s AND id < %s AND kind NOT IN ({_KINDS})
GROUP BY remedy, kind, state
"""  # noqa: S608 - names of this module
_STATES = {Position.OWED: GrantState.PLANNED, Position.GIVEN: GrantState.APPLIED}
_MADE = f"id >= %s AND id < %s AND state IN ({', '.join(str(int(s)) for s in sorted(MADE))})"
"""What was given before the books were open: by a worker of an earlier version."""
_SUMS = f"""
SELECT g.bucket, g.remedy, t.nature, g.currency, sum(g.amount), count(*)
FROM fulfilment_grant AS g
JOIN books_term AS t ON t.run_id = g.run_id AND t.remedy = g.remedy
WHERE g.id >= %s AND g.id < %s AND g.kind IN ({_KINDS}) AND g.state IN ({_IN_BOOKS})
GROUP BY g.bucket, g.remedy, t.nature, g.currency
"""  # noqa: S608 - names of this module


def open_for(run: Run, at: datetime, buckets: Sequence[int]) -> bool:
    """Open the books for a run, and book all that it owes now; whether they were not open before.

    ``buckets`` are those that have grants of the run.
    In the caller's transaction or its own, behind the run's row: who answers meanwhile waits
    (``of_run``). A run that does not act owes nothing
    yet, or nothing any more. ``BadInput`` where the run's policy cannot be read.
    """
    if is_open(run.pk):
        return False
    terms = _terms(run)
    with transaction.atomic():
        held = Run.objects.select_for_update().get(pk=run.pk)
        if held.state != RunState.ACTING or is_open(run.pk):
            return False
        Term.objects.bulk_create(terms)
        _book_in_kind(run, buckets, at)
        if any(term.money for term in terms):
            _book_money(run, buckets, at)
    return True


def is_open(run_id: int) -> bool:
    """Whether the run is in the books."""
    return Term.objects.filter(run_id=run_id).exists()


def of_run(run_id: int) -> dict[int, deriving.Term]:
    """The run's terms, for a move that no worker makes; nothing where the books are not open.

    Whoever finds them not open holds the run's row until the move is done: opening waits for it,
    and then sees the row as it was moved.
    """
    found = deriving.terms(run_id)
    if found or connection.vendor != "postgresql":
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM remedies_run WHERE id = %s FOR SHARE", [run_id])
    return deriving.terms(run_id)


def _terms(run: Run) -> list[Term]:
    """What each remedy that owes anything is, by the policy and the totals of the run."""
    remedies = load_policy(Path(run.directory) / POLICY).policy.remedies
    units = {
        number: {line["unit"] for line in remedy["owed"]}
        for number, remedy in enumerate(run.totals["remedies"])
    }
    return [
        Term(
            run_id=run.pk,
            remedy=number,
            name=remedy.name,
            nature=Nature.of(remedy.accounting),
            money="minor" in units.get(number, set()),
        )
        for number, remedy in enumerate(remedies)
    ]


def _book_in_kind(run: Run, buckets: Iterable[int], at: datetime) -> None:
    terms = deriving.terms(run.pk)
    for bucket in buckets:
        with connection.cursor() as cursor:
            cursor.execute(_IN_KIND, row_bounds(bucket, run.pk))
            sums: dict[tuple[int, int, Position], int] = {}
            for remedy, kind, state, amount in cursor.fetchall():
                key = remedy, kind, position(state)
                sums[key] = sums.get(key, 0) + int(amount)
        shifts = [
            Shift(bucket, remedy, kind, GrantState.WAITING, _STATES[where], amount)
            for (remedy, kind, where), amount in sorted(sums.items())
            if where in _STATES
        ]
        deriving.book(run.pk, terms, shifts, [], at)


def _book_money(run: Run, buckets: Iterable[int], at: datetime) -> None:
    instant = connection.ops.adapt_datetimefield_value(at)
    sums: dict[BalanceKey, list[int]] = {}
    made: list[MoneyGrant] = []
    with connection.cursor() as cursor:
        for bucket in buckets:
            bounds = row_bounds(bucket, run.pk)
            cursor.execute(_SUMS, bounds)
            found = cursor.fetchall()
            for _, remedy, nature, currency, amount, rows in found:
                expense = EXPENSE[Nature(nature)]
                sums[run.pk, bucket, remedy, int(expense), nature, currency] = [amount, 0, rows]
                sums[run.pk, bucket, remedy, int(Account.PAYABLE), nature, currency] = [
                    0, amount, rows,
                ]  # fmt: skip
            if found:
                cursor.execute(_ENTRIES, [instant, *bounds])
                cursor.execute(_LINES, bounds)
                made += deriving.money_where(_MADE, bounds, GrantState.APPLIED)
    add(sums)
    deriving.book(run.pk, deriving.terms(run.pk), [], made, at)
