"""Drawing up the closing statement: outcomes beside grants beside notices beside the mailboxes.

What was decided is counted in the run's outcomes, what became of it in the rows, and the two are
compared. All figures of grants come from one query, so that they sum up while workers work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
from django.db import connection
from django.db.models import Count, Max
from django.db.models import Sum as Total

from ristoro.fulfilment.alternatives import instead_of
from ristoro.fulfilment.models import Grant, GrantKind, GrantState
from ristoro.fulfilment.statement import (
    Discrepancy,
    Line,
    Mailboxes,
    ReadBack,
    Standing,
    Statement,
    Sum,
    Zero,
    standing_of,
)
from ristoro.journal import names
from ristoro.journal.models import Detail, Entry
from ristoro.kernel import frames
from ristoro.kernel.keys import BUCKETS
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies.columns import KINDS
from ristoro.remedies.models import Run, RunState
from ristoro.remedies.runs import Decided, read_decided

BUCKETS_AT_ONCE = 128

Key = tuple[int, GrantKind, str]
"""Remedy, kind and currency: what a line is about."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the outcomes of a run say, counted."""

    owed: Mapping[Key, Sum]
    remedies: Mapping[int, str]
    zeros: tuple[Zero, ...]
    covered: int
    owed_mailboxes: int


def report(run: Run, at: datetime) -> Statement:
    """The statement of the run as it stands ``at``, which is now.

    ``BadInput`` where the run's directory is gone or not as ``decide`` left it.
    """
    decided = read_decided(Path(run.directory))
    counted = count_outcomes(decided.outcomes)
    lines = _lines(run, counted)
    standings = _standings(run)
    notices, refused_by = _notices(run)
    return Statement(
        run=run.name,
        state=RunState(run.state).name.lower(),
        at=at,
        outcomes_digest=run.outcomes_digest,
        approved_by_two=bool(run.approved_by) and run.approved_by != run.entered_by,
        mailboxes=Mailboxes(counted.covered, counted.covered - counted.owed_mailboxes, standings),
        lines=lines,
        zeros=counted.zeros,
        notices=notices,
        notices_refused_by=refused_by,
        read_back=_read_back(run),
        discrepancies=(
            *_against_snapshot(decided, counted),
            *_against_outcomes(lines),
            *_against_mailboxes(counted, standings),
            *_against_notices(run),
        ),
    )


@contextmanager
def reading(outcomes: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection on which the file is the relation ``outcomes``."""
    with frames.connect(reads=[outcomes]) as con:
        con.read_parquet(str(outcomes.resolve())).create_view("outcomes")
        yield con


def step(name: str) -> str:
    """The text of a numbered step in ``sql/``."""
    return files("ristoro.fulfilment").joinpath("sql", name).read_text(encoding="utf-8")


def count_outcomes(outcomes: Path) -> Counted:
    """Count a run's outcomes: what is owed, why nothing is, and how many mailboxes there are."""
    owed: dict[Key, Sum] = {}
    remedies: dict[int, str] = {}
    zeros = []
    with reading(outcomes) as con:
        for number, remedy, kind, currency, reason, rows, amount in con.execute(
            step("11_decided.sql")
        ).fetchall():
            remedies[number] = remedy
            if reason:
                zeros.append(Zero(number, remedy, reason, rows))
            else:
                owed[number, kind_of(kind), currency] = Sum(rows, int(amount))
        covered = with_something = 0
        for first in range(0, BUCKETS, BUCKETS_AT_ONCE):
            found = con.execute(step("12_mailboxes.sql"), [first, first + BUCKETS_AT_ONCE])
            for here, of_these in found.fetchall():
                covered += here
                with_something += of_these
    return Counted(owed, remedies, tuple(zeros), covered, with_something)


def kind_of(name: str) -> GrantKind:
    """The kind that the outcomes call ``service-days`` and the like."""
    return GrantKind(KINDS.index(name) + 1)


def _lines(run: Run, counted: Counted) -> tuple[Line, ...]:
    by_state: dict[Key, dict[GrantState, Sum]] = defaultdict(dict)
    refused: dict[Key, dict[str, Sum]] = defaultdict(dict)
    other: dict[Key, Sum] = {}
    until: dict[Key, date] = {}
    rows = (
        Grant.objects.filter(run_id=run.id)
        .values_list("remedy", "kind", "currency", "state", "result")
        .annotate(Count("id"), Total("amount"), Max("deadline"))
        .order_by("remedy", "kind", "currency", "state", "result")
    )
    for remedy, kind, currency, number, result, grants, amount, deadline in rows:
        key = (remedy, GrantKind(kind), currency)
        state = GrantState(number)
        here = Sum(grants, int(amount))
        by_state[key][state] = by_state[key].get(state, Sum()) + here
        if state is GrantState.REFUSED:
            refused[key][result] = refused[key].get(result, Sum()) + here
        if state is GrantState.DECLINED and instead_of(result) is not None:
            other[key] = other.get(key, Sum()) + here
        if state is GrantState.WAITING and deadline is not None:
            until[key] = max(until.get(key, deadline), deadline)
    return tuple(
        Line(
            remedy_no=key[0],
            remedy=counted.remedies.get(key[0], ""),
            kind=key[1],
            currency=key[2],
            owed=counted.owed.get(key, Sum()),
            by_state=by_state[key],
            refused_by=refused[key],
            waits_until=until.get(key),
            chose_other=other.get(key, Sum()),
        )
        for key in sorted(counted.owed.keys() | by_state.keys())
    )


def _standings(run: Run) -> dict[Standing, int]:
    """How many mailboxes with grants stand where: each once, by its grant furthest from an end."""
    order = list(Standing)
    ranks = " ".join(
        f"WHEN {state.value} THEN {order.index(standing_of(state))}" for state in GrantState
    )
    statement = (
        f"SELECT standing, count(*) FROM (SELECT min(CASE state {ranks} END) AS standing"  # noqa: S608
        " FROM fulfilment_grant WHERE run_id = %s GROUP BY mailbox_id) AS mailboxes"
        " GROUP BY standing"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [run.id])
        found = {order[rank]: count for rank, count in cursor.fetchall()}
    return {standing: found.get(standing, 0) for standing in order}


def _notices(run: Run) -> tuple[dict[NoticeState, int], dict[str, int]]:
    states: dict[NoticeState, int] = dict.fromkeys(NoticeState, 0)
    refused: dict[str, int] = {}
    rows = (
        Notice.objects.filter(run_id=run.id)
        .values_list("state", "result")
        .annotate(Count("id"))
        .order_by("state", "result")
    )
    for state, result, count in rows:
        states[NoticeState(state)] += count
        if state == NoticeState.REFUSED:
            refused[result] = count
    return states, refused


def _read_back(run: Run) -> ReadBack | None:
    last = (
        Entry.objects.filter(subject=f"run {run.pk}", name=names.GRANTS_READ_BACK)
        .order_by("-number")
        .first()
    )
    detail = None if last is None else Detail.objects.filter(number=last.number).first()
    if last is None or detail is None or detail.data is None:
        return None
    return ReadBack(at=last.at, **detail.data)


def _against_snapshot(decided: Decided, counted: Counted) -> list[Discrepancy]:
    if not decided.snapshot.exists():
        return []  # moved or expired since; `verify` asks for it, the statement does not need it
    mailboxes = pq.read_metadata(decided.snapshot).num_rows
    return _unequal("snapshot-outcomes", None, mailboxes, counted.covered)


def _against_outcomes(lines: tuple[Line, ...]) -> list[Discrepancy]:
    found = []
    for line in lines:
        at, owed, loaded = line.remedy_no, line.owed, line.loaded
        found += _unequal("grants", at, owed.grants, loaded.grants)
        found += _unequal("amounts", at, owed.amount, loaded.amount)
    return found


def _against_mailboxes(counted: Counted, standings: Mapping[Standing, int]) -> list[Discrepancy]:
    return _unequal("mailboxes", None, counted.owed_mailboxes, sum(standings.values()))


def _against_notices(run: Run) -> list[Discrepancy]:
    found = []
    for code, of, other in (
        ("no-notice", "fulfilment_grant", "notices_notice"),
        ("no-grant", "notices_notice", "fulfilment_grant"),
    ):
        statement = (
            f"SELECT count(DISTINCT one.mailbox_id) FROM {of} AS one"  # noqa: S608
            f" WHERE one.run_id = %s AND NOT EXISTS (SELECT 1 FROM {other} AS other"
            " WHERE other.mailbox_id = one.mailbox_id AND other.run_id = one.run_id)"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [run.id])
            found += _unequal(code, None, 0, cursor.fetchone()[0])
    return found


def _unequal(code: str, remedy_no: int | None, expected: int, found: int) -> list[Discrepancy]:
    return [] if expected == found else [Discrepancy(code, remedy_no, expected, found)]
