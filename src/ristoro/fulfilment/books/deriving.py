"""What moves of grants mean for the books, posted in the transaction that moves them.

Money has entries of its own for each grant, what is given in kind one for each bucket and remedy
of a move, however many grants that is. A run is in the books once they were opened for it
(``books.opening``); of any other nothing is posted.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from ristoro.fulfilment.books.accounts import Account, Nature
from ristoro.fulfilment.books.entries import Entry, Sum, check
from ristoro.fulfilment.books.positions import (
    AFTER,
    CODES,
    GIVEN_BY,
    MONEY,
    Position,
    in_kind_lines,
    money_lines,
    position,
    steps,
    unit_of,
)
from ristoro.fulfilment.books.posting import write
from ristoro.fulfilment.models import Route


@dataclass(frozen=True, slots=True)
class Term:
    """What a remedy is in the books, and whether it gives any money."""

    nature: Nature
    money: bool


@dataclass(frozen=True, slots=True)
class Shift:
    """Grants of one bucket, remedy and kind went from one state to another; what they come to."""

    bucket: int
    remedy: int
    kind: int
    before: int
    after: int
    amount: int


@dataclass(frozen=True, slots=True)
class MoneyGrant:
    """A money grant that moves to a state."""

    id: int
    mailbox_id: int
    bucket: int
    remedy: int
    amount: int
    currency: str
    after: int


def matters(before: int, after: int) -> bool:
    """Whether a move from one state to another changes anything in the books."""
    return position(before) is not position(after)


def terms(run_id: int) -> dict[int, Term]:
    """What the run's remedies are in the books; nothing where they are not open for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT remedy, nature, money FROM books_term WHERE run_id = %s", [run_id])
        return {one: Term(Nature(nature), bool(money)) for one, nature, money in cursor.fetchall()}


def has_money(of_run: Mapping[int, Term]) -> bool:
    """Whether any of the remedies is money."""
    return any(term.money for term in of_run.values())


def money_among(ids: Sequence[int], after: int) -> list[MoneyGrant]:
    """The money grants among these, which are about to move, or have just moved, to a state."""
    among, bound = _among(ids)
    return money_where(f"id {among}", [bound], after)


def money_where(where: str, bound: Sequence[Any], after: int) -> list[MoneyGrant]:
    """As ``money_among``, for the grants of a condition; ``where`` is never from outside."""
    kinds = ", ".join(str(int(kind)) for kind in sorted(MONEY))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, mailbox_id, bucket, remedy, amount, currency FROM fulfilment_grant "  # noqa: S608 - names of this module
            f"WHERE kind IN ({kinds}) AND {where} ORDER BY id",
            list(bound),
        )
        return [
            MoneyGrant(grant, mailbox, bucket, remedy, amount, currency, after)
            for grant, mailbox, bucket, remedy, amount, currency in cursor.fetchall()
        ]


def book(
    run_id: int,
    of_run: Mapping[int, Term],
    shifts: Iterable[Shift],
    money: Sequence[MoneyGrant],
    at: datetime,
) -> int:
    """Post what these moves mean, in the caller's transaction; how many entries that was."""
    entries = [*_in_kind(run_id, of_run, shifts, at), *_money(run_id, of_run, money, at)]
    if not entries:
        return 0
    check(entries)
    return len(write(entries))


def shifts_of(ids: Sequence[int], before: int, after: int) -> list[Shift]:
    """What is given in kind among these grants, as moves from one state to another."""
    among, bound = _among(ids)
    kinds = ", ".join(str(int(kind)) for kind in sorted(MONEY))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bucket, remedy, kind, sum(amount) FROM fulfilment_grant "  # noqa: S608 - names of this module
            f"WHERE kind NOT IN ({kinds}) AND id {among} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            [bound],
        )
        return [
            Shift(bucket, remedy, kind, before, after, int(amount))
            for bucket, remedy, kind, amount in cursor.fetchall()
        ]


def _in_kind(
    run_id: int, of_run: Mapping[int, Term], shifts: Iterable[Shift], at: datetime
) -> Iterable[Entry]:
    for shift in shifts:
        term = of_run.get(shift.remedy)
        before, after = position(shift.before), position(shift.after)
        if term is None or shift.kind in MONEY or before is after or not shift.amount:
            continue
        sum_ = Sum(term.nature, shift.amount, unit_of(shift.kind, ""))
        for one, other in steps(before, after):
            yield Entry(
                key=f"run {run_id}/{secrets.token_hex(8)}",
                at=at,
                about=f"run {run_id}",
                lines=in_kind_lines(sum_, one, other),
                code=CODES[one, other],
                bucket=shift.bucket,
                run_id=run_id,
                remedy=shift.remedy,
            )


def _money(
    run_id: int, of_run: Mapping[int, Term], money: Sequence[MoneyGrant], at: datetime
) -> Iterable[Entry]:
    """Entries from where each grant stands in the books to where its state puts it.

    What was missed before is made good with it, so that the books cannot stay behind the rows.
    """
    if not money:
        return
    standing = _standing([grant.id for grant in money])
    given = [grant.id for grant in money if position(grant.after) is Position.GIVEN]
    ways = _ways(given) if given else {}
    for grant in money:
        turn, before, through = standing.get(grant.id, (0, Position.NONE, None))
        sum_ = Sum(of_run[grant.remedy].nature, grant.amount, grant.currency)
        for one, other in steps(before, position(grant.after)):
            turn += 1
            if other is Position.GIVEN:
                through = ways.get(grant.id)
            by = through or Account.SUSPENSE
            yield Entry(
                key=f"grant {grant.id}/{turn}",
                at=at,
                about=f"grant {grant.id}",
                lines=money_lines(sum_, one, other, by),
                code=CODES[one, other],
                mailbox_id=grant.mailbox_id,
                bucket=grant.bucket,
                run_id=run_id,
                remedy=grant.remedy,
                grant_id=grant.id,
                through=by if Position.GIVEN in (one, other) else None,
            )


def _standing(ids: Sequence[int]) -> dict[int, tuple[int, Position, Account | None]]:
    """By grant: how many entries it has, its position in the books, and how it was given last."""
    among, bound = _among(ids)
    found: dict[int, tuple[int, Position, Account | None]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT grant_id, code, through FROM books_entry WHERE grant_id {among} ORDER BY id",  # noqa: S608 - names of this module
            [bound],
        )
        for grant, code, through in cursor.fetchall():
            turn = found[grant][0] + 1 if grant in found else 1
            by = Account(through) if through is not None else None
            found[grant] = turn, AFTER[code], by
    return found


def _ways(ids: Sequence[int]) -> dict[int, Account]:
    """Through which account each grant is given, by the way that was put down for it."""
    routes = Route.objects.filter(grant_id__in=ids).values_list("grant_id", "channel")
    return {grant: GIVEN_BY[channel] for grant, channel in routes if channel in GIVEN_BY}


def _among(ids: Sequence[int]) -> tuple[str, Any]:
    """A condition on a column, with its one bound value however many ids there are."""
    if connection.vendor == "postgresql":
        return "= ANY(%s::bigint[])", list(ids)
    return "IN (SELECT value FROM json_each(%s))", str([int(one) for one in ids])
